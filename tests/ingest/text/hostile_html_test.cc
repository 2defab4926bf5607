// Input that was made to hurt, and random input that might: every function has to end soon, stay within a
// bound of its input, and give valid UTF-8.

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <random>
#include <string>
#include <utility>

#include "ingest/text/charset.h"
#include "ingest/text/html.h"

namespace circuit::text {
namespace {

std::string repeat(std::string_view unit, size_t times) {
  std::string out;
  out.reserve(unit.size() * times);
  for (size_t i = 0; i < times; ++i) out += unit;
  return out;
}

void expect_harmless(std::string_view html) {
  const HtmlOptions options{.base_url = "http://a.test/"};
  const std::string markdown = html_to_markdown(html, options).markdown;
  const std::string sanitized = sanitize_html(html, options);
  const std::string text = html_to_text(html);
  EXPECT_TRUE(is_valid_utf8(markdown));
  EXPECT_TRUE(is_valid_utf8(sanitized));
  EXPECT_TRUE(is_valid_utf8(text));
  EXPECT_LE(markdown.size(), html.size() * 40 + 1000);
  EXPECT_LE(sanitized.size(), html.size() * 20 + 1000);
  EXPECT_LE(text.size(), html.size() * 3 + 10);
  EXPECT_EQ(sanitize_html(sanitized, options), sanitized) << html.substr(0, 2000);
}

struct Hostile {
  const char* what;
  std::string html;
};
void PrintTo(const Hostile& h, std::ostream* out) { *out << h.what; }

class HostileHtml : public testing::TestWithParam<Hostile> {};

TEST_P(HostileHtml, EndsSoonWithinBounds) {
  const auto start = std::chrono::steady_clock::now();
  expect_harmless(GetParam().html);
  // Linear work on a megabyte takes milliseconds; anything quadratic takes minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

constexpr size_t kMany = 100'000;

INSTANTIATE_TEST_SUITE_P(
    Table, HostileHtml,
    testing::Values(
        Hostile{"deep divs", repeat("<div>", kMany) + "x" + repeat("</div>", kMany)},
        Hostile{"deep inline with foreign ends", repeat("<b>", kMany) + repeat("</i>", kMany)},
        Hostile{"deep lists", repeat("<ul><li>a", kMany) + repeat("</li></ul>", kMany)},
        Hostile{"deep lists with foreign ends", repeat("<ul><li>", kMany) + repeat("</b>", kMany)},
        Hostile{"deep quotes with lines", repeat("<blockquote>", kMany) + repeat("x<br>", kMany)},
        Hostile{"deep tables", repeat("<table><tr><td>a", kMany)},
        Hostile{"deep paragraphs", repeat("<p>x", kMany)},
        Hostile{"deep links", repeat("<a href=x>y", kMany)},
        Hostile{"deep unknown elements", repeat("<x1><x2>", kMany)},
        Hostile{"deep code and pre", repeat("<pre><code>", kMany) + "x"},
        Hostile{"deep dropped", repeat("<svg><select>", kMany)},
        Hostile{"deep emphasis", repeat("<b><i>x", kMany)},
        Hostile{"many cells in a row", "<table>" + repeat("<td>x", kMany)},
        Hostile{"wide spans", "<table>" + repeat("<tr><td colspan=1000 rowspan=1000>x", kMany)},
        Hostile{"open quotes", repeat("<a href=\"", kMany)},
        Hostile{"many attributes", "<a " + repeat("x=1 ", kMany) + ">y"},
        Hostile{"one huge attribute", "<a href=\"http://a.test/" + repeat("a b&amp;", kMany) + "\">x</a>"},
        Hostile{"one huge title", "<a href=x title=\"" + repeat("\\\"<&", kMany) + "\">x</a>"},
        Hostile{"one huge word", repeat("x*_`", kMany)}, Hostile{"only less-than", repeat("<", kMany * 10)},
        Hostile{"only ampersands", repeat("&", kMany * 10)},
        Hostile{"only references", repeat("&hellip;&#x41;", kMany)},
        Hostile{"unterminated references", repeat("&#xxxxxxxxxxxxxxxxxxxxxxxxx", kMany)},
        Hostile{"comments", repeat("<!--", kMany * 3)}, Hostile{"declarations", repeat("<!x", kMany * 3)},
        Hostile{"sections", repeat("<![CDATA[", kMany)}, Hostile{"end tags", repeat("</b>", kMany)},
        Hostile{"open end tags", repeat("</b", kMany)}, Hostile{"open scripts", repeat("<script>", kMany)},
        Hostile{"open frames", repeat("<iframe>", kMany)},
        Hostile{"open areas", repeat("<textarea>x", kMany)},
        Hostile{"almost ended script", "<script>" + repeat("</scrip", kMany)},
        Hostile{"backticks", "<code>" + repeat("`", kMany) + "</code><pre>" + repeat("`", kMany) + "</pre>"},
        Hostile{"breaks", repeat("x<br>", kMany)},
        Hostile{"styles", "<p style='" + repeat("color:red;", kMany) + "'>x"},
        Hostile{"candidates", "<img srcset='" + repeat("a 1x,", kMany) + "'>"},
        Hostile{"NULs", std::string(kMany, '\0')},
        Hostile{"invalid UTF-8", repeat("\xFF\xC0\xED\xA0<p>", kMany)},
        Hostile{"dots in a path", "<a href='" + repeat("../", kMany) + "'>x</a>"},
        Hostile{"emphasis and punctuation", repeat("a<b>.</b>", kMany)},
        Hostile{"nested list without items", repeat("<ul>", kMany) + "<li>x"}));

// Pieces that are more likely to meet each other's edge cases than random bytes are.
constexpr auto kPieces = std::to_array<std::string_view>({
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<ul>",
    "</ul>",
    "<ol start=3>",
    "</ol>",
    "<li>",
    "</li>",
    "<a href='/x?y=1&z'>",
    "</a>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "<th align=left>",
    "</td>",
    "<td colspan=3 rowspan=2>",
    "<thead>",
    "<caption>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<blockquote>",
    "</blockquote>",
    "<h1>",
    "</h1>",
    "<h3>",
    "</h3>",
    "<br>",
    "<hr/>",
    "<img src=a alt='[b]'>",
    "<img src=x width=1 height=1>",
    "<script>",
    "</script>",
    "<style>x</style>",
    "<textarea>",
    "</textarea>",
    "<iframe src=/f>",
    "</iframe>",
    "<dl>",
    "<dt>",
    "<dd>",
    "</dl>",
    "<div>",
    "</div>",
    "<div/>",
    "<button>",
    "</button>",
    "<object>",
    "</object>",
    "<svg>",
    "</svg>",
    "<math>",
    "</math>",
    "<mi>",
    "<path d=x>",
    "<select>",
    "<option>",
    "</select>",
    "<noscript>",
    "</noscript>",
    "<video>",
    "<source src=v>",
    "</video>",
    "<s>",
    "</s>",
    "<q>",
    "</q>",
    "<ruby>",
    "<rt>",
    "<span style='color:red;x:url(y)'>",
    "</span>",
    "<p hidden>",
    "<unknown-tag>",
    "</unknown-tag>",
    "text",
    " ",
    "\n",
    "*",
    "_",
    "`",
    "[",
    "](",
    "#",
    "1.",
    "-",
    "|",
    "\\",
    "~",
    "!",
    ":",
    ".",
    "&amp;",
    "&lt;",
    "&nbsp;",
    "&#0;",
    "&#150;",
    "&bogus;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE x>",
    "<?x?>",
    "</",
    "\xC3\xA9",
    "\xE2\x80\x9C",
    "\xC2\xA0",
    "\xFF",
    "\xE2\x82",
    "<a title=\"",
    "<html>",
    "</body>",
    "<plaintext>",
    "<xmp>",
    "</xmp>",
    "<title>",
    "</title>",
    "<form action=javascript:x>",
    "\x01",
    "\r\n",
});

TEST(RandomHtml, IsHarmlessWhateverTheOrderOfItsPieces) {
  for (uint32_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string html;
    const size_t pieces = 1 + random() % 60;
    for (size_t i = 0; i < pieces; ++i) html += kPieces[random() % kPieces.size()];
    expect_harmless(html);
    if (HasFailure()) break;
  }
}

TEST(RandomBytes, AreHarmless) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string bytes;
    for (size_t i = random() % 500; i > 0; --i)
      bytes += static_cast<char>(random() % (seed % 2 == 0 ? 256 : 64));
    expect_harmless(bytes);
    EXPECT_TRUE(is_valid_utf8(decode_markup(bytes, "text/xml; charset=shift_jis").utf8));
    if (HasFailure()) break;
  }
}

} // namespace
} // namespace circuit::text
