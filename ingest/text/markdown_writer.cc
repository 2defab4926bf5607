#include "ingest/text/markdown_writer.h"

#include <algorithm>

#include "ingest/text/charset.h"
#include "ingest/text/markdown_escape.h"
#include "ingest/text/markdown_words.h"

namespace circuit::text {
namespace {

// Deeper containers stand where their parents do: a line's prefix would outgrow its text.
constexpr size_t kDeepestIndent = 16;

std::string_view markup_of(InlineKind kind) {
  switch (kind) {
    case InlineKind::kStrong:
      return "**";
    case InlineKind::kEmphasis:
      return "*";
    case InlineKind::kStrike:
      return "~~";
    case InlineKind::kLink:
      return "[";
  }
  return {};
}

// Whether a link's text, with its escapes, is the very address.
bool says_its_address(std::string_view markdown, std::string_view url) {
  size_t at = 0;
  for (size_t i = 0; i < markdown.size(); ++i, ++at) {
    if (markdown[i] == '\\' && i + 1 < markdown.size()) ++i;
    if (at >= url.size() || markdown[i] != url[at]) return false;
  }
  return at == url.size();
}

} // namespace

void MarkdownWriter::text(std::string_view utf8) {
  for (size_t at = 0; at < utf8.size();) {
    if (const size_t plain = append_plain(utf8, at); plain > at) {
      at = plain;
    } else if (const size_t blank = space_length(utf8.substr(at)); blank > 0) {
      space();
      at += blank;
    } else if (const size_t nothing = invisible_length(utf8.substr(at)); nothing > 0) {
      at += nothing;
    } else {
      const size_t end = word_end(utf8, at);
      write_word(utf8.substr(at, end - at), another_word_follows(utf8, end));
      at = end;
    }
  }
}

// In the middle of a paragraph most text needs no decisions: words that hold nothing special, one space
// between them.
size_t MarkdownWriter::append_plain(std::string_view utf8, size_t at) {
  if (newlines_ > 0 || line_breaks_ > 0 || unwritten_ > 0 || fresh_ || at_line_start_) return at;
  if (closed_at_ == out_.size() || out_.empty() || out_.back() == ']') return at;
  const size_t end = plain_end(utf8, at);
  if (end == at) return at;
  if (space_) out_ += ' ';
  space_ = false;
  out_ += utf8.substr(at, end - at);
  return end;
}

void MarkdownWriter::write_word(std::string_view word, bool followed_by_space) {
  if (const size_t lead = leading_punctuation_to_move(word); lead > 0) {
    append_escaped_word(out_, word.substr(0, lead), {false, false, false, in_link(), in_table(), false});
    word.remove_prefix(lead);
  }
  begin_word(word);
  if (at_line_start_) bracket_start_ = word.front() == '[';
  word_from_ = out_.size();
  append_escaped_word(
      out_, word,
      {at_line_start_, continues_paragraph_, followed_by_space, in_link(), in_table(), bracket_start_});
  word_to_ = out_.size();
  at_line_start_ = false;
}

void MarkdownWriter::word(std::string_view markdown) {
  begin_word(markdown);
  out_ += markdown;
  at_line_start_ = false;
}

void MarkdownWriter::code(std::string_view code) {
  if (code_to_ == out_.size() && is_joined() && unwritten_ == 0) {
    out_.resize(code_from_); // "`a``b`" would be something else
    code_ += code;
  } else {
    begin_word("`");
    code_from_ = out_.size();
    code_ = code;
  }
  out_ += code_span(code_, in_table());
  code_to_ = out_.size();
  at_line_start_ = false;
}

void MarkdownWriter::block(std::string_view lines) {
  if (is_single_line()) return text(lines);
  block_break(2);
  begin_line();
  while (true) {
    const size_t end = lines.find('\n');
    out_ += lines.substr(0, end);
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
    out_ += '\n';
    if (lines.starts_with('\n'))
      append_blank_prefix();
    else
      append_prefix();
  }
  at_line_start_ = false;
  block_break(2);
}

void MarkdownWriter::space() {
  if (newlines_ == 0 && line_breaks_ == 0 && !fresh_) space_ = true;
}

void MarkdownWriter::block_break(int newlines) {
  if (is_single_line()) return space();
  close_written_inlines();
  space_ = false;
  line_breaks_ = 0;
  if (!fresh_) newlines_ = std::max(newlines_, newlines);
}

void MarkdownWriter::line_break() {
  if (is_single_line()) return space();
  if (fresh_ || newlines_ > 0) return;
  space_ = false;
  if (++line_breaks_ == 2) block_break(2);
}

void MarkdownWriter::append_prefix() {
  for (Container& container : containers_) {
    out_ += container.used ? container.rest : container.first;
    container.used = true;
  }
}

void MarkdownWriter::append_blank_prefix() {
  const size_t start = out_.size();
  for (const Container& container : containers_) {
    if (container.used) out_ += container.rest;
  }
  while (out_.size() > start && out_.back() == ' ') out_.pop_back();
}

void MarkdownWriter::begin_line() {
  if (newlines_ > 0) {
    out_ += '\n';
    if (newlines_ > 1) {
      append_blank_prefix();
      out_ += '\n';
    }
  }
  append_prefix();
  newlines_ = line_breaks_ = 0;
  space_ = false;
  fresh_ = false;
  at_line_start_ = true;
  continues_paragraph_ = false;
}

void MarkdownWriter::begin_word(std::string_view next) {
  if (newlines_ > 0 || fresh_) {
    begin_line();
  } else if (line_breaks_ > 0) {
    out_ += "  \n";
    append_prefix();
    line_breaks_ = 0;
    space_ = false;
    at_line_start_ = continues_paragraph_ = true;
  } else if (space_) {
    out_ += ' ';
    space_ = false;
  } else if (closed_at_ == out_.size()) {
    fit_closed_markup(next);
  }
  if (unwritten_ > 0) write_open_inlines(next);
}

// "**Note:**text" does not end in strong: a marker between punctuation and a letter opens. "**Note**:text"
// does.
void MarkdownWriter::fit_closed_markup(std::string_view next) {
  if (!ends_with_punctuation(std::string_view(out_).substr(0, closed_from_))) return;
  if (unwritten_ > 0) {
    const bool same = inlines_.back().kind == closed_kind_ && unwritten_ == 1; // will be joined
    if (!same) out_ += ' ';
    return;
  }
  if (!starts_with_word_character(next)) return;
  size_t keep = closed_from_;
  while (word_to_ == closed_from_ && keep > word_from_ && ends_with_punctuation({out_.data(), keep})) {
    keep -= last_length({out_.data(), keep});
    if (keep > word_from_ && out_[keep - 1] == '\\') --keep;
  }
  if (keep <= word_from_ || word_to_ != closed_from_) { // nothing but punctuation, or markup that cannot move
    out_ += ' ';
    return;
  }
  std::rotate(out_.begin() + static_cast<ptrdiff_t>(keep),
              out_.begin() + static_cast<ptrdiff_t>(closed_from_), out_.end());
}

// The same at the start: "text**(note)**" has to be "text(**note)**".
size_t MarkdownWriter::leading_punctuation_to_move(std::string_view word) const {
  if (unwritten_ == 0 || !is_joined() || at_line_start_ || !ends_with_word_character(out_)) return 0;
  const bool link = std::any_of(inlines_.begin(), inlines_.end(), [](const Inline& i) {
    return !i.written && !i.shadowed && i.kind == InlineKind::kLink;
  });
  if (link) return 0;
  const size_t lead = leading_punctuation(word);
  return lead < word.size() ? lead : 0;
}

// Emphasis that begins with a sign does not begin right behind a letter; right behind another sign it may be
// taken for the end of the emphasis that is open.
bool MarkdownWriter::would_misread_opening(size_t index) const {
  if (ends_with_word_character(out_) || closed_at_ == out_.size()) return true;
  if (opened_at_ == out_.size() || !ends_with_punctuation(out_)) return false;
  return std::any_of(inlines_.begin(), inlines_.begin() + static_cast<ptrdiff_t>(index),
                     [](const Inline& outer) { return outer.written && outer.kind != InlineKind::kLink; });
}

void MarkdownWriter::write_open_inlines(std::string_view next) {
  for (size_t i = 0; i < inlines_.size(); ++i) {
    Inline& markup = inlines_[i];
    if (markup.written || markup.shadowed) continue;
    const std::string_view open = markup_of(markup.kind);
    const bool is_link = markup.kind == InlineKind::kLink;
    if (closed_at_ == out_.size() && closed_kind_ == markup.kind && !is_link) {
      out_.resize(out_.size() - open.size()); // "**a****b**" would not be what it looks like
      markup.start = out_.size();
    } else {
      if (is_link && !out_.empty() && out_.back() == '!') out_.insert(out_.size() - 1, 1, '\\');
      const bool before_sign = i + 1 < inlines_.size() || !starts_with_word_character(next);
      if (!is_link && before_sign && would_misread_opening(i)) out_ += ' ';
      markup.start = out_.size();
      out_ += open;
      opened_at_ = out_.size();
    }
    markup.written = true;
    links_ += is_link;
  }
  unwritten_ = 0;
  at_line_start_ = bracket_start_ = false; // behind markup nothing begins a list or a heading
}

void MarkdownWriter::open_inline(InlineKind kind) {
  const bool shadowed =
      std::any_of(inlines_.begin(), inlines_.end(), [&](const Inline& i) { return i.kind == kind; });
  inlines_.push_back({kind, std::string(markup_of(kind)), shadowed});
  unwritten_ += !shadowed;
}

void MarkdownWriter::open_link(std::string_view destination, std::string_view title) {
  open_inline(InlineKind::kLink);
  std::string& close = inlines_.back().close;
  close.assign("](").append(link_destination(destination));
  if (!title.empty()) close.append(" \"").append(link_title(title)).append("\"");
  close += ')';
}

void MarkdownWriter::close_markup(Inline& markup) {
  if (!markup.written) return;
  markup.written = false;
  if (markup.kind != InlineKind::kLink) {
    if (closed_at_ != out_.size()) closed_from_ = out_.size();
    out_ += markup.close;
    closed_at_ = out_.size();
    closed_kind_ = markup.kind;
    return;
  }
  --links_;
  const std::string_view address = std::string_view(markup.close).substr(2, markup.close.size() - 3);
  const std::string_view shown = std::string_view(out_).substr(markup.start + 1);
  const bool absolute = address.starts_with("http://") || address.starts_with("https://");
  if (absolute && says_its_address(shown, address)) {
    std::string automatic = "<" + std::string(address) + ">";
    out_.replace(markup.start, std::string::npos, automatic);
  } else {
    out_ += markup.close;
  }
}

void MarkdownWriter::close_inline(InlineKind kind) {
  for (size_t i = inlines_.size(); i-- > 0;) {
    Inline& markup = inlines_[i];
    if (markup.kind != kind) continue;
    if (!markup.written && !markup.shadowed) --unwritten_;
    close_markup(markup);
    inlines_.erase(inlines_.begin() + static_cast<ptrdiff_t>(i));
    return;
  }
}

void MarkdownWriter::close_written_inlines() {
  for (size_t i = inlines_.size(); i-- > 0;) {
    if (!inlines_[i].written) continue;
    close_markup(inlines_[i]);
    ++unwritten_;
  }
}

void MarkdownWriter::open_container(std::string_view first, std::string_view rest) {
  const bool deep = containers_.size() >= kDeepestIndent;
  containers_.push_back({std::string(first), deep ? std::string() : std::string(rest), false, fresh_});
  fresh_ = true;
}

void MarkdownWriter::close_container() {
  close_written_inlines();
  const Container& container = containers_.back();
  fresh_ = !container.used && container.outer_fresh;
  containers_.pop_back();
}

void MarkdownWriter::escape_closing_hashes() {
  size_t at = out_.size();
  while (at > 0 && out_[at - 1] == '#') --at;
  if (at < out_.size() && at > 0 && out_[at - 1] == ' ') out_.insert(at, 1, '\\');
}

std::string MarkdownWriter::finish() {
  close_written_inlines();
  was_cut_ = max_bytes_ > 0 && out_.size() > max_bytes_;
  if (was_cut_) out_.resize(truncate_utf8(out_, max_bytes_).size());
  out_.resize(without_trailing_blanks(out_).size());
  return std::move(out_);
}

std::string link_text(std::string_view text) {
  MarkdownWriter line(MarkdownWriter::Shape::kLine, 0);
  line.open_link({}, {}); // so that brackets are escaped
  line.text(text);
  const std::string link = line.finish(); // "[text]()", or nothing
  return link.empty() ? link : link.substr(1, link.size() - 4);
}

} // namespace circuit::text
