#pragma once
// What the fuzz targets share: the function that libFuzzer and replay_main.cc call, a way to state a
// property, and a reader that takes an input apart. A target is one file with one check_input().
//
// A property that does not hold prints what it is and aborts, which is how libFuzzer knows a failure. One
// thread.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ingest/runtime/error.h"

namespace circuit::fuzz {

// Each target defines it.
void check_input(std::string_view input);

inline void require(bool holds, std::string_view property, std::string_view evidence = {}) {
  if (holds) return;
  for (const std::string_view part : {std::string_view("Does not hold: "), property, std::string_view("\n"),
                                      evidence, std::string_view("\n")}) {
    std::fwrite(part.data(), 1, part.size(), stderr);
  }
  std::abort();
}

// What every error has to have, whatever it is about.
inline void require_clear(const Error& error) {
  require(!error.reason.empty() && error.reason.size() <= 63, "an error has a reason", error.reason);
  for (const char c : error.reason) {
    require((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_', "a reason is UPPER_SNAKE_CASE",
            error.reason);
  }
  require(!error.message.empty(), "an error says what happened", error.reason);
  require(!error.next_step.empty(), "an error says what to do", error.reason);
}

// Takes an input apart from the front. What is asked for beyond its end is zero or empty.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  unsigned byte() {
    const std::string_view one = take(1);
    return one.empty() ? 0 : static_cast<unsigned char>(one.front());
  }
  std::string_view take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // Up to the next line feed, which goes with it.
  std::string_view line() {
    const std::string_view taken = take(rest_.find('\n'));
    take(1);
    return taken;
  }
  std::string_view rest() { return take(rest_.size()); }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

} // namespace circuit::fuzz
