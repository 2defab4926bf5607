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

std::vector<Case> parse_cases();   // bytes to raw model, bytes to documents
std::vector<Case> http_cases();    // the HTTP layer
std::vector<Case> auth_cases();    // a credential attached to each request
std::vector<Case> sink_cases();    // a line of JSON, the gRPC sink
std::vector<Case> vault_cases();   // a stored credential
std::vector<Case> sync_cases();    // whole syncs, as processes
std::vector<Case> hubspot_cases(); // HubSpot forms, a whole sync

// Peak memory of a whole process, against its configured bound.
struct MemoryCase {
  std::string name;
  std::function<Peak()> run;
};

std::vector<MemoryCase> memory_cases();

} // namespace circuit::bench
