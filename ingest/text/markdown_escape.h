#pragma once
// Which characters of a text Markdown would interpret where they stand. Private to this folder. Pure
// functions.

#include <string>
#include <string_view>

namespace circuit::text {

struct EscapeContext {
  bool line_start = false;          // the word is the first on its line
  bool continues_paragraph = false; // ... and the line before belongs to the same paragraph
  bool followed_by_space = false;   // false: what follows is not known yet
  bool in_link = false;             // brackets would end the link's text
  bool in_table = false;            // a bar would end the cell
  bool after_bracket_start = false; // the line began with '[': "]:" would make it a link definition
};

// Appends a word (no white space in it) to `out` with backslashes where CommonMark or GFM would take a
// character for markup. What stands before the word is read from the end of `out`.
void append_escaped_word(std::string& out, std::string_view word, const EscapeContext& context);

// Where the first character at or behind `from` is that could be escaped anywhere in a line but at its start;
// npos: none. What is before it can be appended as it is.
size_t find_special_in_markdown(std::string_view text, size_t from);

// A code span around `code`, with as many backticks as it takes.
std::string code_span(std::string_view code, bool in_table);

// A fenced block; `code` without a trailing line break.
std::string fenced_block(std::string_view code, std::string_view language);

// An address inside "](...)".
std::string link_destination(std::string_view url);

// A title inside the quotes of "](... "title")", on one line.
std::string link_title(std::string_view title);

} // namespace circuit::text
