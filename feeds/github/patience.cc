// GitHub: "Rate limits for the REST API", "Exceeding the rate limit". Both limits answer 403 or 429. First
// Retry-After counts; then, with nothing remaining, the time of x-ratelimit-reset; otherwise, for a secondary
// limit, at least a minute. Any other 403 is about permission.

#include <algorithm>
#include <charconv>

#include "feeds/github/client.h"
#include "ingest/text/dates.h"

namespace circuit::feeds::github {
namespace {

using std::chrono::seconds;

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool says_secondary_limit(std::string_view body) {
  constexpr size_t kLooked = 4096; // an error's body is short
  const std::string_view start = body.substr(0, kLooked);
  return start.find("secondary rate limit") != std::string_view::npos ||
         start.find("abuse detection") != std::string_view::npos;
}

} // namespace

std::optional<Duration> patience(const http::Response& response, SystemTime now) {
  if (response.status != 403 && response.status != 429) return std::nullopt;
  constexpr auto kAtLeast = seconds(60);
  if (const auto said = number(response.headers.get("Retry-After"))) {
    constexpr int64_t kLongest = 24 * 3600;
    return seconds(std::min(*said, kLongest));
  }
  const auto reset = number(response.headers.get("x-ratelimit-reset"));
  if (response.headers.get("x-ratelimit-remaining") == "0" && reset) {
    // Both times are the server's, so that a clock here that is wrong does not matter.
    const SystemTime server = text::parse_http_date(response.headers.get("Date")).value_or(now);
    constexpr Duration kLongest = std::chrono::hours(2); // the window has an hour
    const Duration wait = SystemTime(seconds(std::min(*reset, int64_t{1} << 36))) - server + seconds(1);
    return std::clamp<Duration>(wait, seconds(1), kLongest);
  }
  if (response.status == 429 || says_secondary_limit(response.body)) return kAtLeast;
  return std::nullopt;
}

} // namespace circuit::feeds::github
