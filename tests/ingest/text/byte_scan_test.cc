#include "ingest/text/byte_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace circuit::text {
namespace {

constexpr auto kIsQuoteOrControl = [](auto b) { return (b < 0x20) | (b == '"') | (b >= 0x7F); };

size_t find_one_by_one(std::string_view text, size_t from) {
  while (from < text.size() && !kIsQuoteOrControl(static_cast<uint8_t>(text[from]))) ++from;
  return from;
}

TEST(FindByte, FindsEachMemberWhereverItLiesInABlockOrBehindTheLast) {
  for (size_t size = 0; size < 3 * kByteBlock; ++size) {
    const std::string plain(size, 'a');
    ASSERT_EQ(find_byte(plain, 0, kIsQuoteOrControl), size);
    for (size_t member = 0; member < size; ++member) {
      for (const char c : {'"', '\0', '\x1F', '\x7F', '\x80', '\xFF'}) {
        std::string text = plain;
        text[member] = c;
        for (size_t from = 0; from <= size; ++from) {
          ASSERT_EQ(find_byte(text, from, kIsQuoteOrControl), find_one_by_one(text, from))
              << "size " << size << ", member at " << member << ", from " << from;
        }
      }
    }
  }
}

TEST(FindByte, StopsAtTheFirstOfSeveral) {
  const std::string text = "eighteen letters, \"then a quote\" and one more";
  EXPECT_EQ(find_byte(text, 0, kIsQuoteOrControl), text.find('"'));
  EXPECT_EQ(find_byte(text, text.find('"') + 1, kIsQuoteOrControl), text.rfind('"'));
  EXPECT_EQ(find_byte(text, text.rfind('"') + 1, kIsQuoteOrControl), text.size());
}

} // namespace
} // namespace circuit::text
