#pragma once
// One run of the whole system from one seed.

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace circuit::simulation {

struct Outcome {
  uint64_t seed = 0;
  std::vector<std::string> violations; // of promises; empty: all were kept
  uint64_t trace_hash = 0, trace_lines = 0;
  uint64_t requests = 0, crashes = 0, steps = 0;
};

// The trace goes to `trace`, unless that is null.
Outcome simulate(uint64_t seed, std::FILE* trace);

} // namespace circuit::simulation
