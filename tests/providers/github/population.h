#pragma once
// A World of some size for whoever serves one: the same numbers make the same repositories. One thread.

#include <string>

#include "tests/providers/github/world.h"

namespace circuit::providers::github {

struct Population {
  size_t repositories = 1; // "octocat/repository-0", ...
  size_t files = 20;       // of each, in directories of a hundred
  size_t file_bytes = 2000;
  size_t issues = 10; // of each; every fourth is a pull request, and every one has a comment
  std::string visibility = "public";
};

// The issues were changed before `now`, a minute apart.
void populate(World& world, const Population& population, SystemTime now);

} // namespace circuit::providers::github
