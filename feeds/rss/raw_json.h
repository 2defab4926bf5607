#pragma once
// A raw feed as one JSON object, for people and programs that look at what a feed really says:
//
//   {"feed": {...}, "entries": [{...}], "encoding": "utf-8", "version": "rss20", "problems": [{"reason",
//   "message"}]}
//
// Keys and their meaning are those that feed readers know from Python's feedparser: title and title_detail
// {type, value, language, base}, link and links, id, authors with author and author_detail, published and
// published_parsed, summary, content, tags, enclosures and so on. A key is absent where the feed does not
// say. Values of HTML type are sanitized and their links absolute. Dates are given as written, and as UTC
// time tuples under *_parsed: year, month, day, hour, minute, second, day of the week (Monday is 0), day of
// the year (from 1), 0. Pure; any thread.

#include <string>

#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

std::string raw_to_json(const RawFeed& raw);

} // namespace circuit::feeds::rss
