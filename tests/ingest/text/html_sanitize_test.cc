#include <gtest/gtest.h>

#include <string>

#include "ingest/text/charset.h"
#include "ingest/text/html.h"

namespace circuit::text {
namespace {

std::string sanitize(std::string_view html, const std::string& base = "") {
  return sanitize_html(html, {.base_url = base});
}

struct Sanitization {
  const char *html, *clean;
};
void PrintTo(const Sanitization& s, std::ostream* out) { *out << s.html; }

class SanitizeHtml : public testing::TestWithParam<Sanitization> {};

TEST_P(SanitizeHtml, KeepsWhatShowsAndDropsWhatActs) {
  EXPECT_EQ(sanitize(GetParam().html), GetParam().clean);
}

TEST_P(SanitizeHtml, ChangesNothingTheSecondTime) {
  const std::string once = sanitize(GetParam().html);
  EXPECT_EQ(sanitize(once), once);
}

INSTANTIATE_TEST_SUITE_P(
    Elements, SanitizeHtml,
    testing::Values(
        Sanitization{"a <b>b</b>", "a <b>b</b>"}, Sanitization{"<p>a<p>b", "<p>a</p><p>b</p>"},
        Sanitization{"a<br>b", "a<br />b"}, Sanitization{"safe<script>x</script> d", "safe d"},
        Sanitization{"safe<style>x</style> d", "safe d"},
        Sanitization{"safe<object classid=x> <b>d</b>", "safe <b>d</b>"},
        Sanitization{"safe<embed src=x> d", "safe d"}, Sanitization{"safe<iframe src=x> d", "safe d"},
        Sanitization{"safe<iframe src=x>y</iframe> d", "safe d"},
        Sanitization{"safe<applet code=x>y</applet> d", "safe d"},
        Sanitization{"safe<meta http-equiv=refresh> d", "safe d"},
        Sanitization{"safe<link rel=stylesheet> d", "safe d"},
        Sanitization{"safe<frameset><frame src=x></frameset> d", "safe d"},
        Sanitization{"<blink>a</blink>", "a"},
        Sanitization{"<b><ul><li>a</b>b</ul>c", "<b><ul><li>ab</li></ul>c</b>"},
        Sanitization{"<table><tr><td><i>a</table>b", "<table><tr><td><i>a</i></td></tr></table>b"},
        Sanitization{"<textarea><b></textarea>", "<textarea>&lt;b&gt;</textarea>"},
        Sanitization{"<pre>\n\n a</pre>", "<pre>\n\n a</pre>"}, Sanitization{"a<!-- x -->b", "ab"},
        Sanitization{"<![CDATA[<script></script>]]&gt;", "&lt;![CDATA[]]&gt;"},
        Sanitization{"<!DOCTYPE ~", "&lt;!DOCTYPE ~"},
        Sanitization{"<img src=http://feeds.feedburner.com/~r/x>", ""},
        Sanitization{"&lt;b&gt; &amp;amp; &copy;", "&lt;b&gt; &amp;amp; ©"},
        Sanitization{"<svg><path d='M0 0'/><script>x</script><a href=y>t</a></svg>",
                     "<svg><path d=\"M0 0\"></path><a href=\"y\">t</a></svg>"},
        Sanitization{"<math><mi>x</mi></math><mi>y</mi>", "<math><mi>x</mi></math>y"},
        Sanitization{"<noscript><p title=\"</noscript><img src=x onerror=y>\">",
                     "<noscript><p title=\"&lt;/noscript&gt;&lt;img src=x onerror=y&gt;\"></p></noscript>"}));

INSTANTIATE_TEST_SUITE_P(
    Attributes, SanitizeHtml,
    testing::Values(
        Sanitization{"<img src=http://a.test/ onload=x ONERROR=y>", "<img src=\"http://a.test/\" />"},
        Sanitization{"<span abbr='' foo=bar data-x=y>t</span>", "<span abbr=\"\">t</span>"},
        Sanitization{"<a href=javascript:x>t</a>", "<a>t</a>"},
        Sanitization{"<a href='java&#10;script:x'>t</a>", "<a>t</a>"},
        Sanitization{"<a href='\x01javascript:x'>t</a>", "<a>t</a>"},
        Sanitization{"<a href=jAvAsCrIpT:x>t</a>", "<a>t</a>"},
        Sanitization{"<form action=javascript:x>t</form>", "<form>t</form>"},
        Sanitization{"<img src=data:image/png;base64,x>", "<img />"},
        Sanitization{"<a title='a&quot;b<c>'>t</a>", "<a title=\"a&quot;b&lt;c&gt;\">t</a>"},
        Sanitization{"<a href=x href=y>t</a>", "<a href=\"x\">t</a>"},
        Sanitization{"<input checked>", "<input checked=\"\" />"},
        Sanitization{"<p id=a class='b c' lang=en>t</p>", "<p id=\"a\" class=\"b c\" lang=\"en\">t</p>"}));

INSTANTIATE_TEST_SUITE_P(
    Styles, SanitizeHtml,
    testing::Values(
        Sanitization{"<i style='color: red; position: absolute'>t</i>", "<i style=\"color: red;\">t</i>"},
        Sanitization{"<i style='background-image: url(x); background-color:#000'>t</i>",
                     "<i style=\"background-color: #000;\">t</i>"},
        Sanitization{"<i style='background-repeat: repeat-x;'>t</i>", "<i>t</i>"},
        Sanitization{"<i style='border: medium none ;'>t</i>", "<i style=\"border: medium none ;\">t</i>"},
        Sanitization{"<i style='color: rgb(0, 128, 0);'>t</i>", "<i style=\"color: rgb(0, 128, 0);\">t</i>"},
        Sanitization{"<i style='font-family : Comic Sans MS;'>t</i>",
                     "<i style=\"font-family: Comic Sans MS;\">t</i>"},
        Sanitization{"<i style='margin: 0px !important;'>t</i>",
                     "<i style=\"margin: 0px !important;\">t</i>"},
        Sanitization{"<i style='width: expression(x)'>t</i>", "<i>t</i>"},
        Sanitization{"<i style='color: \\65xpression(x)'>t</i>", "<i>t</i>"},
        Sanitization{"<i style='color:/**/red'>t</i>", "<i>t</i>"},
        Sanitization{"<i style='mso-highlight: yellow'>t</i>", "<i>t</i>"},
        Sanitization{"<i style='-moz-binding: url(x)'>t</i>", "<i>t</i>"}));

TEST(SanitizeHtmlLinks, AreAbsoluteAgainstTheBase) {
  EXPECT_EQ(sanitize("<a href='/x'>t</a><span href='/x'></span>", "http://a.test/b"),
            "<a href=\"http://a.test/x\">t</a><span href=\"/x\"></span>");
  EXPECT_EQ(sanitize("<a href='\xC3\x80'>t</a>", "http://a.test/"),
            "<a href=\"http://a.test/\xC3\x80\">t</a>");
}

TEST(SanitizeHtmlBounds, LeaveTheTagsBalanced) {
  const std::string html = "<div><p>one <b>two three</b></p><ul><li>four<li>five</ul></div>";
  for (size_t limit = 1; limit < html.size() + 30; ++limit) {
    const std::string out = sanitize_html(html, {.max_output_bytes = limit});
    EXPECT_LE(out.size(), limit);
    EXPECT_EQ(sanitize(out), out) << limit;
  }
}

TEST(HtmlToText, IsTheTextWithWhiteSpaceCollapsed) {
  EXPECT_EQ(html_to_text("  <p>a&amp;b\n <b>c</b>d</p><p>e<br>f</p> "), "a&b cd e f");
  EXPECT_EQ(html_to_text("a<script>b</script><style>c</style>d"), "ad");
  EXPECT_EQ(html_to_text("&nbsp;a&nbsp;&nbsp;b "), "a b");
  EXPECT_EQ(html_to_text("caf\xC3\xA9 \xC2\xA9"), "café ©");
  EXPECT_EQ(html_to_text(""), "");
}

TEST(LooksLikeHtml, TellsMarkupFromText) {
  for (const char* html :
       {"<b>a</b>", "a<br/>b", "a &amp; b", "&#8217;", "<!-- x -->", "</p>", "a<A HREF=x>"}) {
    EXPECT_TRUE(looks_like_html(html)) << html;
  }
  for (const char* text :
       {"", "a < b", "a & b", "AT&T;", "x <y> z", "if (a<b) c", "1 <3 2", "a &bogus; b", "<", "&"}) {
    EXPECT_FALSE(looks_like_html(text)) << text;
  }
}

TEST(DecodeEntities, KnowsHtml5AndLeavesTheRest) {
  EXPECT_EQ(decode_entities("&lt;&amp;&quot;&apos;&nbsp;"), "<&\"'\xC2\xA0");
  EXPECT_EQ(decode_entities("&CounterClockwiseContourIntegral;&rsquo;&NotEqualTilde;"), "∳’≂̸");
  EXPECT_EQ(decode_entities("&#65;&#x41;&#X1F600;&#8364"), "AA😀€");
  EXPECT_EQ(decode_entities("&#xD800;&#x110000;&#99999999999999999999;"),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(decode_entities("?a=1&copy=2&lt3&copy 4 &copy"), "?a=1&copy=2&lt3© 4 ©");
  EXPECT_EQ(decode_entities("&bogus; &; &# &#x; &amp"), "&bogus; &; &# &#x; &");
  EXPECT_EQ(decode_entities("&amp;lt;"), "&lt;");
}

TEST(NamedEntity, IsEmptyForUnknownNames) {
  EXPECT_EQ(named_entity("nbsp"), "\xC2\xA0");
  EXPECT_EQ(named_entity("AElig"), "Æ");
  EXPECT_EQ(named_entity("zwnj"), "\xE2\x80\x8C");
  EXPECT_EQ(named_entity("nope"), "");
  EXPECT_EQ(named_entity(""), "");
}

} // namespace
} // namespace circuit::text
