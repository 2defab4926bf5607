#pragma once
// Dates as feeds write them: RFC 822/1123/2822, RFC 3339 and W3C-DTF with missing parts, asctime, ISO 8601
// ordinal and basic forms, unix seconds, localized month and day names, named zones, two-digit years,
// out-of-range fields. Pure functions; any thread.

#include <optional>
#include <string_view>

#include "ingest/runtime/error.h"

namespace circuit::text {

// The instant in UTC; a date without a zone is taken as UTC. Fields out of range roll over ("24:00", "31
// June"). Numbers alone: year first where it has four digits; "7/4/2012" is July, "4.7.2012" too; "03-12-31"
// is ISO. nullopt where no date can be read, or where the year is outside 1900..2200: a wrong date is worse
// than none.
std::optional<SystemTime> parse_date(std::string_view text);

// An HTTP-date (RFC 9110 section 5.6.7, all three forms).
std::optional<SystemTime> parse_http_date(std::string_view text);

// "2026-11-23T14:47:00Z"; with microseconds only where they are not zero.
std::string format_rfc3339(SystemTime time);

} // namespace circuit::text
