#pragma once
// From decoded JSON to the raw model: JSON Feed 1.0 and 1.1 (jsonfeed.org). Private to this folder; parse.h
// is the way in.

#include "feeds/rss/parse.h"
#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

// Reads `out.storage->body`.
Result<void> parse_json_feed(RawFeed& out, const ParseOptions& options);

} // namespace circuit::feeds::rss
