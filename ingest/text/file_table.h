#pragma once
// Comma-separated values and their relatives (RFC 4180) as a GFM table. Private to this folder. Pure
// functions; any thread.

#include <optional>
#include <string_view>

#include "ingest/text/file_text.h"
#include "ingest/text/html.h"

namespace circuit::text {

// Nothing where the text is no table of two columns and two rows at least, or too wide for one. Without
// `tabs` the separator is what the first line has most of: comma, semicolon, tab or bar.
std::optional<MarkdownText> table_of(std::string_view text, bool tabs, const FileTextLimits& limits);

} // namespace circuit::text
