#include "ingest/text/markdown_words.h"

#include <unicode/uchar.h>

#include "ingest/text/ascii.h"
#include "ingest/text/utf8.h"

namespace circuit::text {
namespace {

// Bytes that end a stretch of text that needs no decisions: white space but single spaces, what Markdown may
// interpret (brackets too, for the sake of what comes after them), and the first bytes of invisible
// characters.
constexpr ByteSet kNotPlain = byte_set(" \t\n\r\f\\`*_[]<&~|\xC2\xEF");

// Punctuation and symbols, as CommonMark's rules for emphasis mean them.
bool is_punctuation(std::string_view text) {
  const char* p = text.data();
  const auto c = static_cast<UChar32>(next_code_point(p));
  if (c < 0x80) return c > ' ' && c != 0x7F && !is_ascii_alnum(static_cast<char>(c));
  return (U_GET_GC_MASK(c) & (U_GC_P_MASK | U_GC_S_MASK)) != 0;
}

} // namespace

size_t space_length(std::string_view text) {
  if (is_ascii_space(text.front())) return 1;
  return text.starts_with("\xC2\xA0") ? 2 : 0;
}

size_t invisible_length(std::string_view text) {
  if (text.starts_with("\xC2\xAD")) return 2;
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

size_t word_end(std::string_view text, size_t from) {
  size_t at = from;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_ascii_space(c)) break;
    if ((c == '\xC2' || c == '\xEF') &&
        (space_length(text.substr(at)) + invisible_length(text.substr(at)) > 0))
      break;
  }
  return at;
}

bool another_word_follows(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && space_length(text.substr(end)) > 0) end += space_length(text.substr(end));
  return end > at && end < text.size();
}

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

size_t last_length(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[text.size() - length]) & 0xC0) == 0x80)
    ++length;
  return length;
}

bool ends_with_punctuation(std::string_view text) {
  return !text.empty() && is_punctuation(text.substr(text.size() - last_length(text)));
}

bool ends_with_word_character(std::string_view text) {
  return !text.empty() && text.back() != ' ' && text.back() != '\n' && !ends_with_punctuation(text);
}

bool starts_with_word_character(std::string_view text) { return !text.empty() && !is_punctuation(text); }

size_t leading_punctuation(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_punctuation(text.substr(at))) {
    const char* p = text.data() + at;
    next_code_point(p);
    at = static_cast<size_t>(p - text.data());
  }
  return at;
}

size_t plain_end(std::string_view text, size_t from) {
  size_t end = from;
  while (true) {
    end = find_in_set(text, kNotPlain, end);
    const bool single_space = end > from && end + 1 < text.size() && text[end] == ' ' &&
                              !kNotPlain[static_cast<unsigned char>(text[end + 1])];
    if (!single_space) return end;
    ++end;
  }
}

} // namespace circuit::text
