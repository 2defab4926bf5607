#pragma once
// HTML fragments, as they come out of feeds and APIs, into what people and search indexes can use.
//
// One pass over a stream of balanced events; no tree, memory proportional to the output, to one table and to
// the nesting depth, which is bounded (elements deeper than 256 are flattened). Time is linear in the input,
// whatever the input is. The tokenizer is this project's own and follows the HTML Living Standard: libxml2
// 2.9's HTML parser is quadratic in unmatched end tags (37 s for 1.2 MB), knows HTML 4's references only, and
// takes longer for its bare SAX pass than the whole conversion takes here.
//
// Input is UTF-8; anything else is repaired. Never fails: the worst HTML gives the text that can be salvaged.
// Pure functions; any thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace circuit::text {

struct HtmlOptions {
  std::string base_url = {};   // links and images are made absolute against it; empty leaves them as they are
  size_t max_output_bytes = 0; // 0: no bound
};

struct MarkdownText {
  std::string markdown;   // CommonMark with GFM tables; no trailing newline
  bool truncated = false; // max_output_bytes was reached
};

// Headings, paragraphs, lists (nested, ordered, start), links, images, emphasis, code and pre, block quotes,
// tables, definitions, rules, line breaks. Dropped whole: script, style, form controls, svg, comments, what
// is hidden, tracking images (1x1 or known senders), event handlers, javascript:, data: and file: links. Of
// frames, audio and video a link stays. A table that holds headings, code, quotes or tables, or that has one
// row or column, is taken for layout: its cells become blocks. Text that Markdown would interpret is escaped,
// and only that.
MarkdownText html_to_markdown(std::string_view html, const HtmlOptions& options);

// HTML again, as well-formed as XHTML: an allow list of elements, attributes, URL schemes and CSS properties,
// tracking images dropped. Elements that are not on the list go, their content stays, but for those that run
// or embed (script, style, iframe, applet, template). Sanitizing again changes nothing. With
// `max_output_bytes` the tags stay balanced.
std::string sanitize_html(std::string_view html, const HtmlOptions& options);

// The text alone, white space collapsed; for titles and summaries.
std::string html_to_text(std::string_view html);

// Whether the text holds tags or character references that HTML would interpret: "a < b" and "AT&T" do not.
bool looks_like_html(std::string_view text);

// HTML5 named and numeric character references; unknown ones stay as they are. A name without its semicolon
// counts only where HTML allows it and no letter, digit or '=' follows, so that "?a=1&copy=2" stays a URL.
std::string decode_entities(std::string_view text);

// The code points of one named reference without & and ; ("nbsp"), or empty.
std::string_view named_entity(std::string_view name);

} // namespace circuit::text
