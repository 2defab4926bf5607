#pragma once
// From decoded XML to the raw model. Private to this folder; parse.h is the way in.

#include <functional>
#include <string>

#include "feeds/rss/parse.h"
#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

// Reads `out.storage->body` in place. `pristine` gives that body once more, for when it has to be repaired.
Result<void> parse_xml_feed(RawFeed& out, const ParseOptions& options,
                            const std::function<std::string()>& pristine);

} // namespace circuit::feeds::rss
