// Two readers of dates and one writer have to agree wherever they overlap.

#include "ingest/text/dates.h"

#include "feeds/rss/quick_date.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

void check_plausible(SystemTime time, std::string_view input) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  require(day.year() >= std::chrono::year(1900) && day.year() <= std::chrono::year(2200),
          "a date lies between 1900 and 2200", input);
}

} // namespace

void check_input(std::string_view input) {
  const auto time = text::parse_date(input);
  if (time) {
    check_plausible(*time, input);
    const std::string written = text::format_rfc3339(*time);
    require(text::parse_date(written) == time, "a date that was written is read back", written);
    const auto quick = feeds::rss::read_quick_date(written);
    require(!quick || quick == time, "the quick reader reads what is written", written);
  }
  if (const auto quick = feeds::rss::read_quick_date(input)) {
    require(time.has_value(), "what the quick reader reads is a date", input);
    require(*time == *quick, "both readers mean the same", input);
  }
  if (const auto http = text::parse_http_date(input)) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(*http));
    // "Expires: Fri, 31 Dec 9999" is common and means never; it is no date of a document.
    if (day.year() > std::chrono::year(2200)) return;
    check_plausible(*http, input);
    // Two digits of a year mean another century in RFC 2822 than in HTTP.
    const bool other_century = day.year() >= std::chrono::year(2050) && day.year() < std::chrono::year(2070);
    require(other_century || time == http, "an HTTP-date is a date like others", input);
  }
}

} // namespace circuit::fuzz
