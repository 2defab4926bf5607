#pragma once
// A parsed, bounded XML tree. Private to this folder.
//
// The tree is pugixml's, parsed in place and raw: references are left as they are (references.h decodes what
// is read), and an element's first run of text is its own value() rather than a node (parse_embed_pcdata).
// White space between elements is not kept.

#include <bit>
#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/rss/raw.h"
#include "ingest/runtime/result.h"

namespace circuit::feeds::rss {

// Whether a handle is not null. pugixml's own test is a call into its library, and this is asked of each
// node.
inline bool exists(pugi::xml_node node) { return std::bit_cast<const void*>(node) != nullptr; }
inline bool exists(pugi::xml_attribute attribute) { return std::bit_cast<const void*>(attribute) != nullptr; }

struct XmlLimits {
  size_t max_depth = 0;
  size_t max_elements = 0;
};

struct XmlTree {
  pugi::xml_document document; // names and values point into the body that it was parsed from
  bool whole = true;           // no repair was needed
  bool cut_inside_item = false;
  std::vector<Problem> problems;
};

// Both parse in place: the tree's memory is `body`, which must stay where it is.
// Errors: RSS_TOO_DEEP, RSS_TOO_LARGE, RSS_NOT_A_FEED (nothing to salvage).

// False: not well-formed, and `body` is spoilt.
Result<bool> parse_strictly(std::string& body, const XmlLimits& limits, XmlTree& tree);

// Sets `body` to a repaired copy of `original`, the document as it was.
Result<void> parse_repaired(std::string& body, std::string_view original, const XmlLimits& limits,
                            XmlTree& tree);

} // namespace circuit::feeds::rss
