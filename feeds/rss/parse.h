#pragma once
// From the bytes of one response to the raw model. Reads RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON
// Feed 1.x.
//
// Forgiving where readers have to be: encodings, control characters, HTML entities, bare ampersands,
// undeclared prefixes, unclosed or truncated trees. What was repaired is told in RawFeed::problems, and a
// tree that had to be repaired is not `complete_document`. Safe against hostile input: a document type is
// never fetched, entities expand only to literal text of bounded size, nesting, element count and memory are
// bounded, and nothing here recurses on the document's depth. Pure; any thread.
//
// Errors, all of class kInvalid, each with a next step:
//   RSS_EMPTY_BODY    nothing but white space
//   RSS_BINARY        not text: an image, an archive, a compressed body that was not declared as such
//   RSS_IS_HTML       a web page; discover.h may find the feeds it names
//   RSS_NOT_A_FEED    well-formed enough, but its root is that of no feed format
//   RSS_TOO_DEEP      nested deeper than ParseOptions::max_depth
//   RSS_TOO_LARGE     more elements than ParseOptions::max_elements

#include <cstddef>
#include <string>
#include <string_view>

#include "feeds/rss/raw.h"
#include "ingest/runtime/result.h"

namespace circuit::feeds::rss {

struct ParseOptions {
  std::string content_type; // header values, empty where absent
  std::string content_language;
  std::string content_location;
  std::string url; // that the body was fetched from, after redirects
  size_t max_depth = 256;
  size_t max_elements = 2'000'000;
};

Result<RawFeed> parse_feed(std::string_view bytes, const ParseOptions& options);

} // namespace circuit::feeds::rss
