// What comes from strangers: broken, cut, enormous, malicious.
#include "feeds/rss/parse.h"

#include "tests/feeds/rss/feeds_of.h"

namespace circuit::feeds::rss::test {
namespace {

using namespace std::string_literals;

std::string repeated(std::string_view what, size_t times) {
  std::string all;
  all.reserve(what.size() * times);
  for (size_t i = 0; i < times; ++i) all += what;
  return all;
}

TEST(HostileBodies, EachGetsAnErrorOfItsOwn) {
  EXPECT_EQ(reason_of(""), "RSS_EMPTY_BODY");
  EXPECT_EQ(reason_of(" \r\n\t "), "RSS_EMPTY_BODY");
  EXPECT_EQ(reason_of("\xEF\xBB\xBF"), "RSS_EMPTY_BODY");
  EXPECT_EQ(reason_of("<!DOCTYPE html><html><head><title>x</title></head></html>"), "RSS_IS_HTML");
  EXPECT_EQ(reason_of("<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>"), "RSS_IS_HTML");
  EXPECT_EQ(reason_of("<body><p>unclosed"), "RSS_IS_HTML");
  EXPECT_EQ(reason_of("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s), "RSS_BINARY");
  EXPECT_EQ(reason_of("\x1F\x8B\x08\0\0\0"s), "RSS_BINARY");
  EXPECT_EQ(reason_of(std::string(2000, '\0') + "\1\2\3"), "RSS_BINARY");
  EXPECT_EQ(reason_of("just some words"), "RSS_NOT_A_FEED");
  EXPECT_EQ(reason_of("<opml version='2.0'><body/></opml>"), "RSS_NOT_A_FEED");
  EXPECT_EQ(reason_of("{\"error\": \"no\"}"), "RSS_NOT_A_FEED");
  EXPECT_EQ(reason_of("{\"version\": \"https://jsonfeed.org/version/1\""), "RSS_NOT_A_FEED");
}

TEST(HostileBodies, NestingIsBoundedWhereverItIs) {
  const std::string open = repeated("<b>", 100'000), close = repeated("</b>", 100'000);
  EXPECT_EQ(reason_of(open + close), "RSS_TOO_DEEP");
  EXPECT_EQ(reason_of(open), "RSS_TOO_DEEP");
  EXPECT_EQ(reason_of(item("<description>" + open + close + "</description>")), "RSS_TOO_DEEP");
  EXPECT_EQ(reason_of(item("<description>" + open)), "RSS_TOO_DEEP");
  EXPECT_EQ(reason_of("{\"version\":\"https://jsonfeed.org/version/1\",\"items\":" + repeated("[", 100'000)),
            "RSS_TOO_DEEP");
  const RawFeed fine =
      parse(item("<description>" + repeated("<b>", 200) + repeated("</b>", 200) + "</description>"));
  EXPECT_EQ(fine.entries.size(), 1u);
}

TEST(HostileBodies, ElementsAreBounded) {
  ParseOptions options;
  options.max_elements = 1000;
  EXPECT_EQ(reason_of(channel(repeated("<item></item>", 5000)), options), "RSS_TOO_LARGE");
}

TEST(HostileBodies, EntityBombsDoNotExpand) {
  std::string bomb = "<!DOCTYPE rss [<!ENTITY a \"ha\">";
  for (char c = 'b'; c <= 'k'; ++c) {
    bomb += "<!ENTITY "s + c + " \"";
    for (int i = 0; i < 10; ++i) bomb += "&"s + static_cast<char>(c - 1) + ";";
    bomb += "\">";
  }
  bomb += "]>";
  const RawFeed raw = parse(bomb + item("<title>&k; &a;</title>"));
  EXPECT_EQ(raw.entries[0].title.value, "&k; ha");
}

TEST(HostileBodies, ALongEntityUsedOftenIsBounded) {
  const std::string document = "<!DOCTYPE rss [<!ENTITY a \"" + std::string(1000, 'x') + "\">]>" +
                               item("<title>" + repeated("&a;", 100'000) + "</title>");
  EXPECT_LT(parse(document).entries[0].title.value.size(), 4u << 20);
}

TEST(HostileBodies, ExternalEntitiesStayWhatTheyAre) {
  const RawFeed raw =
      parse("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + item("<title>&x;</title>"));
  EXPECT_EQ(raw.entries[0].title.value, "&x;");
}

TEST(HostileBodies, NothingTakesTimeOrMemoryOutOfProportion) {
  std::string attributes, declarations, names, links;
  for (int i = 0; i < 50'000; ++i) {
    const std::string n = std::to_string(i);
    attributes += " a" + n + "=''";
    declarations += " xmlns:n" + n + "='x'";
    names += "<n" + n + ":e" + n + ">x</n" + n + ":e" + n + ">";
    links += "<link href='" + n + "'/>";
  }
  EXPECT_EQ(parse(item("<x" + attributes + "/>")).entries.size(), 1u);
  EXPECT_EQ(parse(channel("<item" + declarations + ">" + names + "</item>")).entries.size(), 1u);
  const std::string long_base = "http://h.test/" + std::string(4000, 'b') + "/";
  const RawFeed raw = parse("<feed xml:base='" + long_base + "'><entry>" + links + "</entry></feed>");
  size_t bytes = 0;
  for (const Link& link : raw.entries[0].links) bytes += link.href.size();
  EXPECT_LT(bytes, 100u << 20);
}

TEST(BrokenBodies, AreReadAsFarAsTheyGo) {
  struct {
    const char *what, *document;
    size_t entries;
  } cases[] = {
      {"mismatched tags", "<rss><channel><item><title>a</b></title></item><item/></channel></rss>", 2},
      {"an item that is not closed",
       "<rss><channel><item><title>a</title><item><title>b</title></item></channel></rss>", 2},
      {"a bare less-than", "<rss><channel><item><title>1 < 2</title></item></channel></rss>", 1},
      {"unquoted attributes",
       "<rss version=2.0><channel><item><enclosure url=http://x.test/a /></item></channel></rss>", 1},
      {"the end missing", "<rss><channel><item><title>a</title></item>", 1},
      {"the last bracket missing", "<rss><channel><item/></channel></rss", 1},
      {"naked HTML",
       "<rss><channel><item><description>a<br>b<img src=x></description></item></channel></rss>", 1},
  };
  for (const auto& c : cases) {
    const RawFeed raw = parse(c.document);
    EXPECT_EQ(raw.entries.size(), c.entries) << c.what;
    EXPECT_FALSE(raw.complete_document) << c.what;
    EXPECT_TRUE(has_problem(raw, "RSS_NOT_WELL_FORMED")) << c.what;
  }
}

TEST(BrokenBodies, AnEntryThatTheEndCutSaysSo) {
  const RawFeed cut =
      parse("<rss><channel><item><title>a</title></item><item><title>b</title><description>half a sen");
  ASSERT_EQ(cut.entries.size(), 2u);
  EXPECT_FALSE(cut.entries[0].incomplete);
  EXPECT_TRUE(cut.entries[1].incomplete);
  const RawFeed between = parse("<rss><channel><item><title>a</title></item><item><title>b</title>");
  EXPECT_TRUE(between.entries[1].incomplete) << "its text may have been about to come";
  const RawFeed whole = parse("<rss><channel><item><title>a</title></item>");
  EXPECT_FALSE(whole.entries[0].incomplete);
}

TEST(BrokenBodies, EveryPrefixOfAFeedIsSalvagedOrRefused) {
  const std::string document =
      "<?xml version='1.0'?><!-- c --><!DOCTYPE rss [<!ENTITY e 'v'>]>" +
      item(
          "<title>a &amp; &e; b</title><description><![CDATA[<p>x</p>]]></description><enclosure url=\"u\" "
          "length='1'/>");
  for (size_t length = 0; length <= document.size(); ++length) {
    const Result<RawFeed> parsed = try_parse(std::string_view(document).substr(0, length));
    if (!parsed) {
      EXPECT_NE(parsed.error().next_step, "") << length;
    } else if (length < document.size()) {
      EXPECT_FALSE(parsed->complete_document) << length;
    }
  }
}

TEST(SloppyBodies, ReferencesAreDecodedAsReadersExpect) {
  struct {
    const char *written, *meant;
  } cases[] = {
      {"a &amp; b", "a & b"},
      {"a & b", "a & b"},
      {"AT&T;", "AT&T;"},
      {"x &nbsp;&rsquo;&hellip; y", "x \u00A0\u2019\u2026 y"},
      {"&#8217;&#x2019;&#146;", "\u2019\u2019\u2019"},
      {"&amp;amp;", "&amp;"},
      {"&amp;lt;b&amp;gt;", "&lt;b&gt;"},
      {"<![CDATA[&amp; <b>]]>", "&amp; <b>"},
      {"a<![CDATA[ & ]]>b &lt; c", "a & b < c"},
      {"&#0;&#xD800;&#x110000;", "\uFFFD\uFFFD\uFFFD"},
      {"&#1;ok", "ok"},
      {"&nGt;", "\u226B\u20D2"},
      {"100% &", "100% &"},
      {"a&lt", "a&lt"},
      {"  trimmed \n", "trimmed"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(parse(item("<title>" + std::string(c.written) + "</title>")).entries[0].title.value, c.meant)
        << c.written;
  }
}

TEST(SloppyBodies, JunkBeforeAndAfterTheRootIsSkipped) {
  EXPECT_EQ(parse("  \n junk <?xml version='1.0'?>" + item("<title>a</title>") + "<script>x</script> more")
                .entries.size(),
            1u);
}

TEST(SloppyBodies, ControlCharactersAreDropped) {
  EXPECT_EQ(parse(item("<title>a\x08"
                       "b\x1C"
                       "c</title>"))
                .entries[0]
                .title.value,
            "abc");
}

TEST(SloppyBodies, ValidUtf8BeatsAWrongLabel) {
  ParseOptions options;
  options.content_type = "application/xml; charset=iso-8859-1";
  const RawFeed raw =
      parse("<?xml version='1.0' encoding='iso-8859-1'?>" + item("<title>caf\u00E9</title>"), options);
  EXPECT_EQ(raw.entries[0].title.value, "caf\u00E9");
  EXPECT_TRUE(has_problem(raw, "RSS_WRONG_ENCODING"));
}

TEST(SloppyBodies, ADeclaredEncodingIsUsedAndNamed) {
  const RawFeed raw = parse("<?xml version='1.0' encoding='ISO-8859-1'?>" + item("<title>caf\xE9</title>"));
  EXPECT_EQ(raw.entries[0].title.value, "caf\u00E9");
  EXPECT_EQ(raw.encoding, "iso-8859-1");
}

} // namespace
} // namespace circuit::feeds::rss::test
