#include "ingest/http/retry_after.h"

#include <algorithm>
#include <cmath>

#include "ingest/http/field_value.h"
#include "ingest/text/dates.h"

namespace circuit::http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Saturates: a number of any length is read to its end, so that "99999999999999999999" is long and not an
// error.
std::optional<Duration> parse_seconds(std::string_view text) {
  const size_t dot = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = text.substr(std::min(dot + 1, text.size()));
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), is_digit)) return std::nullopt;
  if (!std::all_of(fraction.begin(), fraction.end(), is_digit)) return std::nullopt;

  const double longest = std::chrono::duration<double>(kLongestRetryAfter).count();
  double seconds = 0;
  for (const char c : whole) seconds = std::min(seconds * 10 + (c - '0'), longest);
  double scale = 0.1;
  for (const char c : fraction) {
    seconds += (c - '0') * scale;
    scale /= 10;
  }
  const Duration wait(static_cast<int64_t>(std::ceil(seconds * 1e6 - 1e-3)));
  return std::min(wait, kLongestRetryAfter);
}

} // namespace

std::optional<Duration> parse_retry_after(std::string_view value, SystemTime now) {
  value = trim_field(value);
  if (value.empty()) return std::nullopt;
  if (is_digit(value.front())) return parse_seconds(value);
  const auto date = text::parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp<Duration>(*date - now, Duration::zero(), kLongestRetryAfter);
}

std::optional<Duration> retry_after(const Headers& headers, SystemTime local_now) {
  const std::string_view value = headers.get("Retry-After");
  if (value.empty()) return std::nullopt;
  return parse_retry_after(value, text::parse_http_date(headers.get("Date")).value_or(local_now));
}

std::optional<Duration> asked_patience(Patience patience, const Response& response, SystemTime local_now) {
  const auto said = retry_after(response.headers, local_now);
  if (patience == nullptr || response.status < 400) return said;
  auto meant = patience(response, local_now);
  if (meant) meant = std::clamp(*meant, Duration(0), Duration(kLongestRetryAfter));
  return std::max(said, meant);
}

} // namespace circuit::http
