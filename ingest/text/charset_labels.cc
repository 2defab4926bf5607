#include "ingest/text/charset_labels.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/text/ascii.h"

namespace circuit::text {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

// Labels that the WHATWG Encoding Standard maps to something else than ICU does, or that ICU does not know.
// Sorted.
constexpr auto kAliases = std::to_array<Alias>({
    {"ansi_x3.4-1968", "windows-1252"},
    {"arabic", "iso-8859-6"},
    {"ascii", "windows-1252"},
    {"asmo-708", "iso-8859-6"},
    {"big5", "big5-hkscs"},
    {"big5-hkscs", "big5-hkscs"},
    {"chinese", "gb18030"},
    {"cn-big5", "big5-hkscs"},
    {"cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"cp1252", "windows-1252"},
    {"cp1253", "windows-1253"},
    {"cp1254", "windows-1254"},
    {"cp1255", "windows-1255"},
    {"cp1256", "windows-1256"},
    {"cp1257", "windows-1257"},
    {"cp1258", "windows-1258"},
    {"cp819", "windows-1252"},
    {"cp866", "ibm866"},
    {"cp932", "windows-31j"},
    {"cp936", "gb18030"},
    {"cp949", "windows-949"},
    {"csbig5", "big5-hkscs"},
    {"cseuckr", "windows-949"},
    {"cseucpkdfmtjapanese", "euc-jp"},
    {"csgb2312", "gb18030"},
    {"csibm866", "ibm866"},
    {"csiso58gb231280", "gb18030"},
    {"csisolatin1", "windows-1252"},
    {"csisolatin5", "windows-1254"},
    {"cskoi8r", "koi8-r"},
    {"csksc56011987", "windows-949"},
    {"csshiftjis", "windows-31j"},
    {"cyrillic", "iso-8859-5"},
    {"dos-874", "windows-874"},
    {"ecma-114", "iso-8859-6"},
    {"ecma-118", "iso-8859-7"},
    {"elot_928", "iso-8859-7"},
    {"euc-jp", "euc-jp"},
    {"euc-kr", "windows-949"},
    {"euc_jp", "euc-jp"},
    {"euc_kr", "windows-949"},
    {"eucjp", "euc-jp"},
    {"euckr", "windows-949"},
    {"gb18030", "gb18030"},
    {"gb2312", "gb18030"},
    {"gb_2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"greek", "iso-8859-7"},
    {"greek8", "iso-8859-7"},
    {"hebrew", "iso-8859-8"},
    {"ibm819", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso-8859-11", "windows-874"},
    {"iso-8859-8-e", "iso-8859-8"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"iso-8859-9", "windows-1254"},
    {"iso-ir-100", "windows-1252"},
    {"iso-ir-149", "windows-949"},
    {"iso-ir-58", "gb18030"},
    {"iso8859-1", "windows-1252"},
    {"iso8859-11", "windows-874"},
    {"iso8859-9", "windows-1254"},
    {"iso88591", "windows-1252"},
    {"iso885911", "windows-874"},
    {"iso88592", "iso-8859-2"},
    {"iso88599", "windows-1254"},
    {"iso_8859-1", "windows-1252"},
    {"iso_8859-1:1987", "windows-1252"},
    {"iso_8859-9", "windows-1254"},
    {"iso_8859-9:1989", "windows-1254"},
    {"koi", "koi8-r"},
    {"koi8", "koi8-r"},
    {"koi8-r", "koi8-r"},
    {"koi8-ru", "koi8-u"},
    {"koi8-u", "koi8-u"},
    {"koi8_r", "koi8-r"},
    {"korean", "windows-949"},
    {"ks_c_5601", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601-1989", "windows-949"},
    {"ksc5601", "windows-949"},
    {"ksc_5601", "windows-949"},
    {"l1", "windows-1252"},
    {"l2", "iso-8859-2"},
    {"l5", "windows-1254"},
    {"l9", "iso-8859-15"},
    {"latin-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin2", "iso-8859-2"},
    {"latin5", "windows-1254"},
    {"latin9", "iso-8859-15"},
    {"logical", "iso-8859-8"},
    {"mac", "macintosh"},
    {"ms932", "windows-31j"},
    {"ms936", "gb18030"},
    {"ms949", "windows-949"},
    {"ms_kanji", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"shift_jis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"sun_eu_greek", "iso-8859-7"},
    {"tis-620", "windows-874"},
    {"us", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"visual", "iso-8859-8"},
    {"windows-31j", "windows-31j"},
    {"windows-874", "windows-874"},
    {"windows-932", "windows-31j"},
    {"windows-936", "gb18030"},
    {"windows-949", "windows-949"},
    {"x-cp1250", "windows-1250"},
    {"x-cp1251", "windows-1251"},
    {"x-cp1252", "windows-1252"},
    {"x-euc-jp", "euc-jp"},
    {"x-gbk", "gb18030"},
    {"x-mac-roman", "macintosh"},
    {"x-mac-ukrainian", "x-mac-cyrillic"},
    {"x-sjis", "windows-31j"},
    {"x-x-big5", "big5-hkscs"},
});
static_assert(std::is_sorted(kAliases.begin(), kAliases.end()));

std::string_view alias_target(std::string_view label) {
  const auto at = std::lower_bound(kAliases.begin(), kAliases.end(), Alias{label, {}});
  return at != kAliases.end() && at->first == label ? at->second : std::string_view{};
}

// What ICU calls `label`, or empty. Closing the converter again is cheap: ICU caches its tables.
std::string icu_name(const std::string& label) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(label.c_str(), &status);
  if (U_FAILURE(status)) return {};
  const char* name = ucnv_getName(converter, &status);
  std::string found = U_SUCCESS(status) ? ascii_lower(name) : std::string{};
  ucnv_close(converter);
  return found;
}

} // namespace

std::string converter_name(std::string_view label) {
  const std::string lower = ascii_lower(trim_ascii(label));
  // ICU takes options after a comma, and an empty name for the platform's default.
  if (lower.empty() || lower.size() > 40 || lower.find(',') != std::string::npos) return {};
  if (is_utf8_label(lower)) return "utf-8";
  if (lower.starts_with("utf-7") || lower == "utf7" || lower.starts_with("unicode-1-1-utf-7")) return {};
  if (const std::string_view target = alias_target(lower); !target.empty()) return std::string(target);
  if (lower.starts_with("iso-8859-") || lower.starts_with("windows-") || lower.starts_with("koi8")) {
    return icu_name(lower).empty() ? std::string{} : lower;
  }
  return icu_name(lower);
}

bool is_ascii_superset(std::string_view converter) {
  if (converter == "utf-8" || converter.starts_with("windows-") || converter.starts_with("iso-8859-"))
    return true;
  return std::any_of(kAliases.begin(), kAliases.end(), [&](const Alias& a) { return a.second == converter; });
}

bool is_utf8_label(std::string_view label) {
  const std::string lower = ascii_lower(trim_ascii(label));
  return lower == "utf-8" || lower == "utf8" || lower == "utf_8" || lower == "unicode-1-1-utf-8" ||
         lower == "unicode11utf8" || lower == "unicode20utf8" || lower == "x-unicode20utf8" ||
         lower == "cp65001" || lower == "utf-8-bom" || lower == "utf8mb4";
}

bool is_wide_label(std::string_view label) {
  const std::string lower = ascii_lower(trim_ascii(label));
  for (const std::string_view prefix : {"utf-16", "utf16", "utf_16", "utf-32", "utf32", "utf_32", "ucs-2",
                                        "ucs-4", "iso-10646", "unicode", "csunicode", "u16", "u32"}) {
    if (lower.starts_with(prefix)) return !is_utf8_label(lower);
  }
  return false;
}

} // namespace circuit::text
