#pragma once
// ASCII classes and case, independent of the locale: all that markup needs. Private to this folder.

#include <cstddef>
#include <string_view>

namespace circuit::feeds::rss {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }

// Whether it leads to the web: what a title may link to, and what needs no base to be absolute.
constexpr bool is_web_url(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

// An XML name without its prefix.
constexpr std::string_view local_part(std::string_view name) { return name.substr(name.find(':') + 1); }

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// Where `needle` begins in `text` at or after `from`, whatever its case, or npos.
constexpr size_t find_ignoring_case(std::string_view text, std::string_view needle, size_t from = 0) {
  for (size_t at = from; at + needle.size() <= text.size(); ++at) {
    if (equals_ignoring_case(text.substr(at, needle.size()), needle)) return at;
  }
  return std::string_view::npos;
}

// The leading decimal digits of `text` as a number, or `otherwise` where there are none or too many.
constexpr long long leading_number(std::string_view text, long long otherwise) {
  long long value = 0;
  size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits == 15) return otherwise;
    value = value * 10 + (text[digits] - '0');
  }
  return digits == 0 ? otherwise : value;
}

} // namespace circuit::feeds::rss
