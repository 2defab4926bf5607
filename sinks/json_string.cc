#include "sinks/json_string.h"

#include <cstdint>

#include "ingest/text/byte_scan.h"

namespace circuit::sinks {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// All other bytes are copied as they are.
constexpr auto kNeedsLook = [](auto b) {
  return (b < 0x20) | (b >= 0x7f) | (b == '"') | (b == '\\') | (b == '<') | (b == '>');
};

void append_unit(uint32_t unit, std::string& out) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[(unit >> shift) & 0xf];
}

void append_escaped(uint32_t code_point, std::string& out) {
  switch (code_point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (code_point < 0x10000) return append_unit(code_point, out);
  append_unit(0xd800 + ((code_point - 0x10000) >> 10), out);
  append_unit(0xdc00 + ((code_point - 0x10000) & 0x3ff), out);
}

// Beyond ASCII. The mapping's own list.
bool is_escaped(uint32_t c) {
  if (c < 0x2000) {
    return c < 0xa0 || c == 0xad || (c >= 0x600 && c <= 0x603) || c == 0x6dd || c == 0x70f || c == 0x17b4 ||
           c == 0x17b5;
  }
  if (c < 0x10000) {
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2064) ||
           (c >= 0x206a && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
  }
  return (c >= 0x1d173 && c <= 0x1d17a) || c == 0xe0001 || (c >= 0xe0020 && c <= 0xe007f);
}

struct Decoded {
  uint32_t code_point;
  size_t length; // 0: ill-formed
};

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// The sequence of two to four bytes at the start of `text`, per the Unicode table of well-formed byte
// sequences.
Decoded decode(std::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t lead = byte(0);
  const size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                        : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4
                                                      : 0;
  if (length == 0 || text.size() < length) return {0, 0};
  uint32_t code_point = lead & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {0, 0};
    code_point = code_point << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xd800 && code_point < 0xe000;
  if (overlong || surrogate || code_point > 0x10ffff) return {0, 0};
  return {code_point, length};
}

} // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  size_t copied = 0; // everything before it is in `out`
  size_t at = 0;
  const auto flush = [&] { out.append(text, copied, at - copied); };
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (!kNeedsLook(byte)) {
      at = text::find_byte(text, at + 1, kNeedsLook);
      continue;
    }
    const Decoded decoded = byte < 0x80 ? Decoded{byte, 1} : decode(text.substr(at));
    if (decoded.length > 1 && !is_escaped(decoded.code_point)) {
      at += decoded.length;
      continue;
    }
    flush();
    if (decoded.length == 0) {
      out += "\xef\xbf\xbd";
      copied = ++at;
      continue;
    }
    append_escaped(decoded.code_point, out);
    copied = at += decoded.length;
  }
  flush();
  out += '"';
}

} // namespace circuit::sinks
