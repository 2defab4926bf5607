// That a seed is all there is to a run.

#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

namespace circuit::simulation {
namespace {

constexpr uint64_t kSeeds = 40;

// Seed to hash, as a process of its own prints them.
std::map<uint64_t, std::string> hashes_of_another_process(const std::string& jobs) {
  const std::string command = std::string(CIRCUIT_SIMULATION) + " --seed 1 --seeds " +
                              std::to_string(kSeeds) + " --hashes --jobs " + jobs;
  std::map<uint64_t, std::string> out;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  char line[256];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    std::istringstream words(line);
    uint64_t seed = 0;
    words >> seed >> out[seed];
  }
  EXPECT_EQ(pclose(pipe), 0);
  return out;
}

std::string hex(uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

TEST(Simulation, TheSameSeedGivesTheSameTraceByteForByteAlsoInAnotherProcess) {
  std::map<uint64_t, std::string> first, second;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) first[seed] = hex(simulate(seed, nullptr).trace_hash);
  for (uint64_t seed = kSeeds; seed >= 1; --seed) second[seed] = hex(simulate(seed, nullptr).trace_hash);
  EXPECT_EQ(first, second);
  EXPECT_EQ(first, hashes_of_another_process("1"));
  EXPECT_EQ(first, hashes_of_another_process("2"));
}

TEST(Simulation, DifferentSeedsLiveDifferentLives) {
  std::map<uint64_t, uint64_t> seeds_of;
  uint64_t crashes = 0, requests = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome outcome = simulate(seed, nullptr);
    ++seeds_of[outcome.trace_hash];
    crashes += outcome.crashes;
    requests += outcome.requests;
  }
  EXPECT_EQ(seeds_of.size(), kSeeds);
  EXPECT_GT(crashes, 0u);
  EXPECT_GT(requests, 10 * kSeeds);
}

} // namespace
} // namespace circuit::simulation
