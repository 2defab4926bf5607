#include "ingest/http/retry_after.h"

#include <gtest/gtest.h>

namespace circuit::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const SystemTime kNow{seconds(784111777)}; // Sun, 06 Nov 1994 08:49:37 GMT

struct Case {
  const char* value;
  std::optional<Duration> wait;
};

void PrintTo(const Case& c, std::ostream* out) { *out << '\'' << c.value << '\''; }

class RetryAfter : public ::testing::TestWithParam<Case> {};

TEST_P(RetryAfter, IsRead) {
  const auto wait = parse_retry_after(GetParam().value, kNow);
  ASSERT_EQ(wait.has_value(), GetParam().wait.has_value());
  if (wait) {
    EXPECT_EQ(wait->count(), GetParam().wait->count());
  }
}

INSTANTIATE_TEST_SUITE_P(Seconds, RetryAfter,
                         ::testing::Values(Case{"120", seconds(120)}, Case{"0", seconds(0)},
                                           Case{" 7 ", seconds(7)}, Case{"007", seconds(7)},
                                           Case{"1.5", milliseconds(1500)}, Case{"0.25", milliseconds(250)},
                                           Case{"3.", seconds(3)}, Case{"86400", hours(24)},
                                           Case{"604801", kLongestRetryAfter},
                                           Case{"99999999999999999999999999", kLongestRetryAfter}));

INSTANTIATE_TEST_SUITE_P(Dates, RetryAfter,
                         ::testing::Values(Case{"Sun, 06 Nov 1994 08:51:37 GMT", seconds(120)},
                                           Case{"Sunday, 06-Nov-94 08:51:37 GMT", seconds(120)},
                                           Case{"Sun Nov  6 08:51:37 1994", seconds(120)},
                                           Case{"Sun, 06 Nov 1994 08:49:37 GMT", seconds(0)},
                                           Case{"Sun, 06 Nov 1994 08:00:00 GMT", seconds(0)},
                                           Case{"Mon, 07 Nov 2094 08:00:00 GMT", kLongestRetryAfter}));

INSTANTIATE_TEST_SUITE_P(Garbage, RetryAfter,
                         ::testing::Values(Case{"", std::nullopt}, Case{"   ", std::nullopt},
                                           Case{"-5", std::nullopt}, Case{"+5", std::nullopt},
                                           Case{"5s", std::nullopt}, Case{"1e3", std::nullopt},
                                           Case{"1.2.3", std::nullopt}, Case{"0x10", std::nullopt},
                                           Case{".5", std::nullopt}, Case{"soon", std::nullopt},
                                           Case{"NaN", std::nullopt}, Case{"inf", std::nullopt}));

TEST(RetryAfterOfAResponse, CountsADateFromTheServersOwnClock) {
  Headers headers;
  headers.add("date", "Sun, 06 Nov 1994 08:49:37 GMT");
  headers.add("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
  EXPECT_EQ(retry_after(headers, kNow + hours(5)), seconds(30));
  headers.remove("Date");
  EXPECT_EQ(retry_after(headers, kNow), seconds(30));
}

TEST(RetryAfterOfAResponse, IsNothingWithoutTheHeader) {
  EXPECT_EQ(retry_after(Headers{}, kNow), std::nullopt);
}

} // namespace
} // namespace circuit::http
