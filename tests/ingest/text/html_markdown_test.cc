#include <gtest/gtest.h>

#include <string>

#include "ingest/text/html.h"

namespace circuit::text {
namespace {

std::string markdown(std::string_view html, const std::string& base = "") {
  return html_to_markdown(html, {.base_url = base}).markdown;
}

struct Conversion {
  const char *html, *markdown;
};
void PrintTo(const Conversion& c, std::ostream* out) { *out << c.html; }

class Markdown : public testing::TestWithParam<Conversion> {};

TEST_P(Markdown, SaysWhatTheHtmlSays) { EXPECT_EQ(markdown(GetParam().html), GetParam().markdown); }

INSTANTIATE_TEST_SUITE_P(
    Blocks, Markdown,
    testing::Values(Conversion{"plain", "plain"}, Conversion{"<p>a<p>b", "a\n\nb"},
                    Conversion{"<div>a<div>b</div></div>c", "a\n\nb\n\nc"},
                    Conversion{"<h1>A</h1><h2> B <b>c</b></h2><h6>D</h6>", "# A\n\n## B **c**\n\n###### D"},
                    Conversion{"<h1>a<br>b</h1>", "# a b"}, Conversion{"<h2></h2><p>x", "x"},
                    Conversion{"<h1>C #</h1>", "# C \\#"}, Conversion{"<h1>C#</h1>", "# C#"},
                    Conversion{"a<hr>b", "a\n\n---\n\nb"},
                    Conversion{"<blockquote><p>a<p>b</blockquote>c", "> a\n>\n> b\n\nc"},
                    Conversion{"<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"},
                    Conversion{"<p>  a \n b\t</p>\n\n<p>&nbsp;</p><p>c</p>", "a b\n\nc"},
                    Conversion{"a<br>b<br/>c", "a  \nb  \nc"}, Conversion{"a<br><br><br>b", "a\n\nb"},
                    Conversion{"<br>a<br>", "a"}, Conversion{"<p>a<br></p><p>b</p>", "a\n\nb"},
                    Conversion{"<details><summary>s</summary>t</details>", "**s**\n\nt"},
                    Conversion{"<dl><dt>t<dd>d<dd>e<dt>u<dd>f</dl>", "**t**\n\n- d\n- e\n\n**u**\n\n- f"},
                    Conversion{"<figure><img src=/a.png alt=x><figcaption>c</figcaption></figure>",
                               "![x](/a.png)\n\nc"}));

INSTANTIATE_TEST_SUITE_P(
    Lists, Markdown,
    testing::Values(
        Conversion{"<ul><li>a<li>b</ul>", "- a\n- b"},
        Conversion{"<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"},
        Conversion{"<ol start=9><li>a<li>b<li value=20>c</ol>", "9. a\n10. b\n20. c"},
        Conversion{"<ol start=-4><li>a</ol>", "1. a"},
        Conversion{"<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>", "- a\n  - b\n    1. c\n- d"},
        Conversion{"<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c"},
        Conversion{"<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n\n  b\n\n- c"},
        Conversion{"<ol><li><pre>x\n\ny</pre></ol>", "1. ```\n   x\n\n   y\n   ```"},
        Conversion{"<ul><li></li><li> </li><li>a</ul>", "- a"},
        Conversion{"<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b"},
        Conversion{"<ol><li>a</ol><ol><li>b</ol>", "1. a\n\n1) b"},
        Conversion{"<ul><li>a</ul>x<ul><li>b</ul>", "- a\n\nx\n\n- b"}, Conversion{"<li>a<li>b", "- a\n- b"},
        Conversion{"<ul><li><blockquote>q</blockquote></ul>", "- > q"},
        Conversion{"p<ul><li>a</ul>q", "p\n\n- a\n\nq"}, Conversion{"<ul><li>a<br>b</ul>", "- a  \n  b"}));

INSTANTIATE_TEST_SUITE_P(
    Inline, Markdown,
    testing::Values(
        Conversion{"<b>a</b> <strong>b</strong> <i>c</i> <em>d</em> <s>e</s> <del>f</del>",
                   "**a** **b** *c* *d* ~~e~~ ~~f~~"},
        Conversion{"a<b> b </b>c", "a **b** c"}, Conversion{"<b></b>a<i> </i>b", "a b"},
        Conversion{"<b>a</b><b>b</b>", "**ab**"}, Conversion{"<b>a <strong>b</strong> c</b>", "**a b c**"},
        Conversion{"<b><i>x</i></b>", "***x***"}, Conversion{"<b><p>a</p><p>b</p></b>", "**a**\n\n**b**"},
        Conversion{"<b>Note:</b>text", "**Note**:text"}, Conversion{"see<b>(x)</b>", "see(**x)**"},
        Conversion{"は<b>「foo」</b>は", "は「**foo**」は"},
        Conversion{"x<sup>2</sup> H<sub>2</sub>O", "x2 H2O"}, Conversion{"<q>a</q>", "“a”"},
        Conversion{"<code>a  b</code>", "`a b`"},
        Conversion{"<code>a`b</code> <code>`</code>", "``a`b`` `` ` ``"},
        Conversion{"<code>*a* &lt;b&gt;</code>", "`*a* <b>`"}, Conversion{"<kbd>Ctrl</kbd>", "`Ctrl`"},
        Conversion{"a<code> </code>b", "a b"}, Conversion{"<code>a</code><code>b`</code>", "`` ab` ``"},
        Conversion{"<i>a *</i>", "*a \\**"}, Conversion{"<s>a ~ </s>", "~~a \\~~~"},
        Conversion{"<b>- a</b>", "**- a**"}, Conversion{"<b><code>x</code></b><i>y</i>", "**`x`** *y*"},
        Conversion{"x<b><a href=/l>t</a></b>", "x **[t](/l)**"},
        Conversion{"<table><tr><td><code>a|b</code></table>", "`a|b`"},
        Conversion{"<code>a<p>b</p></code>", "`a`\n\n`b`"},
        Conversion{"<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"},
        Conversion{"soft&shy;hyphen", "softhyphen"}));

INSTANTIATE_TEST_SUITE_P(
    Escapes, Markdown,
    testing::Values(Conversion{"a * b", "a * b"}, Conversion{"*a*", "\\*a\\*"},
                    Conversion{"snake_case_name", "snake_case_name"}, Conversion{"_a_", "\\_a\\_"},
                    Conversion{"`x`", "\\`x\\`"}, Conversion{"[1]", "[1]"}, Conversion{"[a](b)", "[a]\\(b)"},
                    Conversion{"[a]: b", "[a]\\: b"}, Conversion{"# a", "\\# a"}, Conversion{"#tag", "#tag"},
                    Conversion{"- a", "\\- a"}, Conversion{"-a", "-a"}, Conversion{"+ a", "\\+ a"},
                    Conversion{"&gt; a", "\\> a"}, Conversion{"a &gt; b", "a > b"},
                    Conversion{"1. a", "1\\. a"}, Conversion{"1.5 a", "1.5 a"},
                    Conversion{"2024) a", "2024\\) a"}, Conversion{"---", "\\---"},
                    Conversion{"x<br>===", "x  \n\\==="}, Conversion{"=== x", "=== x"},
                    Conversion{"&lt;b>", "\\<b>"}, Conversion{"1 &lt; 2", "1 < 2"},
                    Conversion{"&amp;lt;", "\\&lt;"}, Conversion{"AT&amp;T", "AT&T"},
                    Conversion{"C:\\dir\\*", "C:\\dir\\\\\\*"}, Conversion{"~~a~~", "\\~\\~a\\~\\~"},
                    Conversion{"~5", "~5"}, Conversion{"a|b", "a|b"}, Conversion{"| a", "\\| a"},
                    Conversion{"wow!<a href=http://u.v/>x</a>", "wow\\![x](http://u.v/)"},
                    Conversion{"_ _ _ x", "\\_ _ _ x"}, Conversion{"* * * x", "\\* * * x"},
                    Conversion{"a_b*c[d]", "a_b\\*c[d]"}));

INSTANTIATE_TEST_SUITE_P(
    LinksAndImages, Markdown,
    testing::Values(
        Conversion{"<a href='http://u.v/'>x</a>", "[x](http://u.v/)"},
        Conversion{"<a href='http://u.v/' title='a &quot;b&quot;'>x</a>", "[x](http://u.v/ \"a \\\"b\\\"\")"},
        Conversion{"<a href='http://u.v/a_b'>http://u.v/a_b</a>", "<http://u.v/a_b>"},
        Conversion{"<a href='http://u.v/a b(c'>x</a>", "[x](http://u.v/a%20b%28c)"},
        Conversion{"<a href='http://u.v/a(b)'>x</a>", "[x](http://u.v/a(b))"},
        Conversion{"<a href='?a=1&copy=2'>x</a>", "[x](?a=1&copy=2)"},
        Conversion{"<a href='/?a&amp;amp;'>x</a>", "[x](/?a&amp;amp;)"},
        Conversion{"<a href='javascript:alert(1)'>x</a>", "x"},
        Conversion{"<a href=' java\tscript:alert(1)'>x</a>", "x"},
        Conversion{"<a href='&#106;avascript:alert(1)'>x</a>", "x"},
        Conversion{"<a href='data:text/html,x'>x</a>", "x"}, Conversion{"<a href='vbscript:x'>x</a>", "x"},
        Conversion{"<a href='file:///etc/passwd'>x</a>", "x"}, Conversion{"<a name=x>y</a>", "y"},
        Conversion{"<a href=/x></a>y", "y"}, Conversion{"a<a href=/x> b </a>c", "a [b](/x) c"},
        Conversion{"<a href=/x><h2>t</h2><p>d</p></a>", "## [t](/x)\n\n[d](/x)"},
        Conversion{"<a href=/x>a]b</a>", "[a\\]b](/x)"},
        Conversion{"<a href=/x><img src=/i alt=a></a>", "[![a](/i)](/x)"},
        Conversion{"<img src=/i alt='[a] *b*' title=t>", "![\\[a\\] \\*b\\*](/i \"t\")"},
        Conversion{"<img src=data:image/gif;base64,R0 data-src=/real>", "![](/real)"},
        Conversion{"<img alt=a>", "a"}, Conversion{"<img srcset='/s 1x, /l 2x, /m 1.5x'>", "![](/l)"},
        Conversion{"<img srcset='/a,b 100w, /c 50w'>", "![](/a,b)"},
        Conversion{"<picture><source srcset='/a 1x'><img alt=p></picture>", "![p](/a)"},
        Conversion{"<img data-src=/r><noscript><img src=/r></noscript>", "![](/r)"},
        Conversion{"<img src=javascript:x alt=a>", "a"},
        Conversion{"a<img src=http://x.test/i width=1 height=1>b", "ab"},
        Conversion{"<img src=/i style='width:1px;height:1px'>", ""},
        Conversion{"<img src=http://feeds.feedburner.com/~r/x/~4/y>", ""},
        Conversion{"<img src=/i style='display: none'>", ""},
        Conversion{"<img src=http://ad.doubleclick.net/x>", ""},
        Conversion{"<img src=/i width=1 height=400>", "![](/i)"}));

INSTANTIATE_TEST_SUITE_P(
    Dropped, Markdown,
    testing::Values(Conversion{"a<script>x</script>b<style>y</style>c<!-- z -->d", "abcd"},
                    Conversion{"a<script>x", "a"}, Conversion{"<p hidden>a</p>b", "b"},
                    Conversion{"<p style='color:red; DISPLAY : NONE'>a</p>b", "b"},
                    Conversion{
                        "a<button>b</button><select><option>c</select><textarea>d</textarea><input value=e>f",
                        "af"},
                    Conversion{"<svg><text>a</text></svg>b", "b"}, Conversion{"<title>a</title>b", "b"},
                    Conversion{"<template>a</template>b", "b"},
                    Conversion{"<iframe src=http://u.v/e title=T>x</iframe>a", "[T](http://u.v/e)\n\na"},
                    Conversion{"<iframe src=javascript:x></iframe>a", "a"},
                    Conversion{"<video src=/v.mp4>no</video>", "[Video](/v.mp4)"},
                    Conversion{"<audio><source src=/a.mp3>no</audio>", "[Audio](/a.mp3)"},
                    Conversion{"<object data=x><p>fallback</p></object>", "fallback"},
                    Conversion{"<math><mi>x</mi><annotation>\\x</annotation></math>", "x"}));

INSTANTIATE_TEST_SUITE_P(Code, Markdown,
                         testing::Values(Conversion{"<pre>a\n  b\n</pre>", "```\na\n  b\n```"},
                                         Conversion{"<pre><code class='x language-cpp'>int a;</code></pre>",
                                                    "```cpp\nint a;\n```"},
                                         Conversion{"<pre>```</pre>", "````\n```\n````"},
                                         Conversion{"<pre>\na<br>b</pre>", "```\na\nb\n```"},
                                         Conversion{"<pre>a &amp;&amp; *b*</pre>", "```\na && *b*\n```"},
                                         Conversion{"<pre> </pre>a", "a"},
                                         Conversion{"<pre><div>a</div><div>b</div></pre>", "```\na\nb\n```"},
                                         Conversion{"<blockquote><pre>a\n\nb</pre></blockquote>",
                                                    "> ```\n> a\n>\n> b\n> ```"}));

INSTANTIATE_TEST_SUITE_P(
    Tables, Markdown,
    testing::Values(
        Conversion{"<table><tr><th>A<th align=right>B<tr><td>1<td>2</table>",
                   "| A | B |\n| --- | --: |\n| 1 | 2 |"},
        Conversion{
            "<table><caption>C</caption><thead><tr><th>A<th>B</thead><tbody><tr><td>1|2<td>a<br>b</table>",
            "C\n\n| A | B |\n| --- | --- |\n| 1\\|2 | a b |"},
        Conversion{"<table><tr><td>a<td>b<tr><td>c<td>d</table>", "| a | b |\n| --- | --- |\n| c | d |"},
        Conversion{"<table><tr><th>K<td>v<tr><th>L<td>w</table>",
                   "| | |\n| --- | --- |\n| K | v |\n| L | w |"},
        Conversion{"<table><tr><th colspan=2>A<tr><td>1<td>2</table>", "| A | |\n| --- | --- |\n| 1 | 2 |"},
        Conversion{"<table><tr><th>A<th>B<tr><td rowspan=2>1<td>2<tr><td>3</table>",
                   "| A | B |\n| --- | --- |\n| 1 | 2 |\n| | 3 |"},
        Conversion{"<table><tr><th>A<th>B<tr><td><code>x|y</code><td><b>z</b></table>",
                   "| A | B |\n| --- | --- |\n| `x\\|y` | **z** |"},
        Conversion{"<table><tr><th>A<th>B<tr><td><p>x</p><p>y</p><td><ul><li>1<li>2</ul></table>",
                   "| A | B |\n| --- | --- |\n| x y | • 1 • 2 |"},
        Conversion{"<table><tr><td>one<td>row</table>", "one\n\nrow"},
        Conversion{"<table><tr><td>a<tr><td>b</table>", "a\n\nb"},
        Conversion{"<table><tr><td>nav<td><h1>T</h1><p>x</table>", "nav\n\n# T\n\nx"},
        Conversion{"<table><tr><td>a<td><table><tr><th>A<th>B<tr><td>1<td>2</table></table>",
                   "a\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"},
        Conversion{"<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a\n\nb\n\nc\n\nd"},
        Conversion{"<table></table>x", "x"},
        Conversion{"<ul><li><table><tr><th>A<th>B<tr><td>1<td>2</table></ul>",
                   "- | A | B |\n  | --- | --- |\n  | 1 | 2 |"}));

INSTANTIATE_TEST_SUITE_P(
    Malformed, Markdown,
    testing::Values(Conversion{"<p>a<b>b<p>c", "a**b**\n\nc"}, Conversion{"<b>a<i>b</b>c</i>d", "**a*b***cd"},
                    Conversion{"</p></div>a</b>", "a"}, Conversion{"a < b <3 c", "a < b <3 c"},
                    Conversion{"a<a href=\"x", "a"}, Conversion{"a<", "a\\<"}, Conversion{"<>a", "<>a"},
                    Conversion{"a<!-- b", "a"}, Conversion{"<![CDATA[<b>x</b>]]>y", "**x**y"},
                    Conversion{"<?xml version=1?>a<!DOCTYPE html>b", "ab"},
                    Conversion{"<div/>a<p/>b", "a\n\nb"},
                    Conversion{"<html><head><title>t</title></head><body>a</body></html>b", "ab"},
                    Conversion{"<iframe>a", "a"}, Conversion{"&bogus; &#xZ; &", "&bogus; &#xZ; &"},
                    Conversion{"&#150;&#x80;&#0;", "–€\xEF\xBF\xBD"},
                    Conversion{"&hellip;&nbsp;&NotEqualTilde;&lbrace;", "… ≂̸{"},
                    Conversion{"a\xFF"
                               "b",
                               "a\xEF\xBF\xBD"
                               "b"}));

TEST(MarkdownLinks, AreAbsoluteAgainstTheBase) {
  EXPECT_EQ(markdown("<a href='../b?x'>l</a><img src='//c.test/i'>", "https://a.test/d/e"),
            "[l](https://a.test/b?x)![](https://c.test/i)");
}

TEST(MarkdownBounds, CutAtACodePointAndSaySo) {
  std::string html;
  for (int i = 0; i < 1000; ++i) html += "<p>\xC3\xA9\xC3\xA9\xC3\xA9</p>";
  for (const size_t limit : {1u, 2u, 100u, 101u, 1000u}) {
    const MarkdownText text = html_to_markdown(html, {.max_output_bytes = limit});
    EXPECT_TRUE(text.truncated);
    EXPECT_LE(text.markdown.size(), limit);
  }
  EXPECT_FALSE(html_to_markdown("<p>a</p>", {.max_output_bytes = 100}).truncated);
}

TEST(MarkdownBounds, HoldForOneEndlessTable) {
  std::string html = "<table>";
  for (int i = 0; i < 20000; ++i) html += "<tr><td>some text<td>more text";
  const MarkdownText text = html_to_markdown(html, {.max_output_bytes = 5000});
  EXPECT_TRUE(text.truncated);
  EXPECT_LE(text.markdown.size(), 5000u);
}

} // namespace
} // namespace circuit::text
