#include "ingest/text/percent.h"

#include <gtest/gtest.h>

namespace circuit::text {
namespace {

TEST(Percent, EncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encoded("az AZ-09._~/?&=%+"), "az%20AZ-09._~%2F%3F%26%3D%25%2B");
  EXPECT_EQ(percent_encoded("\xc3\xa9\x00\xff"), "%C3%A9");
  EXPECT_EQ(percent_encoded(std::string_view("\x00\xff", 2)), "%00%FF");
  EXPECT_EQ(percent_encoded("a/b c", "/"), "a/b%20c");
}

TEST(Percent, AppendsWithoutGrowingWhatWasReserved) {
  std::string out = "token=";
  out.reserve(64);
  const char* place = out.data();
  append_percent_encoded(out, "a+b/c=");
  EXPECT_EQ(out, "token=a%2Bb%2Fc%3D");
  EXPECT_EQ(out.data(), place);
}

TEST(Percent, DecodesEscapesAndLeavesAllElse) {
  EXPECT_EQ(percent_decoded("a%2fb%2Fc"), "a/b/c");
  EXPECT_EQ(percent_decoded("%zz%4%"), "%zz%4%");
  EXPECT_EQ(percent_decoded("%%41"), "%A");
  EXPECT_EQ(percent_decoded("1+1"), "1+1");
}

} // namespace
} // namespace circuit::text
