#pragma once
// <pre> and <code>, whose text is collected as it is until they end. Private to this folder; belongs to one
// conversion.

#include <string>
#include <string_view>

#include "ingest/text/html_parse.h"
#include "ingest/text/markdown_writer.h"

namespace circuit::text {

class MarkdownCode {
 public:
  bool in_block() const { return block_depth_ > 0; }
  bool in_span() const { return span_depth_ > 0; }

  // Inside of either.
  void text(std::string_view utf8) { (in_block() ? block_ : span_) += utf8; }
  void line_break() { text(in_block() ? "\n" : " "); }

  void begin_block(const HtmlElement& pre);
  // Elements inside a block: they may tell the language and break lines.
  void open_in_block(const HtmlElement& element);
  // The end of an element inside a block, or of the block itself, which is then written.
  void close_in_block(Tag tag, MarkdownWriter& out);

  void begin_span() { ++span_depth_; }
  void end_span(MarkdownWriter& out);
  // Writes what there is of a span and stays in it: a block comes in between.
  void interrupt_span(MarkdownWriter& out);

 private:
  int block_depth_ = 0, span_depth_ = 0;
  std::string block_, span_, language_;
};

inline bool is_code_span(Tag tag) {
  using enum Tag;
  return is_one_of(tag, {kCode, kKbd, kSamp, kTt});
}

} // namespace circuit::text
