#include "ingest/text/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <memory>

#include "ingest/text/ascii.h"
#include "ingest/text/charset_labels.h"
#include "ingest/text/utf8.h"

namespace circuit::text {
namespace {

constexpr size_t kDeclarationBytes = 1024;    // how far a declaration may be from the start
constexpr size_t kDetectionBytes = 64 * 1024; // a sample that long says as much as the whole
constexpr int kLeastConfidence = 10;          // of ICU's detector, 0..100

using namespace std::string_view_literals;

struct ConverterCloser {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

// Substitutes as ICU would and remembers that it did.
void note_substitution(const void* context, UConverterToUnicodeArgs* args, const char* units, int32_t length,
                       UConverterCallbackReason reason, UErrorCode* status) {
  if (reason <= UCNV_IRREGULAR) *static_cast<bool*>(const_cast<void*>(context)) = true;
  UCNV_TO_U_CALLBACK_SUBSTITUTE(nullptr, args, units, length, reason, status);
}

std::optional<CleanText> convert(std::string_view bytes, const std::string& converter) {
  UErrorCode status = U_ZERO_ERROR;
  const Converter from(ucnv_open(converter.c_str(), &status));
  const Converter to(ucnv_open("UTF-8", &status));
  bool replaced = false;
  if (U_SUCCESS(status))
    ucnv_setToUCallBack(from.get(), note_substitution, &replaced, nullptr, nullptr, &status);
  if (U_FAILURE(status)) return std::nullopt;

  std::string out;
  std::array<UChar, 4096> pivot;
  UChar* pivot_read = pivot.data();
  UChar* pivot_write = pivot.data();
  const char* source = bytes.data();
  std::array<char, 16 * 1024> chunk;
  bool more = true;
  for (UBool reset = 1; more; reset = 0) {
    char* target = chunk.data();
    status = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from.get(), &target, chunk.data() + chunk.size(), &source,
                   bytes.data() + bytes.size(), pivot.data(), &pivot_read, &pivot_write,
                   pivot.data() + pivot.size(), reset, UBool{1}, &status);
    out.append(chunk.data(), target);
    more = status == U_BUFFER_OVERFLOW_ERROR;
    if (U_FAILURE(status) && !more) return std::nullopt;
  }
  CleanText clean = clean_text(out);
  clean.replaced |= replaced;
  return clean;
}

struct Signature {
  std::string_view bytes;
  const char* encoding;
  size_t skip; // bytes of a byte order mark
};

// Longer marks first: FF FE 00 00 is UTF-32, though it begins as UTF-16 does.
constexpr auto kSignatures = std::to_array<Signature>({
    {"\x00\x00\xFE\xFF"sv, "utf-32be", 4},
    {"\xFF\xFE\x00\x00"sv, "utf-32le", 4},
    {"\xEF\xBB\xBF"sv, "utf-8", 3},
    {"\xFE\xFF"sv, "utf-16be", 2},
    {"\xFF\xFE"sv, "utf-16le", 2},
    {"\x00\x00\x00<"sv, "utf-32be", 0},
    {"<\x00\x00\x00"sv, "utf-32le", 0},
    {"\x00<\x00"sv, "utf-16be", 0},
    {"\x00\n\x00<"sv, "utf-16be", 0},
    {"\x00{\x00"sv, "utf-16be", 0},
    {"\n\x00<\x00"sv, "utf-16le", 0},
    {"{\x00"sv, "utf-16le", 0},
    {"<\x00"sv, "utf-16le", 0},
});

constexpr std::string_view kEbcdicDeclaration = "\x4C\x6F\xA7\x94\x93"; // "<?xml"

std::string_view quoted_value(std::string_view after_equals) {
  after_equals = trim_ascii(after_equals);
  if (after_equals.empty()) return {};
  const char quote = after_equals.front();
  if (quote == '"' || quote == '\'') {
    const size_t close = after_equals.find(quote, 1);
    return close == std::string_view::npos ? std::string_view{}
                                           : trim_ascii(after_equals.substr(1, close - 1));
  }
  return trim_ascii(after_equals.substr(0, after_equals.find_first_of(" \t\r\n;,>/?\"'")));
}

// The value of `key` ("encoding", "charset") in `text`: key, optional space, '=', value.
std::string value_of(std::string_view text, std::string_view key) {
  for (size_t at = 0; (at = find_ignoring_case(text, key, at)) != std::string_view::npos;) {
    at += key.size();
    const std::string_view rest = trim_ascii(text.substr(at));
    if (rest.starts_with('=')) return ascii_lower(quoted_value(rest.substr(1)));
  }
  return {};
}

// The encoding that an ASCII-compatible document declares in itself: <?xml encoding=?> or <meta charset>.
std::string declared_inside(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, kDeclarationBytes);
  if (const size_t xml = head.find("<?xml"); xml != std::string_view::npos) {
    const size_t close = head.find("?>", xml);
    if (close != std::string_view::npos) return value_of(head.substr(xml, close - xml), "encoding");
  }
  for (size_t at = 0; (at = find_ignoring_case(head, "<meta", at)) != std::string_view::npos; ++at) {
    const size_t close = head.find('>', at);
    if (close == std::string_view::npos) break;
    std::string found = value_of(head.substr(at, close - at), "charset");
    if (!found.empty()) return found;
  }
  return {};
}

// A label can be meant only if the document's own markup survives it: a document that says "ebcdic" or
// "utf-16" in plain ASCII contradicts itself.
bool contradicts_itself(const std::string& converter) {
  if (is_ascii_superset(converter)) return false;
  const std::optional<CleanText> probe = convert("<a>", converter);
  return !probe || probe->utf8 != "<a>";
}

// GB18030 is what ICU calls all of the family; where only the first set occurs, its name is the more telling
// one.
bool is_plain_gb2312(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto lead = static_cast<uint8_t>(bytes[i]);
    if (lead < 0x80) continue;
    if (++i == bytes.size()) return true;
    const auto trail = static_cast<uint8_t>(bytes[i]);
    if (lead < 0xA1 || lead > 0xF7 || trail < 0xA1) return false;
  }
  return true;
}

std::string detect(std::string_view bytes) {
  const std::string_view sample = bytes.substr(0, kDetectionBytes);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&status),
                                                                            &ucsdet_close);
  if (U_SUCCESS(status))
    ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &status);
  if (U_SUCCESS(status))
    ucsdet_enableInputFilter(detector.get(), true); // markup says nothing about the language
  const UCharsetMatch* match = U_SUCCESS(status) ? ucsdet_detect(detector.get(), &status) : nullptr;
  if (U_FAILURE(status) || match == nullptr || ucsdet_getConfidence(match, &status) < kLeastConfidence) {
    return "windows-1252";
  }
  std::string name = ascii_lower(ucsdet_getName(match, &status));
  if (U_FAILURE(status) || is_utf8_label(name) || is_wide_label(name)) return "windows-1252";
  if (name == "gb18030" && is_plain_gb2312(sample)) return "gb2312";
  return name == "iso-8859-1" ? "windows-1252" : name;
}

Decoded as_utf8(CleanText clean, bool declared_wrong) {
  return {std::move(clean.utf8), "utf-8", clean.replaced, declared_wrong};
}

// `label` as declared, of bytes that are ASCII or no UTF-8; nullopt where it cannot be what they are in.
std::optional<Decoded> as_declared(std::string_view bytes, const std::string& label,
                                   const ByteSurvey& survey) {
  const std::string converter = converter_name(label);
  if (converter.empty() || is_wide_label(label) || contradicts_itself(converter)) return std::nullopt;
  if (converter == "utf-8") {
    // Valid UTF-8 was recognized before. Here it is either plain ASCII, or damaged, or not UTF-8 at all.
    const SequenceCount count = count_sequences(bytes);
    if (!survey.ascii && count.multi_byte <= count.ill_formed) return std::nullopt;
    return as_utf8(clean_text(bytes, survey, survey.ascii), false);
  }
  if (survey.ascii && is_ascii_superset(converter))
    return Decoded{clean_text(bytes, survey, true).utf8, label, false, false};
  std::optional<CleanText> clean = convert(bytes, converter);
  if (!clean) return std::nullopt;
  return Decoded{std::move(clean->utf8), label, clean->replaced, false};
}

Decoded as_detected(std::string_view bytes, const ByteSurvey& survey, bool declared_wrong) {
  const auto cleaned = [&] { return as_utf8(clean_text(bytes, survey, survey.ascii), declared_wrong); };
  const bool has_escapes =
      bytes.find("\x1B$") != std::string_view::npos; // of ISO-2022, which is all ASCII bytes
  if (survey.ascii && !has_escapes) return cleaned();
  // Much valid UTF-8 with a little damage, such as a document cut in the middle of a character, is damaged
  // UTF-8.
  const SequenceCount count = count_sequences(bytes);
  if (!has_escapes && count.multi_byte > 4 * count.ill_formed) return cleaned();
  std::string encoding = detect(bytes);
  std::optional<CleanText> clean = convert(bytes, converter_name(encoding));
  if (!clean) return cleaned();
  return {std::move(clean->utf8), std::move(encoding), clean->replaced, declared_wrong};
}

// Whether the mark was put in front of text in another encoding, as a template or an included file does.
bool is_misplaced_mark(std::string_view body) {
  if (is_valid_utf8(body)) return false;
  const SequenceCount count = count_sequences(body);
  return count.multi_byte <= count.ill_formed;
}

std::optional<Decoded> by_signature(std::string_view bytes) {
  for (const Signature& s : kSignatures) {
    if (!bytes.starts_with(s.bytes)) continue;
    const std::string_view body = bytes.substr(s.skip);
    if (s.encoding == "utf-8"sv) return as_utf8(clean_text(body), false);
    std::optional<CleanText> clean = convert(body, s.encoding);
    if (!clean) return std::nullopt;
    return Decoded{std::move(clean->utf8), s.encoding, clean->replaced, false};
  }
  return std::nullopt;
}

// The declaration of an EBCDIC document can be read in any EBCDIC: its letters are at the same places in all.
std::optional<Decoded> by_ebcdic_declaration(std::string_view bytes) {
  if (!bytes.starts_with(kEbcdicDeclaration)) return std::nullopt;
  const std::optional<CleanText> head = convert(bytes.substr(0, kDeclarationBytes), "ibm-037");
  std::string label = head ? declared_inside(head->utf8) : std::string{};
  std::string converter = converter_name(label);
  if (converter.empty() || is_ascii_superset(converter)) label = converter = "ibm-037";
  std::optional<CleanText> clean = convert(bytes, converter);
  if (!clean) return std::nullopt;
  return Decoded{std::move(clean->utf8), label, clean->replaced, false};
}

} // namespace

Decoded decode_markup(std::string_view bytes, std::string_view content_type) {
  constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kUtf8Mark) && is_misplaced_mark(bytes.substr(kUtf8Mark.size())))
    bytes.remove_prefix(kUtf8Mark.size());
  if (std::optional<Decoded> decoded = by_signature(bytes)) return *std::move(decoded);
  if (std::optional<Decoded> decoded = by_ebcdic_declaration(bytes)) return *std::move(decoded);

  const std::string outside = charset_of(content_type).value_or("");
  const std::string inside = declared_inside(bytes);
  const std::string& believed = outside.empty() ? inside : outside;
  const ByteSurvey survey = survey_bytes(bytes);
  if (!survey.ascii && is_valid_utf8(bytes))
    return as_utf8(clean_text(bytes, survey, true), !believed.empty() && !is_utf8_label(believed));

  bool declared_wrong = false;
  for (const std::string* label : {&outside, &inside}) {
    if (label->empty()) continue;
    if (std::optional<Decoded> decoded = as_declared(bytes, *label, survey)) {
      decoded->declared_wrong = declared_wrong;
      return *std::move(decoded);
    }
    declared_wrong = true;
  }
  return as_detected(bytes, survey, declared_wrong);
}

std::optional<std::string> charset_of(std::string_view content_type) {
  const size_t parameters = content_type.find(';');
  if (parameters == std::string_view::npos) return std::nullopt;
  std::string found = value_of(content_type.substr(parameters), "charset");
  if (found.empty()) return std::nullopt;
  return found;
}

} // namespace circuit::text
