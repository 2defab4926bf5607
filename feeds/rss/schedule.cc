#include "feeds/rss/schedule.h"

#include <algorithm>
#include <charconv>

#include "ingest/text/dates.h"

namespace circuit::feeds::rss {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Duration kLongest = hours(24);
constexpr uint32_t kAllHours = (1u << 24) - 1;
constexpr uint32_t kAllDays = (1u << 7) - 1;

seconds period_length(UpdatePeriod period) {
  switch (period) {
    case UpdatePeriod::kNone:
      return seconds(0);
    case UpdatePeriod::kHourly:
      return hours(1);
    case UpdatePeriod::kDaily:
      return hours(24);
    case UpdatePeriod::kWeekly:
      return hours(24 * 7);
    case UpdatePeriod::kMonthly:
      return hours(24 * 30);
    case UpdatePeriod::kYearly:
      return hours(24 * 365);
  }
  return seconds(0);
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0) return std::nullopt;
  return value;
}

// max-age, less the age that the answer already had; nullopt where caching is forbidden or not mentioned.
std::optional<Duration> max_age(const http::Headers& headers) {
  const std::string_view control = headers.get("cache-control");
  const size_t at = control.find("max-age=");
  if (at == std::string_view::npos) return std::nullopt;
  const auto age = number(control.substr(at + 8));
  if (!age) return std::nullopt;
  const int64_t already = number(headers.get("age")).value_or(0);
  constexpr int64_t kBound = 10'000'000;
  return seconds(std::clamp<int64_t>(std::min(*age, kBound) - std::min(already, kBound), 0, kBound));
}

std::optional<Duration> until_expiry(const http::Headers& headers, SystemTime now) {
  const auto expires = text::parse_http_date(headers.get("expires"));
  if (!expires) return std::nullopt;
  // By the server's own clock where it tells it.
  const auto date = text::parse_http_date(headers.get("date"));
  return std::max(Duration(0), *expires - date.value_or(now));
}

bool skipped(SystemTime time, uint32_t skip_hours, uint32_t skip_days) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const auto hour = std::chrono::floor<hours>(time - day).count();
  const unsigned weekday = std::chrono::weekday(day).c_encoding();
  return ((skip_hours >> hour) & 1) != 0 || ((skip_days >> weekday) & 1) != 0;
}

} // namespace

circuit::feeds::state::v1::RssHints hints_of(const FeedInfo& feed) {
  seconds interval(0);
  if (feed.ttl) interval = *feed.ttl;
  const uint32_t frequency = std::max<uint32_t>(feed.update_frequency, 1);
  interval = std::max(interval, period_length(feed.update_period) / frequency);
  circuit::feeds::state::v1::RssHints hints;
  hints.set_interval_seconds(std::clamp<int64_t>(interval.count(), 0, seconds(hours(24 * 365)).count()));
  // A feed that skips everything means nothing by it.
  if ((feed.skip_hours & kAllHours) != kAllHours) hints.set_skip_hours(feed.skip_hours & kAllHours);
  if ((feed.skip_days & kAllDays) != kAllDays) hints.set_skip_days(feed.skip_days & kAllDays);
  return hints;
}

SystemTime suggest_next_read(const circuit::feeds::state::v1::RssHints& hints, const http::Headers& headers,
                             SystemTime now, Duration interval) {
  // Bounded before it becomes a duration: it was stored, and may be any number.
  constexpr seconds kMost = std::chrono::duration_cast<seconds>(kLongest);
  Duration wait = std::clamp(seconds(hints.interval_seconds()), seconds(0), kMost);
  // max-age outranks Expires (RFC 9111 section 5.3).
  const auto fresh = max_age(headers);
  wait = std::max(wait, fresh ? *fresh : until_expiry(headers, now).value_or(Duration(0)));
  wait = std::max(std::min(wait, kLongest), interval);
  SystemTime next = now + wait;
  constexpr int kHoursOfAWeek = 7 * 24;
  for (int i = 0; i < kHoursOfAWeek && skipped(next, hints.skip_hours(), hints.skip_days()); ++i) {
    next = std::chrono::floor<hours>(next) + hours(1);
  }
  return next;
}

} // namespace circuit::feeds::rss
