#pragma once
// How the kinds of values of settings and files are read, bounded and printed. Private to this folder. Pure;
// any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

// From text to a bounded value. The error's next step names what is allowed.
Result<uint64_t> read_count(std::string_view text, uint64_t min, uint64_t max);
Result<uint64_t> read_bytes(std::string_view text, uint64_t min, uint64_t max);
Result<Duration> read_duration(std::string_view text, Duration min, Duration max);
Result<double> read_share(std::string_view text);
Result<bool> read_switch(std::string_view text);
Result<std::string> read_choice(std::string_view text, const std::vector<std::string>& choices);
Result<std::string> read_text(std::string_view text);

std::string print_share(double share);
std::string join_choices(const std::vector<std::string>& choices);

} // namespace circuit::config
