#pragma once
// How long a server asks to be left alone (RFC 9110 section 10.2.3). Pure; any thread.

#include <optional>
#include <string_view>

#include "ingest/http/message.h"

namespace circuit::http {

// Nobody means more than this: what asks for more is taken as this.
inline constexpr Duration kLongestRetryAfter = std::chrono::hours(24 * 7);

// Seconds (also with a fraction, which some servers send; rounded up to a whole microsecond) or an HTTP-date,
// counted from `now`; a date that has passed is 0. nullopt for what is neither, negative numbers included.
std::optional<Duration> parse_retry_after(std::string_view value, SystemTime now);

// The same from a response. A date is compared with the response's own Date, so that a wrong clock on this
// side does no harm; `local_now` stands in where there is none.
std::optional<Duration> retry_after(const Headers& headers, SystemTime local_now);

// What this answer asks for: the longer of Retry-After and what the request's Patience finds in it. nullopt
// where it asks for nothing.
std::optional<Duration> asked_patience(Patience patience, const Response& response, SystemTime local_now);

} // namespace circuit::http
