#include "config/units.h"

#include <gtest/gtest.h>

namespace circuit::config {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Durations, AreReadInEveryUnitAndInSums) {
  const std::pair<const char*, Duration> cases[] = {
      {"0s", seconds(0)},
      {"1us", microseconds(1)},
      {"250ms", milliseconds(250)},
      {"30s", seconds(30)},
      {"5m", minutes(5)},
      {"24h", hours(24)},
      {"2d", hours(48)},
      {"1h30m", minutes(90)},
      {"1d1h1m1s1ms1us", Duration(90061001001)},
      {"106751991d", hours(24) * 106751991},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = parse_duration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, expected) << text;
  }
}

TEST(Durations, ThatCannotBeMeantAreRefusedWithAnExample) {
  for (const char* text : {"", "30", "s", "30 s", "-1s", "1.5h", "30m1h", "1m1m", "5min", "1h30",
                           "106751992d", "99999999999999999999s", "9223372036854775807us1us"}) {
    const auto read = parse_duration(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason, "DURATION_MALFORMED");
    EXPECT_NE(read.error().next_step.find("1h30m"), std::string::npos);
  }
}

TEST(Durations, ArePrintedAsTheyAreReadBack) {
  for (const Duration value : {Duration(0), Duration(1), Duration(1500), Duration(seconds(90)),
                               Duration(minutes(90)), Duration(hours(24)), Duration(hours(24 * 31))}) {
    const auto read = parse_duration(format_duration(value));
    ASSERT_TRUE(read) << format_duration(value);
    EXPECT_EQ(*read, value);
  }
  EXPECT_EQ(format_duration(seconds(90)), "90s");
  EXPECT_EQ(format_duration(hours(24)), "24h");
  EXPECT_EQ(format_duration(hours(24 * 31)), "31d");
}

TEST(Sizes, AreReadInBinaryAndDecimalUnits) {
  const std::pair<const char*, uint64_t> cases[] = {
      {"0B", 0},
      {"1KiB", 1024},
      {"64MiB", 64ull << 20},
      {"2GiB", 2ull << 30},
      {"1TiB", 1ull << 40},
      {"1kB", 1000},
      {"5MB", 5'000'000},
      {"1GB", 1'000'000'000},
      {"1TB", 1'000'000'000'000},
  };
  for (const auto& [text, expected] : cases) {
    const auto read = parse_bytes(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, expected) << text;
  }
}

TEST(Sizes, ThatCannotBeMeantAreRefused) {
  for (const char* text : {"", "64", "MiB", "64 MiB", "64mib", "1.5GiB", "-1B", "1MiB1KiB", "9000000TiB"}) {
    const auto read = parse_bytes(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().reason, "SIZE_MALFORMED");
  }
}

TEST(Sizes, ArePrintedAsTheyAreReadBack) {
  for (const uint64_t value :
       {0ull, 1ull, 1000ull, 1024ull, 1536ull, 64ull << 20, 5'000'000ull, 3ull << 40}) {
    const auto read = parse_bytes(format_bytes(value));
    ASSERT_TRUE(read) << format_bytes(value);
    EXPECT_EQ(*read, value);
  }
  EXPECT_EQ(format_bytes(64ull << 20), "64MiB");
}

} // namespace
} // namespace circuit::config
