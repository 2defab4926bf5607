// circuit-bench [--json] [NAME...]: runs the benchmarks whose names contain one of NAME, or all.

#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "tests/bench/cases.h"

int main(int argc, char** argv) {
  bool json = false;
  bool failed = false;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      json = true;
    } else {
      names.emplace_back(argv[i]);
    }
  }
  for (auto* make : {circuit::bench::parse_cases, circuit::bench::http_cases, circuit::bench::sync_cases}) {
    for (const auto& lazy : make()) {
      bool wanted = names.empty();
      for (const auto& name : names) wanted |= lazy.name.find(name) != std::string::npos;
      if (!wanted) continue;
      try {
        const auto comparison = lazy.make();
        circuit::bench::report(comparison, circuit::bench::measure(comparison), json);
      } catch (const std::exception& error) { // the others go on
        std::fprintf(stderr, "%s: %s\n", lazy.name.c_str(), error.what());
        failed = true;
      }
    }
  }
  return failed ? 1 : 0;
}
