// The first line is the Content-Type, the rest the body.

#include "ingest/text/charset.h"

#include <algorithm>

#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

// Written for this test from Unicode's table 3-7.
bool is_utf8(std::string_view text) {
  const auto at = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  for (size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    const size_t length = lead < 0x80                    ? 1
                          : lead >= 0xC2 && lead <= 0xDF ? 2
                          : lead >= 0xE0 && lead <= 0xEF ? 3
                          : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                         : 0;
    if (length == 0) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((at(i + k) & 0xC0) != 0x80) return false;
    }
    const unsigned second = at(i + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return false;
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return false;
    i += length;
  }
  return true;
}

bool has_forbidden(std::string_view utf8) {
  const bool control = std::any_of(utf8.begin(), utf8.end(), [](unsigned char c) {
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  return control || utf8.find("\xEF\xBF\xBE") != std::string_view::npos ||
         utf8.find("\xEF\xBF\xBF") != std::string_view::npos;
}

void check_clean(std::string_view utf8, std::string_view what) {
  require(is_utf8(utf8), "the output is UTF-8", what);
  require(!has_forbidden(utf8), "the output holds nothing that XML forbids", what);
}

std::string as_utf16(std::string_view utf8, bool big_endian) {
  std::string out;
  const auto unit = [&](unsigned value) {
    const char high = static_cast<char>(value >> 8), low = static_cast<char>(value & 0xFF);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  };
  unit(0xFEFF);
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t k = 1; k < length; ++k)
      point = point << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3Fu);
    i += length;
    if (point < 0x10000) {
      unit(point);
    } else {
      unit(0xD800 + ((point - 0x10000) >> 10));
      unit(0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  const std::string_view content_type = in.line();
  const std::string_view body = in.rest();

  const text::Decoded decoded = text::decode_markup(body, content_type);
  check_clean(decoded.utf8, decoded.encoding);
  // No charset makes more than two code points of three bytes of one byte.
  require(decoded.utf8.size() <= body.size() * 6 + 16, "the output is bounded", decoded.encoding);
  require(!decoded.encoding.empty(), "some encoding was used");

  require(text::is_valid_utf8(body) == is_utf8(body), "two readers of UTF-8 agree", body);
  const std::string clean = text::clean_utf8(body);
  check_clean(clean, "clean_utf8");
  require(text::clean_utf8(clean) == clean, "cleaning again changes nothing", clean);
  require(!is_utf8(body) || has_forbidden(body) || clean == body, "what is clean stays as it is", body);

  // A byte order mark is believed before anything else.
  const bool begins_with_mark = clean.starts_with("\xEF\xBB\xBF");
  if (!begins_with_mark && body.size() < 4096) {
    require(text::decode_markup(as_utf16(clean, false), content_type).utf8 == clean, "UTF-16LE", clean);
    require(text::decode_markup(as_utf16(clean, true), content_type).utf8 == clean, "UTF-16BE", clean);
    require(text::decode_markup("\xEF\xBB\xBF" + clean, content_type).utf8 == clean, "UTF-8", clean);
  }

  for (const size_t bound : {size_t{0}, clean.size() / 2, clean.size() + 1}) {
    const std::string_view cut = text::truncate_utf8(clean, bound);
    require(cut.size() <= bound && is_utf8(cut) && clean.starts_with(cut), "a cut is a prefix in UTF-8",
            clean);
    require(cut.size() + 4 > std::min(bound, clean.size()), "no more is cut than has to be", clean);
  }
  if (const auto label = text::charset_of(content_type)) {
    require(std::none_of(label->begin(), label->end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "a label is lower case", *label);
  }
}

} // namespace circuit::fuzz
