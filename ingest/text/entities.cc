#include "ingest/text/entities.h"

#include <algorithm>
#include <array>

#include "ingest/text/ascii.h"
#include "ingest/text/html.h"
#include "ingest/text/utf8.h"

namespace circuit::text {
namespace {

constexpr size_t kLongestName = 31;   // CounterClockwiseContourIntegral
constexpr size_t kLongestNumber = 32; // with leading zeros

// What browsers make of &#128; to &#159;: the author meant windows-1252. Zero: as it is.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

void append_numeric(std::string& out, char32_t code_point) {
  if (code_point >= 0x80 && code_point <= 0x9F && kWindows1252[code_point - 0x80] != 0) {
    code_point = kWindows1252[code_point - 0x80];
  }
  const bool control = code_point < 0x20 && code_point != '\t' && code_point != '\n' && code_point != '\r';
  if (code_point == 0 || code_point == 0xFFFE || code_point == 0xFFFF)
    code_point = 0xFFFD;
  else if (control)
    return; // XML forbids it, and nothing prints it
  append_utf8(out, code_point);
}

int digit_value(char c, int base) {
  if (is_ascii_digit(c)) return c - '0';
  const char lower = to_ascii_lower(c);
  return base == 16 && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

size_t decode_number(std::string_view text, std::string& out) {
  const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const int base = hex ? 16 : 10;
  const size_t first = hex ? 3 : 2;
  size_t at = first;
  char32_t value = 0;
  for (; at < text.size() && at < first + kLongestNumber; ++at) {
    const int digit = digit_value(text[at], base);
    if (digit < 0) break;
    value = std::min<char32_t>(value * static_cast<char32_t>(base) + static_cast<char32_t>(digit), 0x110000);
  }
  if (at == first) return 0;
  append_numeric(out, value);
  return at < text.size() && text[at] == ';' ? at + 1 : at;
}

size_t decode_name(std::string_view text, std::string& out) {
  size_t end = 1;
  while (end < text.size() && end <= kLongestName && is_ascii_alnum(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  const bool terminated = end < text.size() && text[end] == ';';
  if (!terminated) {
    if (end < text.size() && (text[end] == '=' || is_ascii_alnum(text[end]))) return 0;
    const auto legacy = entities_without_semicolon();
    if (!std::binary_search(legacy.begin(), legacy.end(), name)) return 0;
  }
  const std::string_view utf8 = named_entity(name);
  if (utf8.empty()) return 0;
  out += utf8;
  return end + (terminated ? 1 : 0);
}

} // namespace

namespace {

// Nearly all that text holds of them.
std::string_view common_entity(std::string_view name) {
  if (name == "amp") return "&";
  if (name == "lt") return "<";
  if (name == "gt") return ">";
  if (name == "quot") return "\"";
  if (name == "nbsp") return "\xC2\xA0";
  return {};
}

} // namespace

std::string_view named_entity(std::string_view name) {
  if (name.size() <= 4) {
    if (const std::string_view common = common_entity(name); !common.empty()) return common;
  }
  const auto table = all_entities();
  const auto at =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
  return at != table.end() && at->name == name ? at->utf8 : std::string_view{};
}

size_t decode_reference(std::string_view text, std::string& out) {
  if (text.size() < 3) return 0;
  return text[1] == '#' ? decode_number(text, out) : decode_name(text, out);
}

void append_decoded(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t ampersand = text.find('&');
    out += text.substr(0, ampersand);
    if (ampersand == std::string_view::npos) return;
    text.remove_prefix(ampersand);
    size_t length = decode_reference(text, out);
    if (length == 0) {
      out += '&';
      length = 1;
    }
    text.remove_prefix(length);
  }
}

std::string decode_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_decoded(text, out);
  return out;
}

} // namespace circuit::text
