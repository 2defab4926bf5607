#include <array>

#include "tests/fuzz/seeds/seeds.h"

namespace circuit::fuzz {
namespace {

constexpr auto kHtml = std::to_array<std::string_view>({
    "<h1>One</h1><p>Two <b>three</b> <i>four</i> <a href=\"/five?a=1&amp;b\" title='t'>six</a><br>seven",
    "<ul><li>a<li>b<ol start=3 type=a><li>c</ol></ul><dl><dt>t<dd>d</dl>",
    "<table><caption>c</caption><thead><tr><th align=left>a<th>b</thead><tr><td colspan=2 "
    "rowspan=2>c|d<td>e</table>",
    "<pre><code class=\"language-c\">int x = `1`;\n\n  "
    "y</code></pre><blockquote><p>q</p></blockquote><code>``</code>",
    "<img src=a.png alt=\"[x]\" srcset=\"b 1x, c 2x\" data-src=d><img src=x width=1 "
    "height=1><picture><source srcset=y><img></picture>",
    "<script>alert(1)</script><style>p{}</style><iframe src=/f title=T></iframe><object data=x><embed "
    "src=y></object>",
    "<a href=\"java\nscript:alert(1)\">x</a><a href='&#106;avascript:x'>y</a><a href=data:text/html,x>z</a>",
    "<p style=\"color: red; background: url(x); width: expression(1); display: none\" onclick=x>s</p>",
    "<svg viewBox='0 0 1 1'><path d=M0 /><a xlink:href='javascript:x'>t</a><foreignObject><p>x</svg>",
    "<math><mi>x</mi><annotation-xml encoding='text/html'><b>y</annotation-xml></math>",
    "<!-- c --><![CDATA[<b>x]]><!DOCTYPE html><?php x ?></ nonsense><!--> y -->",
    "&amp;&lt;&nbsp;&hellip;&#x1F600;&#150;&notit;&copy=1&bogus;&#xD800;&#0;",
    "<p>a<p>b<div>c</p></div></b><b><i></b></i><table><b><tr><td>x</table>y",
    "<textarea><b></textarea><title><b></title><xmp><b></xmp><noscript><img src=n></noscript><plaintext><b>",
    "<form action=/x><input value=1><button>b</button><select><option>o</select><video src=v><source "
    "src=w></video>",
    "<q>x</q><ruby>k<rp>(</rp><rt>r</rt></ruby><s>d</s><sub>1</sub><abbr "
    "title=t>a</abbr><hr/><details><summary>s",
    "* # 1. - | \\ ~ ! : _x_ `y` [z](w) <http://a.test> http://a.test/_b_ ---\n===",
    "a < b > c & d \"e\" 'f' <3 <- </ <! <",
});

// What was once slow in some parser, to begin with.
constexpr auto kPatterns = std::to_array<std::string_view>({
    "s\n\n<textarea>\n",
    "s\n\n<b>\n</i>",
    "m\n\n<ul><li>\n",
    "m\n<table>\n<td>x\n",
    "s\n<a \nx=1 \n>",
    "t\n\n&#x\n",
    "f\n<rss><channel>\n<item><title>x</title></item>\n</channel></rss>",
    "f\n<rss>\n<a>\n",
    "f\n<rss>\n&a;\n",
    "f\n<feed>\n<entry><id>1</id>\n",
    "f\n{\"items\":[\n{\"id\":\"1\"},\n{}]}",
    "c\n\n\xC3\n",
    "d\n\n1 \n",
    "u\nhttp://a/\n../\n",
    "x\n<a \nx=\n>",
    "x\n\n<!--\n",
    "m\n\n<a href=x>\n",
    "m\n<pre>\n`\n",
    "f\n<!DOCTYPE r [\n<!ENTITY a \"b\">\n]><rss/>",
    "f\n<rss xmlns:a=\"b\n&amp;\n\">",
});

} // namespace

void add_html_seeds(SeedFolder& seeds) {
  std::string all;
  for (const std::string_view html : kHtml) {
    for (const char choice : {'0', '1', '3', '\x7F'}) {
      seeds.add("sanitize", choice + std::string(html));
      if (choice != '3') seeds.add("markdown", choice + std::string(html));
    }
    all += html;
  }
  seeds.add("sanitize", "1" + all);
  seeds.add("markdown", "\xFF" + all);
  for (const std::string_view pattern : kPatterns) seeds.add("growth", pattern);
}

} // namespace circuit::fuzz
