#include "ingest/state/key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace circuit::state {
namespace {

using namespace std::string_literals;

const std::vector<std::string> kHostileStrings = {
    ""s,
    "a"s,
    "\0"s,
    "\0\0"s,
    "\xff"s,
    "\xff\xff\xff\xff"s,
    "\x80\x00"s,
    "ab"s,
    "feeds/a"s,
    "a\0b"s,
    "\0\0\0\1"s,
    "\0\0\0\1a"s,
    std::string(300, '\0'),
    std::string(70000, 'x'),
    "日本語"s,
    "\n"s,
    "\xc3\x28"s,
};

const std::vector<int64_t> kIntegers = {std::numeric_limits<int64_t>::min(),
                                        -1'700'000'000'000'000,
                                        -256,
                                        -255,
                                        -1,
                                        0,
                                        1,
                                        255,
                                        256,
                                        1'700'000'000'000'000,
                                        std::numeric_limits<int64_t>::max()};

TEST(Key, IsEncodedAsThePageOfTheFormatSays) {
  EXPECT_EQ(Key().add("feeds/news").add(int64_t{1}).add("a1").bytes(),
            "\x00\x00\x00\x0a\x66\x65\x65\x64\x73\x2f\x6e\x65\x77\x73"
            "\x80\x00\x00\x00\x00\x00\x00\x01"
            "\x00\x00\x00\x02\x61\x31"s);
  EXPECT_EQ(Key().add(int64_t{-1}).bytes(), "\x7f\xff\xff\xff\xff\xff\xff\xff"s);
}

TEST(Key, GivesBackWhateverWasPutIn) {
  for (const auto& first : kHostileStrings) {
    for (const auto& last : kHostileStrings) {
      for (const int64_t number : kIntegers) {
        const std::string bytes = Key().add(first).add(number).add(last).bytes();
        KeyReader reader(bytes);
        EXPECT_EQ(reader.string(), first);
        EXPECT_EQ(reader.integer(), number);
        EXPECT_EQ(reader.string(), last);
        EXPECT_TRUE(reader.at_end());
      }
    }
  }
}

TEST(Key, IntegersSortAsNumbers) {
  for (size_t i = 1; i < kIntegers.size(); ++i) {
    EXPECT_LT(Key().add("f").add(kIntegers[i - 1]).bytes(), Key().add("f").add(kIntegers[i]).bytes());
  }
}

TEST(Key, StringsSortByLengthAndThenByBytes) {
  auto strings = kHostileStrings;
  std::sort(strings.begin(), strings.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  });
  for (size_t i = 1; i < strings.size(); ++i)
    EXPECT_LT(Key().add(strings[i - 1]).bytes(), Key().add(strings[i]).bytes());
}

TEST(Key, IsThePrefixOfExactlyTheLongerTuplesThatBeginWithIt) {
  for (const auto& feed : kHostileStrings) {
    const std::string prefix = Key().add(feed).bytes();
    for (const auto& other : kHostileStrings) {
      const std::string longer = Key().add(other).add(int64_t{7}).add("tail").bytes();
      EXPECT_EQ(longer.starts_with(prefix), feed == other);
    }
  }
}

TEST(KeyReader, RefusesWhatIsCutShortOrLiesAboutItsLength) {
  const std::string whole = Key().add("feeds/news").add(int64_t{3}).bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    KeyReader reader(std::string_view(whole).substr(0, size));
    const bool has_string = reader.string().has_value();
    EXPECT_EQ(has_string, size >= 14);
    if (has_string) {
      EXPECT_EQ(reader.integer(), std::nullopt);
    }
  }
  EXPECT_EQ(KeyReader("\xff\xff\xff\xff"s
                      "abc")
                .string(),
            std::nullopt);
  EXPECT_EQ(KeyReader("").integer(), std::nullopt);
}

} // namespace
} // namespace circuit::state
