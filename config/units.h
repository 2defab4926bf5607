#pragma once
// Quantities as people write them in settings: "90s", "1h30m", "64MiB". Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"

namespace circuit::config {

// One or more whole numbers with units, largest first: d, h, m, s, ms, us. INVALID DURATION_MALFORMED.
Result<Duration> parse_duration(std::string_view text);
// A whole number with one unit: B, KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000). INVALID
// SIZE_MALFORMED.
Result<uint64_t> parse_bytes(std::string_view text);

// The shortest spelling that reads back as the same: "90s", "64MiB".
std::string format_duration(Duration duration);
std::string format_bytes(uint64_t bytes);

} // namespace circuit::config
