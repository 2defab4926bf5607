#pragma once
// Writes Markdown from left to right: paragraphs, containers (quotes, list items), inline markup that hugs
// its text, white space collapsed. Knows nothing of HTML. Private to this folder; one thread at a time.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace circuit::text {

enum class InlineKind { kStrong, kEmphasis, kStrike, kLink };

class MarkdownWriter {
 public:
  // kLine: everything on one line, bars escaped; for the cells of a table.
  enum class Shape { kBlocks, kLine };

  // `max_bytes` 0: no bound.
  MarkdownWriter(Shape shape, size_t max_bytes) : shape_(shape), max_bytes_(max_bytes) {}

  // Text as it should be read: escaped as needed.
  void text(std::string_view utf8);
  // A code span, all of one line; one right behind another becomes one with it.
  void code(std::string_view code);
  // Markdown that stands in a line, such as an image; as it is.
  void word(std::string_view markdown);
  // A block of lines as it is: fenced code, a table, a rule.
  void block(std::string_view lines);

  // What follows begins on a new line (1) or after an empty line (2). Open inline markup is closed and
  // reopened.
  void block_break(int newlines);
  // A line break inside a paragraph; two of them end it.
  void line_break();
  // Between words that no white space separates yet.
  void space();

  // Markup takes effect with the first text inside it, and vanishes where there is none.
  void open_inline(InlineKind kind);
  void open_link(std::string_view destination, std::string_view title);
  void close_inline(InlineKind kind);

  // `first` precedes the first line inside, `rest` all others. One that stays empty leaves no trace.
  void open_container(std::string_view first, std::string_view rest);
  void close_container();

  // Until the matching call, breaks are spaces: a heading has one line.
  void begin_single_line() { ++single_line_; }
  void end_single_line() { --single_line_; }

  bool in_table() const { return shape_ == Shape::kLine; }
  bool is_single_line() const { return shape_ == Shape::kLine || single_line_ > 0; }
  size_t size() const { return out_.size(); }
  void reserve(size_t bytes) { out_.reserve(max_bytes_ > 0 ? std::min(bytes, max_bytes_) : bytes); }

  // At the end of a heading: "# C #" would lose its last sign, which closes a heading.
  void escape_closing_hashes();

  // What was written, without trailing white space; cut at `max_bytes`.
  std::string finish();
  bool was_cut() const { return was_cut_; } // after finish(): whether the bound took something away

 private:
  struct Inline {
    InlineKind kind;
    std::string close;
    bool shadowed = false; // inside another of its kind: no markup of its own
    bool written = false;
    size_t start = 0; // of its opening markup in out_
  };
  struct Container {
    std::string first, rest;
    bool used = false;
    bool outer_fresh = false;
  };

  void begin_line();
  // Writes what is owed before `next`, the first text or markup of a paragraph or of its next word.
  void begin_word(std::string_view next);
  // Emphasis that Markdown would not recognize because of the punctuation beside it is moved or set apart.
  void fit_closed_markup(std::string_view next);
  size_t leading_punctuation_to_move(std::string_view word) const;
  bool is_joined() const {
    return newlines_ == 0 && line_breaks_ == 0 && !space_ && !fresh_ && !out_.empty();
  }
  size_t append_plain(std::string_view utf8, size_t at);
  void append_prefix();
  void append_blank_prefix();
  void write_open_inlines(std::string_view next);
  bool would_misread_opening(size_t index) const;
  void close_markup(Inline& markup);
  void close_written_inlines();
  void write_word(std::string_view word, bool followed_by_space);
  bool in_link() const { return links_ > 0; }

  const Shape shape_;
  const size_t max_bytes_;
  std::string out_;
  bool was_cut_ = false;
  std::vector<Container> containers_;
  std::vector<Inline> inlines_;
  size_t unwritten_ = 0; // of inlines_, without the shadowed
  int links_ = 0;
  int single_line_ = 0;
  int newlines_ = 0; // owed before the next text
  int line_breaks_ = 0;
  bool space_ = false;
  bool fresh_ = true; // nothing is written yet in this container
  bool at_line_start_ = false;
  bool continues_paragraph_ = false;
  bool bracket_start_ = false;
  size_t closed_at_ = std::string::npos; // where markup of closed_kind_ has just ended
  size_t opened_at_ = std::string::npos;
  size_t closed_from_ = 0; // and where the first of the end markers in a row begins
  InlineKind closed_kind_ = InlineKind::kStrong;
  size_t code_from_ = 0, code_to_ = std::string::npos; // the code span that was written last, of code_
  std::string code_;
  size_t word_from_ = 0, word_to_ = 0; // the word that was written last
};

// `text` as it stands in the brackets of a link or an image.
std::string link_text(std::string_view text);

} // namespace circuit::text
