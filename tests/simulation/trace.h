#pragma once
// What happened in a run, line by line: hashed always, printed on request. The same seed gives the same
// lines, byte for byte. One thread.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "ingest/runtime/clock.h"

namespace circuit::simulation {

class Trace {
 public:
  // Lines go to `out` as well, unless that is null.
  explicit Trace(std::FILE* out) : out_(out) {}

  void line(SteadyTime at, std::string_view what);
  uint64_t hash() const { return hash_; }
  uint64_t lines() const { return lines_; }

 private:
  void add(std::string_view bytes);

  std::FILE* out_;
  uint64_t hash_ = 14695981039346656037ULL; // FNV-1a
  uint64_t lines_ = 0;
};

} // namespace circuit::simulation
