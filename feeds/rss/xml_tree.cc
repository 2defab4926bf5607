#include "feeds/rss/xml_tree.h"

#include <algorithm>

#include "feeds/rss/xml_repair.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kSmallestElementBytes = 4; // "<a/>"

Error too_deep(size_t limit) {
  return make_error(ErrorClass::kInvalid, "RSS_TOO_DEEP",
                    "the document nests its elements deeper than " + std::to_string(limit) + " levels",
                    "No feed needs that: check the URL, or report the document to its publisher.");
}

Error too_large(size_t limit) {
  return make_error(
      ErrorClass::kInvalid, "RSS_TOO_LARGE",
      "the document has more than " + std::to_string(limit) + " elements",
      "Ask the publisher for a feed with fewer items per page, or raise the limit for this feed.");
}

bool has_too_many_elements(std::string_view body, size_t limit) {
  if (body.size() / kSmallestElementBytes <= limit) return false;
  return static_cast<size_t>(std::count(body.begin(), body.end(), '<')) / 2 > limit;
}

bool is_deeper_than(pugi::xml_node root, size_t limit) {
  size_t depth = 0;
  for (pugi::xml_node node = root;;) {
    if (const pugi::xml_node child = node.first_child(); exists(child)) {
      if (++depth > limit) return true;
      node = child;
      continue;
    }
    pugi::xml_node next = node.next_sibling();
    while (!exists(next)) {
      if (depth == 0) return false;
      node = node.parent();
      if (--depth == 0) return false;
      next = node.next_sibling();
    }
    node = next;
  }
}

Result<bool> parse(std::string& body, const XmlLimits& limits, XmlTree& tree) {
  if (has_too_many_elements(body, limits.max_elements)) return too_large(limits.max_elements);
  // Line ends are normalized, which also is the parser's quick way through CDATA.
  constexpr unsigned kFlags = pugi::parse_cdata | pugi::parse_embed_pcdata | pugi::parse_eol;
  const pugi::xml_parse_result result =
      tree.document.load_buffer_inplace(body.data(), body.size(), kFlags, pugi::encoding_utf8);
  if (result.status != pugi::status_ok && result.status != pugi::status_no_document_element) return false;
  if (is_deeper_than(tree.document, limits.max_depth)) return too_deep(limits.max_depth);
  return true;
}

} // namespace

Result<bool> parse_strictly(std::string& body, const XmlLimits& limits, XmlTree& tree) {
  return parse(body, limits, tree);
}

Result<void> parse_repaired(std::string& body, std::string_view original, const XmlLimits& limits,
                            XmlTree& tree) {
  Repaired repaired = repair_xml(original, limits.max_depth);
  if (repaired.too_deep) return too_deep(limits.max_depth);
  body = std::move(repaired.document);
  tree.whole = false;
  tree.cut_inside_item = repaired.cut_inside_item;
  tree.problems.push_back({"RSS_NOT_WELL_FORMED",
                           repaired.cut_inside_item
                               ? "the document ends inside an item: everything before was read"
                               : "the document is not well-formed XML: it was repaired as far as it goes"});
  Result<bool> parsed = parse(body, limits, tree);
  if (!parsed) return std::move(parsed).error();
  if (*parsed) return {};
  return make_error(ErrorClass::kInvalid, "RSS_NOT_A_FEED",
                    "the body is XML that cannot be read even after repair",
                    "Open the URL in a browser and check that it is a feed.");
}

} // namespace circuit::feeds::rss
