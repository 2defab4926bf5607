// HubSpot: usage guidelines, error handling. Limits are per account and per app; which was hit is in the body
// of a 429, how long its interval is in a header.

#include <algorithm>
#include <charconv>

#include "feeds/hubspot_forms/client.h"
#include "ingest/text/dates.h"

namespace circuit::feeds::hubspot_forms {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The daily limit ends at midnight in the account's time zone, which no answer names; midnight falls on a
// half hour everywhere, but for a few zones that are a quarter off and wait so much longer.
Duration until_next_half_hour(const http::Response& response, SystemTime now) {
  const auto server = text::parse_http_date(response.headers.get("Date"));
  const auto since_epoch = server.value_or(now).time_since_epoch();
  return minutes(30) - since_epoch % minutes(30);
}

Duration interval(const http::Response& response, Duration otherwise) {
  const std::string_view said = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds");
  int64_t count = 0;
  const auto [end, code] = std::from_chars(said.data(), said.data() + said.size(), count);
  constexpr int64_t kLongest = 600'000;
  if (code != std::errc() || end != said.data() + said.size() || count <= 0 || count > kLongest)
    return otherwise;
  return milliseconds(count);
}

} // namespace

std::optional<Duration> patience(const http::Response& response, SystemTime now) {
  switch (response.status) {
    case 423: // locked while another request works on the same
      return seconds(2);
    case 477: // the account is being moved; Retry-After says how long
      return seconds(10);
    case 429:
      if (response.body.find("\"DAILY\"") != std::string::npos) return until_next_half_hour(response, now);
      if (response.body.find("\"SECONDLY\"") != std::string::npos) return seconds(1);
      return interval(response, seconds(10));
    case 521:
    case 522:
    case 523:
    case 524:
    case 525:
    case 526: // between Cloudflare and HubSpot
      return seconds(5);
    default:
      return std::nullopt;
  }
}

} // namespace circuit::feeds::hubspot_forms
