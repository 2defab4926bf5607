#pragma once
// HTTP-date, RFC 9110 section 5.6.7. Pure functions; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "ingest/runtime/error.h"

namespace circuit::providers {

std::string format_http_date(SystemTime time); // IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT"

// IMF-fixdate, RFC 850 and asctime forms, to the letter; nullopt for anything else. `now` decides the century
// of two-digit years.
std::optional<SystemTime> parse_http_date(std::string_view text, SystemTime now);

// "Sun, 06 Nov 1994 08:49:37 +0000" as RFC 822 and its successors write it, and RFC 3339's
// "1994-11-06T08:49:37Z".
std::string format_rfc822_date(SystemTime time, std::string_view zone = "+0000");
std::string format_rfc3339_date(SystemTime time);

} // namespace circuit::providers
