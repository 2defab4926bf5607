#include "ingest/text/plain_text.h"

#include <algorithm>

#include "ingest/text/charset.h"
#include "ingest/text/markdown_escape.h"

namespace circuit::text {
namespace {

constexpr std::string_view kBlanks = " \t\v\f\r";

// One line's words. `begins`: it stands at the beginning of a line of the Markdown.
void append_words(std::string& out, std::string_view line, bool begins, bool continues_paragraph) {
  EscapeContext context;
  context.line_start = begins;
  context.continues_paragraph = continues_paragraph;
  size_t at = line.find_first_not_of(kBlanks);
  context.after_bracket_start = at != std::string_view::npos && line[at] == '[';
  while (at != std::string_view::npos) {
    const size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    const size_t next = line.find_first_not_of(kBlanks, end);
    context.followed_by_space = next != std::string_view::npos;
    append_escaped_word(out, line.substr(at, end - at), context);
    if (context.followed_by_space) out += ' ';
    context.line_start = false;
    at = next;
  }
}

} // namespace

void append_plain_text(std::string& out, std::string_view text) {
  const std::string clean = clean_utf8(text);
  std::string_view rest = clean;
  bool has_lines = false;   // of `text`, in `out`
  bool after_empty = false; // lines between the last of them and this one
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (line.find_first_not_of(kBlanks) == std::string_view::npos) {
      after_empty = true;
      continue;
    }
    const bool begins = has_lines || out.empty() || out.back() == '\n';
    if (has_lines) out += after_empty ? "\n\n" : "  \n";
    append_words(out, line, begins, has_lines && !after_empty);
    has_lines = true;
    after_empty = false;
  }
}

void append_plain_line(std::string& out, std::string_view text) {
  std::string line = clean_utf8(text);
  std::ranges::replace(line, '\n', ' ');
  append_words(out, line, out.empty() || out.back() == '\n', false);
}

} // namespace circuit::text
