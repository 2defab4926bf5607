#pragma once
// The benchmarks, by the file that has them. Each is made only when it is run: some start servers.

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/ratio.h"

namespace circuit::bench {

// Thrown where a case cannot be run here: said, and no failure.
class Skipped : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Case {
  std::string name;
  std::function<Comparison()> make;
};

std::vector<Case> parse_cases();   // bytes to raw model, bytes to documents
std::vector<Case> http_cases();    // the HTTP layer
std::vector<Case> auth_cases();    // a credential attached to each request
std::vector<Case> sink_cases();    // a line of JSON, the gRPC sink
std::vector<Case> vault_cases();   // a stored credential
std::vector<Case> sync_cases();    // whole syncs of RSS, as processes
std::vector<Case> azure_cases();   // of a storage account
std::vector<Case> github_cases();  // of GitHub
std::vector<Case> hubspot_cases(); // of HubSpot forms

// pugixml's tree and libxml2's HTML events of the same bytes, thrown away.
void read_with_libraries(const std::string& body);

// Peak memory of a whole process, against its configured bound.
struct MemoryCase {
  std::string name;
  std::function<Peak()> run;
};

std::vector<MemoryCase> memory_cases();
std::vector<MemoryCase> azure_memory_cases();

} // namespace circuit::bench
