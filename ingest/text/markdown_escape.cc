#include "ingest/text/markdown_escape.h"

#include <algorithm>

#include "ingest/text/ascii.h"
#include "ingest/text/byte_scan.h"
#include "ingest/text/entities.h"

namespace circuit::text {
namespace {

// Any of \ ` * _ [ ] ( < & ~ | :
constexpr auto kIsSpecialInMarkdown = [](auto b) {
  return (b == '\\') | (b == '`') | (b == '*') | (b == '_') | (b == '[') | (b == ']') | (b == '(') |
         (b == '<') | (b == '&') | (b == '~') | (b == '|') | (b == ':');
};

bool is_ascii_punctuation(char c) { return c > ' ' && c < 0x7F && !is_ascii_alnum(c); }
bool is_word_character(char c) { return is_ascii_alnum(c) || static_cast<unsigned char>(c) >= 0x80; }
bool is_blank(char c) { return c == ' ' || c == '\n'; }

// "&lt;", "&#38;": what would be read as a reference, for which CommonMark wants the semicolon.
bool starts_reference(std::string_view text) {
  std::string decoded;
  const size_t length = decode_reference(text, decoded);
  return length > 0 && text[length - 1] == ';';
}

constexpr char kNotKnownYet = '\0'; // the next character is not known yet

bool needs_escape(std::string_view word, size_t i, char before, char next, const EscapeContext& context) {
  switch (word[i]) {
    case '\\':
      return next == kNotKnownYet || is_ascii_punctuation(next);
    case '`':
      return true;
    case '*':
      return !(is_blank(before) && is_blank(next)); // alone between spaces it can neither open nor close
    case '_':
      return !(is_blank(before) && is_blank(next)) && !(is_word_character(before) && is_word_character(next));
    case '~':
      return !is_blank(before) || next == '~' || next == kNotKnownYet;
    case '[':
      return context.in_link || before == ']';
    case ']':
      return context.in_link;
    case '(':
      return before == ']';
    case ':':
      return before == ']' && context.after_bracket_start;
    case '<':
      return next == kNotKnownYet || is_ascii_alpha(next) || next == '/' || next == '!' || next == '?';
    case '&':
      return starts_reference(word.substr(i));
    case '|':
      return context.in_table;
    default:
      return false;
  }
}

bool is_all(std::string_view text, char c) { return text.find_first_not_of(c) == std::string_view::npos; }

// Where in the first word of a line a backslash is needed, or npos.
size_t line_start_escape(std::string_view word, const EscapeContext& context) {
  constexpr size_t kNowhere = std::string_view::npos;
  switch (word.front()) {
    case '#':
      return is_all(word, '#') && word.size() <= 6 ? 0 : kNowhere;
    case '>':
    case '|':
      return 0;
    case '+':
      return word.size() == 1 ? 0 : kNowhere;
    case '-':
      return word.size() == 1 || word[1] == '-' || word[1] == '|' ? 0 : kNowhere;
    case '*':
    case '_':
      return word.size() == 1 ? 0 : kNowhere;
    case '=':
      return context.continues_paragraph && is_all(word, '=') ? 0 : kNowhere;
    case ':':
      return word.size() > 1 && word[1] == '-' ? 0 : kNowhere;
    default:
      break;
  }
  if (!is_ascii_digit(word.front()) || (word.back() != '.' && word.back() != ')') || word.size() > 10)
    return kNowhere;
  const std::string_view number = word.substr(0, word.size() - 1);
  return std::all_of(number.begin(), number.end(), is_ascii_digit) ? word.size() - 1 : kNowhere;
}

size_t longest_run(std::string_view text, char c) {
  size_t longest = 0, run = 0;
  for (const char each : text) {
    run = each == c ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

bool has_balanced_parentheses(std::string_view url) {
  int open = 0;
  for (const char c : url) {
    open += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (open < 0) return false;
  }
  return open == 0;
}

} // namespace

void append_escaped_word(std::string& out, std::string_view word, const EscapeContext& context) {
  const size_t line_escape = context.line_start ? line_start_escape(word, context) : std::string_view::npos;
  size_t copied = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    if (!kIsSpecialInMarkdown(static_cast<unsigned char>(word[i])) && i != line_escape) continue;
    const char before = i > 0 ? word[i - 1] : out.empty() || context.line_start ? '\n' : out.back();
    const char next = i + 1 < word.size() ? word[i + 1] : context.followed_by_space ? ' ' : kNotKnownYet;
    if (i != line_escape && !needs_escape(word, i, before, next, context)) continue;
    out += word.substr(copied, i - copied);
    out += '\\';
    copied = i;
  }
  out += word.substr(copied);
}

size_t find_special_in_markdown(std::string_view text, size_t from) {
  const size_t found = find_byte(text, from, kIsSpecialInMarkdown);
  return found < text.size() ? found : std::string_view::npos;
}

std::string code_span(std::string_view code, bool in_table) {
  const std::string fence(longest_run(code, '`') + 1, '`');
  const bool pad = code.front() == '`' || code.back() == '`';
  std::string out = fence;
  if (pad) out += ' ';
  for (const char c : code) {
    if (c == '|' && in_table) out += '\\';
    out += c;
  }
  if (pad) out += ' ';
  return out + fence;
}

std::string fenced_block(std::string_view code, std::string_view language) {
  const std::string fence(std::max<size_t>(3, longest_run(code, '`') + 1), '`');
  std::string out;
  out.reserve(code.size() + 2 * fence.size() + language.size() + 2);
  return out.append(fence).append(language).append("\n").append(code).append("\n").append(fence);
}

std::string link_destination(std::string_view url) {
  constexpr ByteSet kMayNeedEscape = byte_set("()&|");
  if (find_in_set(url, kMayNeedEscape, 0) == url.size()) return std::string(url);
  const bool escape_parentheses = !has_balanced_parentheses(url);
  std::string out;
  out.reserve(url.size());
  for (size_t i = 0; i < url.size(); ++i) {
    const char c = url[i];
    if (c == '(' && escape_parentheses)
      out += "%28";
    else if (c == ')' && escape_parentheses)
      out += "%29";
    else if (c == '&' && starts_reference(url.substr(i)))
      out += "&amp;";
    else if (c == '|')
      out += "%7C";
    else
      out += c;
  }
  return out;
}

std::string link_title(std::string_view title) {
  std::string out;
  bool space = false;
  for (const char c : trim_ascii(title)) {
    if (is_ascii_space(c)) {
      space = true;
      continue;
    }
    if (space) out += ' ';
    space = false;
    if (c == '"' || c == '\\' || c == '|') out += '\\';
    out += c;
  }
  return out;
}

} // namespace circuit::text
