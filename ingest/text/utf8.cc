#include "ingest/text/utf8.h"

#include <simdjson.h>

#include "ingest/text/byte_scan.h"
#include "ingest/text/charset.h"

namespace circuit::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

uint8_t byte_at(const char* p) { return static_cast<uint8_t>(*p); }

bool is_forbidden_control(uint8_t c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

// U+FFFE and U+FFFF, which XML forbids: EF BF BE and EF BF BF.
bool is_noncharacter(const char* p, size_t length) {
  return length == 3 && byte_at(p) == 0xEF && byte_at(p + 1) == 0xBF && byte_at(p + 2) >= 0xBE;
}

bool has_noncharacter(std::string_view valid) {
  for (size_t at = 0; (at = valid.find("\xEF\xBF", at)) != std::string_view::npos; at += 2) {
    if (is_noncharacter(valid.data() + at, 3)) return true;
  }
  return false;
}

// How many bytes of an ill-formed sequence are replaced together: the longest prefix of some well-formed
// sequence, as Unicode 3.9 "substitution of maximal subparts" and browsers do.
size_t ill_formed_length(const char* p, const char* end) {
  const uint8_t lead = byte_at(p);
  size_t wanted = 0;
  if (lead >= 0xC2 && lead <= 0xDF) wanted = 2;
  if (lead >= 0xE0 && lead <= 0xEF) wanted = 3;
  if (lead >= 0xF0 && lead <= 0xF4) wanted = 4;
  size_t length = 1;
  while (length < wanted && p + length < end) {
    const uint8_t c = byte_at(p + length);
    uint8_t low = 0x80, high = 0xBF;
    if (length == 1) {
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    }
    if (c < low || c > high) break;
    ++length;
  }
  return length;
}

} // namespace

ByteSurvey survey_bytes(std::string_view bytes) {
  ByteBlock high{};
  ByteBlock control{};
  size_t at = 0;
  for (; at + kByteBlock <= bytes.size(); at += kByteBlock) {
    const ByteBlock block = load_block(bytes.data() + at);
    high |= block;
    control |= (block < 0x20) & (block != '\t') & (block != '\n') & (block != '\r');
  }
  high &= 0x80;
  ByteSurvey survey{first_set(high) == kByteBlock, first_set(control) < kByteBlock};
  for (; at < bytes.size(); ++at) {
    survey.ascii &= byte_at(bytes.data() + at) < 0x80;
    survey.has_controls |= is_forbidden_control(byte_at(bytes.data() + at));
  }
  return survey;
}

size_t sequence_length(const char* p, const char* end) {
  const uint8_t lead = byte_at(p);
  if (lead < 0x80) return 1;
  const size_t wanted = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (wanted == 0 || static_cast<size_t>(end - p) < wanted) return 0;
  return ill_formed_length(p, end) == wanted ? wanted : 0;
}

char32_t next_code_point(const char*& p) {
  const uint8_t lead = byte_at(p++);
  if (lead < 0x80) return lead;
  const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code_point = lead & (0x3F >> more);
  for (int i = 0; i < more; ++i) code_point = (code_point << 6) | (byte_at(p++) & 0x3F);
  return code_point;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) {
    out += kReplacement;
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

CleanText clean_text(std::string_view text) {
  const ByteSurvey survey = survey_bytes(text);
  return clean_text(text, survey, survey.ascii || is_valid_utf8(text));
}

CleanText clean_text(std::string_view text, const ByteSurvey& survey, bool well_formed) {
  if (well_formed && !survey.has_controls && (survey.ascii || !has_noncharacter(text)))
    return {std::string(text), false};

  CleanText clean;
  clean.utf8.reserve(text.size());
  const char* p = text.data();
  const char* const end = p + text.size();
  const char* run = p; // start of what can be copied as it is
  const auto flush = [&] { clean.utf8.append(run, p); };
  while (p < end) {
    const size_t length = sequence_length(p, end);
    if (length == 0) {
      flush();
      clean.utf8 += kReplacement;
      clean.replaced = true;
      run = p += ill_formed_length(p, end);
    } else if (is_forbidden_control(byte_at(p)) || is_noncharacter(p, length)) {
      flush();
      run = p += length;
    } else {
      p += length;
    }
  }
  flush();
  return clean;
}

SequenceCount count_sequences(std::string_view bytes) {
  SequenceCount count;
  const char* const end = bytes.data() + bytes.size();
  for (const char* p = bytes.data(); p < end;) {
    const size_t length = sequence_length(p, end);
    const size_t step = length > 0 ? length : ill_formed_length(p, end);
    if (length > 1) ++count.multi_byte;
    if (length == 0 && p + step < end)
      ++count.ill_formed; // what is cut off at the very end counts for nothing
    p += step;
  }
  return count;
}

std::string clean_utf8(std::string_view text) { return clean_text(text).utf8; }

bool is_valid_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::string_view truncate_utf8(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t cut = max_bytes;
  while (cut > 0 && max_bytes - cut < 4 && (byte_at(text.data() + cut) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut);
}

} // namespace circuit::text
