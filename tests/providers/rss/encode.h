#pragma once
// From UTF-8 to what a feed is written in. Pure functions; any thread.

#include <string>
#include <string_view>

#include "tests/providers/rss/traits.h"

namespace circuit::providers::rss {

// Characters that the charset lacks become numeric character references, which is right in XML text and
// attributes. No byte order mark.
std::string encode(std::string_view utf8, Charset charset);
std::string_view byte_order_mark(Charset charset); // empty where there is none

// Text content and attribute values. Apostrophes and quotes are escaped too.
std::string escape_xml(std::string_view text);
// <![CDATA[...]]>, an inner "]]>" split in two.
std::string cdata(std::string_view text);

} // namespace circuit::providers::rss
