// circuit-bench [--json] [NAME...]: runs the benchmarks whose names contain one of NAME, or all.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "tests/bench/bare_stream.h"
#include "tests/bench/cases.h"
#include "tests/bench/original.h"

namespace {

using namespace circuit::bench;

class Program {
 public:
  Program(bool json, std::vector<std::string> names) : json_(json), names_(std::move(names)) {}

  int run() {
    for (auto* make : {parse_cases, http_cases, auth_cases, sink_cases, vault_cases, sync_cases, azure_cases,
                       github_cases, hubspot_cases}) {
      for (const auto& lazy : make()) {
        attempt(lazy.name, [&] {
          const auto comparison = lazy.make();
          report(comparison, measure(comparison), json_);
        });
      }
    }
    for (auto* make : {memory_cases, azure_memory_cases}) {
      for (const auto& memory : make()) {
        attempt(memory.name, [&] { report(memory.name, memory.run(), json_); });
      }
    }
    return failed_ ? 1 : 0;
  }

 private:
  template <class Work>
  void attempt(const std::string& name, Work work) {
    const auto names_it = [&](const std::string& part) { return name.find(part) != std::string::npos; };
    if (!names_.empty() && std::ranges::none_of(names_, names_it)) return;
    try {
      work();
    } catch (const Skipped& reason) {
      std::fprintf(stderr, "%s: SKIPPED: %s\n", name.c_str(), reason.what());
    } catch (const std::exception& error) { // the others go on
      std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
      failed_ = true;
    }
  }

  bool json_;
  std::vector<std::string> names_;
  bool failed_ = false;
};

} // namespace

int main(int argc, char** argv) {
  bool json = false;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "black-hole") == 0) serve_black_hole();
    if (std::strcmp(argv[i], "original") == 0 && i + 2 < argc) deliver_original(argv[i + 1], argv[i + 2]);
    if (std::strcmp(argv[i], "--json") == 0) {
      json = true;
    } else {
      names.emplace_back(argv[i]);
    }
  }
  return Program(json, std::move(names)).run();
}
