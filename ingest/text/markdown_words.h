#pragma once
// Words as Markdown sees them: what separates them, and which signs beside them matter to emphasis
// (CommonMark 0.31, "left- and right-flanking"). Texts are well-formed UTF-8. Private to this folder. Pure
// functions; any thread.

#include <cstddef>
#include <string_view>

namespace circuit::text {

// The length of a white space character, or 0. The no-break space is one: editors strew it about, and nobody
// can see the difference in Markdown.
size_t space_length(std::string_view text);

// The length of an invisible character that only gets in the way of search (soft hyphen, U+FEFF), or 0.
size_t invisible_length(std::string_view text);

// Where the word that begins at `from` ends.
size_t word_end(std::string_view text, size_t from);

// Where the stretch from `from` ends that needs no decisions: words without anything that Markdown may
// interpret, with single spaces between them.
size_t plain_end(std::string_view text, size_t from);

// Whether white space and then more text comes at `at`: with the white space alone it is not known yet what
// will stand beside the word before it, for the end of emphasis goes in between.
bool another_word_follows(std::string_view text, size_t at);

std::string_view without_trailing_blanks(std::string_view text);

size_t last_length(std::string_view text); // of the last code point; `text` is not empty
size_t leading_punctuation(std::string_view text);
bool ends_with_punctuation(std::string_view text);
bool ends_with_word_character(std::string_view text);
bool starts_with_word_character(std::string_view text);

} // namespace circuit::text
