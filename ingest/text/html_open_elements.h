#pragma once
// The stack of open elements: decides which end tags are implied, which are ignored, and keeps the events
// balanced whatever the input does. Private to this folder; belongs to one parse.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/text/html_parse.h"

namespace circuit::text {

class OpenElements {
 public:
  explicit OpenElements(HtmlEvents& events) : events_(events) {}

  // Closes what the element ends by beginning (a paragraph, the last list item, ...), then opens it.
  void start_tag(const HtmlElement& element, const TagTraits& traits, bool self_closing);
  void end_tag(Tag tag, std::string_view name);
  void imply_ends(Tag tag, const TagTraits& traits);
  void close_all() { close_down_to(0); }

 private:
  struct Open {
    Tag tag;
    uint8_t rank;
    std::string name; // only where the tag is unknown
  };

  void close_down_to(size_t depth);
  // Closes the outermost wanted element on this side of a barrier, and all inside it.
  void close_in_scope(bool (*wanted)(Tag), bool (*barrier)(Tag, uint8_t rank));

  HtmlEvents& events_;
  std::vector<Open> open_;
  size_t paragraphs_ = 0; // how many of them are <p>
  size_t flattened_ = 0;  // start tags beyond kHtmlDepth whose end tags are still to come
};

} // namespace circuit::text
