#pragma once
// HTML as a stream of balanced events, without a tree. Private to this folder.
//
// Written for feeds: forgiving as browsers are (HTML Living Standard 13.2 for what a tag, a comment, an
// attribute and a reference is; the common implied end tags), linear in time on any input, memory
// proportional to kDepth and to the largest tag that needs decoding. One parse per thread at a time; no state
// outlives the call.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "ingest/text/html_tags.h"

namespace circuit::text {

struct HtmlAttribute {
  std::string_view name;  // lower case
  std::string_view value; // references decoded
};

// Valid only during the call that passes it.
struct HtmlElement {
  Tag tag = Tag::kUnknown;
  std::string_view name;                     // lower case
  std::span<const HtmlAttribute> attributes; // the first 64; names may repeat, the first counts

  // nullopt where it is absent, empty where it has no value.
  std::optional<std::string_view> attribute(std::string_view attribute_name) const;
  // Trimmed; empty where it is absent, too.
  std::string_view value(std::string_view attribute_name) const;
};

class HtmlEvents {
 public:
  virtual ~HtmlEvents() = default;

  // Each open() of an element that is not void is followed by its close(), properly nested.
  virtual void open(const HtmlElement& element) = 0;
  virtual void close(Tag tag, std::string_view name) = 0;
  // A run of text, references decoded; one stretch of text may come in several runs.
  virtual void text(std::string_view utf8) = 0;
  // False ends the parse early; elements that are open are still closed.
  virtual bool wants_more() const { return true; }
};

// Elements nested deeper are taken for the text they hold.
inline constexpr size_t kHtmlDepth = 256;

// `html` may be any bytes: what is not UTF-8 or not fit for XML is repaired first.
void parse_html(std::string_view html, HtmlEvents& events);

} // namespace circuit::text
