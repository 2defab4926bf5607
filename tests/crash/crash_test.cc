// The real worker, killed at named points and at any time, with what it had not synced lost; over and over.
//
//   CIRCUIT_CRASH_SECONDS  how long; 40
//   CIRCUIT_CRASH_SEED     1; with the next, the replay of a failure
//   CIRCUIT_CRASH_LIFE     only this life of the seed

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "ingest/runtime/crash_point.h"
#include "tests/crash/life.h"

namespace circuit::crash {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

std::optional<uint64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

void print(const Tally& tally) {
  std::printf(
      "%d rounds, %d killed by the clock, %d verified; %d lost writes: %llu bytes, %d directory entries\n",
      tally.rounds, tally.killed_by_clock, tally.verified, tally.lossy,
      static_cast<unsigned long long>(tally.bytes_lost), tally.entries_lost);
  for (const auto point : kCrashPoints) {
    const auto count = [&](const std::map<std::string, int>& of) {
      const auto found = of.find(std::string(point));
      return found == of.end() ? 0 : found->second;
    };
    std::printf("  %-28s %4d of %4d\n", std::string(point).c_str(), count(tally.hit), count(tally.armed));
  }
  std::fflush(stdout);
}

TEST(Crash, EveryPromiseIsKeptWhereverTheWorkerIsKilledAndWhateverOfItsUnsyncedWritesIsLost) {
  const uint64_t seed = number_in("CIRCUIT_CRASH_SEED").value_or(1);
  const auto only = number_in("CIRCUIT_CRASH_LIFE");
  const std::chrono::seconds budget(number_in("CIRCUIT_CRASH_SECONDS").value_or(40));
  std::string pattern = ::testing::TempDir() + "circuit-crash-XXXXXX";
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  const fs::path folder = pattern;
  const auto deadline = steady_clock::now() + budget;
  Tally tally;
  bool broken = false;
  for (uint64_t life = only.value_or(0); steady_clock::now() < deadline && !broken; ++life) {
    const fs::path home = folder / ("life-" + std::to_string(life));
    std::optional<Broken> wrong;
    {
      Life lived(home, seed, life, tally);
      wrong = lived.live(deadline);
    }
    if (wrong) {
      broken = true;
      ADD_FAILURE() << "In round " << wrong->round << " of life " << life << " (" << wrong->where << ")\n"
                    << wrong->what << "\nLogs and state: " << home.string()
                    << "\nReplay: tests/run crash --seed " << seed << " --life " << life;
    } else {
      fs::remove_all(home);
    }
    if (only) break;
  }
  print(tally);
  if (broken) return;
  fs::remove_all(folder);
  if (only || budget < std::chrono::minutes(5)) return;
  for (const auto point : kCrashPoints)
    EXPECT_GT(tally.hit[std::string(point)], 0) << point << " was never reached";
}

} // namespace
} // namespace circuit::crash
