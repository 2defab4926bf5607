#include "feeds/rss/schedule.h"

#include "tests/feeds/rss/feeds_of.h"

namespace circuit::feeds::rss::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

// A Monday.
constexpr SystemTime kNow = sys_days(year(2026) / 11 / 2) + 10h + 30min;

struct Header {
  const char *name, *value;
};

SystemTime suggested(std::string_view inside_channel, std::initializer_list<Header> response = {}) {
  http::Headers headers;
  for (const Header& header : response) headers.add(header.name, header.value);
  return suggest_next_read(hints_of(parse(channel(inside_channel)).feed), headers, kNow, 15min);
}

TEST(SuggestNextRead, IsTheLongestThatAnythingAsksForWithinADay) {
  struct {
    const char* what;
    const char* channel;
    std::initializer_list<Header> headers;
    minutes wait;
  } cases[] = {
      {"nothing asks", "", {}, 15min},
      {"ttl", "<ttl>90</ttl>", {}, 90min},
      {"less than the interval", "<ttl>1</ttl>", {}, 15min},
      {"more than a day", "<ttl>100000</ttl>", {}, 24h},
      {"nonsense", "<ttl>often</ttl>", {{"cache-control", "max-age=soon"}, {"expires", "0"}}, 15min},
      {"max-age is longer", "<ttl>30</ttl>", {{"Cache-Control", "public, max-age=7200"}}, 120min},
      {"ttl is longer", "<ttl>180</ttl>", {{"cache-control", "max-age=7200"}}, 180min},
      {"less its age", "", {{"cache-control", "max-age=7200"}, {"age", "3600"}}, 60min},
      {"older than its freshness", "", {{"cache-control", "max-age=7200"}, {"age", "9999"}}, 15min},
      {"Expires less Date",
       "",
       {{"expires", "Mon, 02 Nov 2026 13:00:00 GMT"}, {"date", "Mon, 02 Nov 2026 11:00:00 GMT"}},
       120min},
      {"max-age beats Expires",
       "",
       {{"cache-control", "max-age=1200"}, {"expires", "Mon, 02 Nov 2026 13:00:00 GMT"}},
       20min},
      {"six times a day",
       "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>",
       {},
       4h},
      {"a frequency alone is per day", "<sy:updateFrequency>12</sy:updateFrequency>", {}, 2h},
      {"a frequency of zero",
       "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
       {},
       1h},
  };
  for (const auto& c : cases) EXPECT_EQ(suggested(c.channel, c.headers) - kNow, c.wait) << c.what;
}

TEST(SuggestNextRead, MovesOutOfSkippedHoursAndDays) {
  EXPECT_EQ(suggested("<ttl>60</ttl><skipHours><hour>11</hour><hour>12</hour></skipHours>"),
            sys_days(year(2026) / 11 / 2) + 13h);
  EXPECT_EQ(suggested("<ttl>60</ttl><skipDays><day>Monday</day><day>Tuesday</day></skipDays>"),
            sys_days(year(2026) / 11 / 4));
}

TEST(SuggestNextRead, AFeedThatSkipsEverythingSkipsNothing) {
  std::string hours = "<ttl>60</ttl><skipHours>";
  for (int hour = 0; hour < 24; ++hour) hours += "<hour>" + std::to_string(hour) + "</hour>";
  EXPECT_EQ(suggested(hours + "</skipHours>") - kNow, 60min);
}

} // namespace
} // namespace circuit::feeds::rss::test
