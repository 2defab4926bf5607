#pragma once
// The benchmarks, by the file that has them. Each is made only when it is run: some start servers.

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/ratio.h"

namespace circuit::bench {

struct Case {
  std::string name;
  std::function<Comparison()> make;
};

std::vector<Case> parse_cases(); // bytes to raw model, bytes to documents
std::vector<Case> http_cases();  // the HTTP layer
std::vector<Case> sync_cases();  // whole syncs, as processes

} // namespace circuit::bench
