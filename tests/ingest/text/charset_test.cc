#include "ingest/text/charset.h"

#include <gtest/gtest.h>

#include <string>

#include "ingest/text/charset_labels.h"

namespace circuit::text {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string wide(std::string_view ascii, size_t unit, bool big_endian) {
  std::string out;
  for (const char c : ascii) {
    const std::string zeros(unit - 1, '\0');
    out += big_endian ? zeros + c : c + zeros;
  }
  return out;
}

TEST(DecodeMarkup, BelievesAByteOrderMarkAboveAll) {
  const Decoded decoded = decode_markup("\xEF\xBB\xBF<a>\xC3\xA9</a>", "text/xml; charset=iso-8859-1");
  EXPECT_EQ(decoded.utf8, "<a>é</a>");
  EXPECT_EQ(decoded.encoding, "utf-8");
}

TEST(DecodeMarkup, ReadsUtf16AndUtf32WithAndWithoutAMark) {
  const std::string xml = "<?xml version='1.0'?><a/>";
  EXPECT_EQ(decode_markup("\xFE\xFF"s + wide(xml, 2, true), "").utf8, xml);
  EXPECT_EQ(decode_markup("\xFF\xFE"s + wide(xml, 2, false), "").utf8, xml);
  EXPECT_EQ(decode_markup(wide(xml, 2, true), "").encoding, "utf-16be");
  EXPECT_EQ(decode_markup(wide(xml, 2, false), "").encoding, "utf-16le");
  EXPECT_EQ(decode_markup("\0\0\xFE\xFF"s + wide(xml, 4, true), "").encoding, "utf-32be");
  EXPECT_EQ(decode_markup("\xFF\xFE\0\0"s + wide(xml, 4, false), "").utf8, xml);
  EXPECT_EQ(decode_markup(wide(xml, 4, true), "").utf8, xml);
  EXPECT_EQ(decode_markup(wide(xml, 4, false), "").encoding, "utf-32le");
}

TEST(DecodeMarkup, TakesValidMultiByteUtf8ForUtf8WhateverTheLabelSays) {
  const Decoded decoded =
      decode_markup("<?xml encoding='iso-8859-1'?><a>\xC3\xA9</a>", "text/xml; charset=gb2312");
  EXPECT_EQ(decoded.encoding, "utf-8");
  EXPECT_TRUE(decoded.declared_wrong);
  EXPECT_FALSE(decoded.replaced);
  EXPECT_NE(decoded.utf8.find("é"), std::string::npos);
}

TEST(DecodeMarkup, BelievesTheHeaderBeforeTheDeclaration) {
  const Decoded decoded =
      decode_markup("<?xml encoding='utf-8'?><a>\xC1</a>", "text/xml; charset=windows-1251");
  EXPECT_EQ(decoded.encoding, "windows-1251");
  EXPECT_NE(decoded.utf8.find("Б"), std::string::npos);
}

struct LabelCase {
  const char *label, *bytes, *utf8;
};
void PrintTo(const LabelCase& c, std::ostream* out) { *out << c.label; }

class DeclaredLabels : public testing::TestWithParam<LabelCase> {};

TEST_P(DeclaredLabels, MeanWhatBrowsersTakeThemFor) {
  const auto& [label, bytes, utf8] = GetParam();
  const std::string head = "<?xml version=\"1.0\" encoding=\""s + label + "\"?><a>";
  const Decoded decoded = decode_markup(head + bytes + "</a>", "");
  EXPECT_EQ(decoded.utf8, head + utf8 + "</a>");
  EXPECT_EQ(decoded.encoding, label);
  EXPECT_FALSE(decoded.declared_wrong);
  EXPECT_FALSE(decoded.replaced);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DeclaredLabels,
    testing::Values(LabelCase{"iso-8859-1", "\x93quote\x94 \x80", "“quote” €"},
                    LabelCase{"us-ascii", "\xE9", "é"}, LabelCase{"latin1", "\xE9", "é"},
                    LabelCase{"iso-8859-2", "\xB1", "ą"}, LabelCase{"iso-8859-9", "\xFE", "ş"},
                    LabelCase{"iso-8859-15", "\xA4", "€"}, LabelCase{"windows-1251", "\xC6", "Ж"},
                    LabelCase{"koi8-r", "\xF6", "Ж"}, LabelCase{"gb2312", "\xD6\xD0\x81\x40", "中丂"},
                    LabelCase{"gbk", "\xD6\xD0", "中"}, LabelCase{"big5", "\xA4\xA4", "中"},
                    LabelCase{"shift_jis", "\x93\xFA\x87\x40", "日①"}, LabelCase{"euc-jp", "\xC6\xFC", "日"},
                    LabelCase{"euc-kr", "\xB3\xE2\x8C\x63", "년똠"},
                    LabelCase{"ks_c_5601-1987", "\xB3\xE2", "년"},
                    LabelCase{"iso-2022-jp", "\x1B$BF|\x1B(B", "日"}, LabelCase{"tis-620", "\xA1", "ก"},
                    LabelCase{"macintosh", "\x8E", "é"}));

TEST(DecodeMarkup, DisbelievesLabelsThatTheBytesContradict) {
  for (const char* label : {"utf-16", "ucs-2", "utf-32", "utf-7", "ebcdic-cp-us", "no-such-charset", ""}) {
    const Decoded decoded = decode_markup("<?xml encoding='"s + label + "'?><a>x</a>", "");
    EXPECT_EQ(decoded.encoding, "utf-8") << label;
    EXPECT_NE(decoded.utf8.find("<a>x</a>"), std::string::npos) << label;
  }
}

TEST(DecodeMarkup, ReadsLatinBytesUnderAFalseUtf8Label) {
  const Decoded decoded =
      decode_markup("<?xml encoding='utf-8'?><a>caf\xE9 au lait, d\xE9j\xE0 vu, na\xEFve</a>", "");
  EXPECT_TRUE(decoded.declared_wrong);
  EXPECT_NE(decoded.utf8.find("café"), std::string::npos);
}

TEST(DecodeMarkup, DisbelievesAUtf8MarkInFrontOfAnotherEncoding) {
  const Decoded decoded = decode_markup(
      "\xEF\xBB\xBF<?xml version='1.0' encoding='windows-1252'?><a>\x93"
      "caf\xE9\x94</a>",
      "");
  EXPECT_NE(decoded.utf8.find("\u201Ccaf\u00E9\u201D"), std::string::npos) << decoded.utf8;
  EXPECT_EQ(decode_markup("\xEF\xBB\xBF<a>caf\xC3\xA9 \xC3\xA9 \xE9</a>", "").encoding, "utf-8")
      << "damaged, and mostly UTF-8";
}

TEST(DecodeMarkup, RepairsUtf8ThatWasCutInTheMiddleOfACharacter) {
  const Decoded decoded = decode_markup("<?xml encoding='utf-8'?><a>\xC3\xA9\xC3\xA8\xE2\x82", "");
  EXPECT_EQ(decoded.encoding, "utf-8");
  EXPECT_TRUE(decoded.replaced);
  EXPECT_TRUE(decoded.utf8.ends_with("éè\xEF\xBF\xBD"));
}

TEST(DecodeMarkup, DetectsJapaneseWithoutAnyDeclaration) {
  const Decoded decoded = decode_markup("<a>\x1B$BF|K\\8l\x1B(B</a>", "");
  EXPECT_EQ(decoded.encoding, "iso-2022-jp");
  EXPECT_EQ(decoded.utf8, "<a>日本語</a>");
}

TEST(DecodeMarkup, ReadsAnEbcdicDeclaration) {
  // <?xml version="1.0" encoding="cp037"?><a/>
  const std::string bytes =
      "\x4C\x6F\xA7\x94\x93\x40\xA5\x85\x99\xA2\x89\x96\x95\x7E\x7F\xF1\x4B\xF0\x7F\x40\x85\x95\x83\x96\x84"
      "\x89\x95\x87"
      "\x7E\x7F\x83\x97\xF0\xF3\xF7\x7F\x6F\x6E\x4C\x81\x61\x6E";
  const Decoded decoded = decode_markup(bytes, "");
  EXPECT_EQ(decoded.encoding, "cp037");
  EXPECT_TRUE(decoded.utf8.ends_with("<a/>")) << decoded.utf8;
}

TEST(DecodeMarkup, ReadsTheMetaElementOfAPage) {
  EXPECT_EQ(decode_markup("<html><meta charset=windows-1250><p>\x8C", "text/html").encoding, "windows-1250");
  EXPECT_EQ(
      decode_markup("<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>\xC1", "").encoding,
      "koi8-r");
}

TEST(DecodeMarkup, FallsBackToWindows1252) { EXPECT_EQ(decode_markup("\xE9", "").utf8, "é"); }

TEST(DecodeMarkup, TakesAnythingWithoutHarm) {
  EXPECT_EQ(decode_markup("", "").utf8, "");
  EXPECT_EQ(decode_markup("\0\0\0\0"sv, "").utf8, "");
  std::string all;
  for (int i = 0; i < 4096; ++i) all += static_cast<char>(i * 37 % 256);
  EXPECT_TRUE(is_valid_utf8(decode_markup(all, "").utf8));
}

TEST(CharsetOf, ReadsTheParameterHoweverItIsWritten) {
  EXPECT_EQ(charset_of("text/xml; charset=UTF-8"), "utf-8");
  EXPECT_EQ(charset_of("text/xml;charset = \"ISO-8859-1\" ; x=y"), "iso-8859-1");
  EXPECT_EQ(charset_of("application/rss+xml;charset= 'us-ascii'"), "us-ascii");
  EXPECT_EQ(charset_of("text/html; boundary=x; CharSet=koi8-r,text/html"), "koi8-r");
  EXPECT_EQ(charset_of("text/xml"), std::nullopt);
  EXPECT_EQ(charset_of("text/xml; charset="), std::nullopt);
  EXPECT_EQ(charset_of(""), std::nullopt);
}

TEST(CleanUtf8, RemovesWhatXmlForbidsAndRepairsTheRest) {
  EXPECT_EQ(clean_utf8("a\x01\x08\tb\x0B\n\x1F\r\x7F"), "a\tb\n\r\x7F");
  EXPECT_EQ(clean_utf8("a\0b"sv), "ab");
  EXPECT_EQ(clean_utf8("\xEF\xBF\xBE.\xEF\xBF\xBF.\xEF\xBF\xBD"), "..\xEF\xBF\xBD");
  EXPECT_EQ(clean_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); // a surrogate
  EXPECT_EQ(clean_utf8("\xF0\x9F\x98"
                       "a\xC0\xAF"),
            "\xEF\xBF\xBD"
            "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(clean_utf8(std::string(100, 'x') + "\x02"), std::string(100, 'x'));
}

TEST(TruncateUtf8, NeverSplitsACodePoint) {
  const std::string text = "aé€😀";
  for (size_t i = 0; i <= text.size() + 1; ++i) {
    const std::string_view cut = truncate_utf8(text, i);
    EXPECT_TRUE(is_valid_utf8(cut)) << i;
    EXPECT_LE(cut.size(), i);
    EXPECT_GE(cut.size() + 3, std::min(i, text.size()));
  }
}

TEST(CharsetLabels, AreKnownInAnyCaseAndWithSpaceAround) {
  EXPECT_EQ(converter_name(" ISO-8859-1 "), "windows-1252");
  EXPECT_EQ(converter_name("UTF8"), "utf-8");
  EXPECT_EQ(converter_name("utf-7"), "");
  EXPECT_EQ(converter_name("windows-1252,swaplfnl"), "");
  EXPECT_EQ(converter_name("no such thing"), "");
}

} // namespace
} // namespace circuit::text
