// The first line is a Retry-After, the second a Date.

#include "ingest/http/retry_after.h"

#include <algorithm>

#include "ingest/text/dates.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

constexpr SystemTime kNow{std::chrono::seconds(1'800'000'000)};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const std::string value(in.line()), date(in.line());
  http::Headers headers;
  headers.add("Retry-After", value);
  headers.add("Date", date);
  const auto wait = http::retry_after(headers, kNow);
  if (!wait) return require(!is_number(value), "a number is understood", value);
  require(*wait >= Duration::zero() && *wait <= http::kLongestRetryAfter, "nobody waits longer than a week",
          value);
  if (is_number(value))
    require(*wait == std::chrono::seconds(std::stoi(value)), "a number is that many seconds", value);
  if (const auto until = text::parse_http_date(value); until && value.find_first_of("0123456789") != 0) {
    const SystemTime from = text::parse_http_date(date).value_or(kNow);
    require(*wait == std::clamp<Duration>(*until - from, Duration::zero(), http::kLongestRetryAfter),
            "a date is counted from the server's own clock", input);
  }
}

} // namespace circuit::fuzz
