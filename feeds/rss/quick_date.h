#pragma once
// The two date forms that nearly all feeds are written in, read at once. Private to this folder. Pure.
//
//   Mon, 02 Nov 2026 10:11:00 +0000     RFC 822 with a four-digit year; GMT, UT, UTC, Z or an offset
//   2026-11-02T10:11:00Z                RFC 3339; offset as +01:00, fractions of a second allowed

#include <optional>
#include <string_view>

#include "ingest/runtime/error.h"

namespace circuit::feeds::rss {

// nullopt where the text is not exactly in one of these forms or its fields are out of range: it may be a
// date all the same, for text::parse_date to read.
std::optional<SystemTime> read_quick_date(std::string_view text);

} // namespace circuit::feeds::rss
