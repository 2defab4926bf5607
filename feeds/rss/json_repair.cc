#include "feeds/rss/json_repair.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace circuit::feeds::rss {
namespace {

constexpr size_t kUnicodeEscape = 6; // \uXXXX

// The code unit of the escape that `text` starts with.
std::optional<uint32_t> escaped_unit(std::string_view text) {
  if (text.size() < kUnicodeEscape || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  uint32_t unit = 0;
  const char* const end = text.data() + kUnicodeEscape;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, unit, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return unit;
}

bool is_high(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// Appends the escape that `text` starts with, mended; returns the bytes that it took.
size_t append_escape(std::string& out, std::string_view text) {
  const std::optional<uint32_t> unit = escaped_unit(text);
  if (!unit || (!is_high(*unit) && !is_low(*unit))) {
    out.append(text.substr(0, 2));
    return std::min<size_t>(2, text.size());
  }
  const std::optional<uint32_t> next = escaped_unit(text.substr(kUnicodeEscape));
  if (is_high(*unit) && next && is_low(*next)) {
    out.append(text.substr(0, 2 * kUnicodeEscape));
    return 2 * kUnicodeEscape;
  }
  out += "\\uFFFD";
  return kUnicodeEscape;
}

void append_control(std::string& out, char c) {
  if (c == '\n') out += "\\n";
  if (c == '\r') out += "\\r";
  if (c == '\t') out += "\\t";
}

} // namespace

std::string repair_json(std::string_view document) {
  std::string out;
  out.reserve(document.size() + 64);
  bool in_string = false;
  for (size_t at = 0; at < document.size();) {
    const char c = document[at];
    if (in_string && c == '\\') {
      at += append_escape(out, document.substr(at));
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string && static_cast<unsigned char>(c) < 0x20) {
      append_control(out, c);
    } else {
      out += c;
    }
    ++at;
  }
  return out;
}

} // namespace circuit::feeds::rss
