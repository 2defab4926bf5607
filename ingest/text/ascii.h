#pragma once
// ASCII-only character classes and case, independent of the locale. Private to this folder.

#include <array>
#include <string>
#include <string_view>

namespace circuit::text {

constexpr bool is_ascii_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_ascii_alnum(char c) { return is_ascii_digit(c) || is_ascii_alpha(c); }
constexpr char to_ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_ascii_lower(c);
  return lower;
}

constexpr std::string_view trim_ascii(std::string_view text) {
  while (!text.empty() && is_ascii_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_ascii_space(text.back())) text.remove_suffix(1);
  return text;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (to_ascii_lower(a[i]) != to_ascii_lower(b[i])) return false;
  }
  return true;
}

constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// Where `needle` (lower case) begins in `text` whatever its case, or npos. Both are short.
constexpr size_t find_ignoring_case(std::string_view text, std::string_view needle, size_t from = 0) {
  const bool cased = is_ascii_alpha(needle.front()); // where it is not, others can be skipped at once
  for (size_t at = from; at + needle.size() <= text.size(); ++at) {
    if (!cased && (at = text.find(needle.front(), at)) == std::string_view::npos) break;
    if (starts_with_ignoring_case(text.substr(at), needle)) return at;
  }
  return std::string_view::npos;
}

// A set of bytes, for scans that stop at any of them.
using ByteSet = std::array<bool, 256>;

constexpr ByteSet byte_set(std::string_view members) {
  ByteSet set{};
  for (const char c : members) set[static_cast<unsigned char>(c)] = true;
  return set;
}

// Where the first member of `set` is, or the end of `text`.
constexpr size_t find_in_set(std::string_view text, const ByteSet& set, size_t from = 0) {
  size_t at = from;
  while (at < text.size() && !set[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

} // namespace circuit::text
