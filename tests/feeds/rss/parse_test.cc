#include "feeds/rss/parse.h"

#include "tests/feeds/rss/feeds_of.h"

namespace circuit::feeds::rss::test {
namespace {

TEST(ParseFeed, ReadsTheCoreOfRss2) {
  const RawFeed raw =
      parse(channel("<title>Blog</title><link>https://example.org/</link><description>About "
                    "&lt;b&gt;things&lt;/b&gt;</description>"
                    "<language>en-gb</language><item><title>One</title><link>https://example.org/1</link>"
                    "<guid isPermaLink=\"false\">id-1</guid><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>"
                    "<description>&lt;p&gt;Hello&lt;/p&gt;</description></item>"));
  EXPECT_EQ(raw.version, "rss20");
  EXPECT_TRUE(raw.complete_document);
  EXPECT_EQ(raw.feed.title.value, "Blog");
  EXPECT_EQ(raw.feed.subtitle.value, "About <b>things</b>");
  EXPECT_EQ(raw.feed.language, "en-gb");
  ASSERT_EQ(raw.entries.size(), 1u);
  const Entry& entry = raw.entries[0];
  EXPECT_EQ(entry.title.value, "One");
  EXPECT_EQ(entry.id, "id-1");
  EXPECT_FALSE(entry.id_is_permalink);
  EXPECT_EQ(entry.link, "https://example.org/1");
  EXPECT_EQ(entry.summary.value, "<p>Hello</p>");
  EXPECT_TRUE(is_html(entry.summary));
  EXPECT_EQ(entry.published.time,
            std::chrono::sys_days(std::chrono::year(2026) / 11 / 2) + std::chrono::hours(10));
}

struct VersionCase {
  const char* document;
  const char* version;
};

TEST(ParseFeed, TellsTheVersionsApart) {
  const VersionCase cases[] = {
      {"<rss version='2.0'/>", "rss20"},
      {"<rss version='0.92'/>", "rss092"},
      {"<rss version='0.91'/>", "rss091u"},
      {"<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'x'><rss version='0.91'/>",
       "rss091n"},
      {"<rss/>", "rss"},
      {"<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom10"},
      {"<a:feed xmlns:a='HTTP://www.w3.org/2005/atom/'/>", "atom10"},
      {"<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>", "atom03"},
      {"<feed/>", "atom"},
      {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'/>",
       "rss10"},
      {"<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'/>", "rss090"},
      {"<CHANNEL HREF='http://example.org/'/>", "cdf"},
      {R"({"version": "https://jsonfeed.org/version/1", "items": []})", "json1"},
      {R"({"version": "https://jsonfeed.org/version/1.1", "items": []})", "json11"},
  };
  for (const VersionCase& c : cases) EXPECT_EQ(parse(c.document).version, c.version) << c.document;
}

TEST(ParseFeed, GoesByNamespaceAndNotByPrefix) {
  const RawFeed raw = parse(
      "<r:rss version='2.0' xmlns:r='http://backend.userland.com/rss2' "
      "xmlns:x='http://purl.org/dc/elements/1.1/'"
      " xmlns:y='http://example.org/mine'><r:channel><r:item><y:title>not "
      "this</y:title><r:title>this</r:title>"
      "<x:creator>Jane</x:creator></r:item></r:channel></r:rss>");
  ASSERT_EQ(raw.entries.size(), 1u);
  EXPECT_EQ(raw.entries[0].title.value, "this");
  EXPECT_EQ(find_extension(raw.entries[0], "y_title"), "not this");
  ASSERT_EQ(raw.entries[0].authors.size(), 1u);
  EXPECT_EQ(raw.entries[0].authors[0].name, "Jane");
}

TEST(ParseFeed, ANamespaceDeclaredOnOneItemEndsWithIt) {
  const RawFeed raw =
      parse(channel("<item xmlns:t='http://purl.org/dc/elements/1.1/'><t:creator>A</t:creator></item>"
                    "<item xmlns:t='http://example.org/x'><t:creator>B</t:creator></item>"
                    "<item><t:creator>C</t:creator></item>"));
  ASSERT_EQ(raw.entries.size(), 3u);
  EXPECT_EQ(raw.entries[0].authors.size(), 1u);
  EXPECT_EQ(raw.entries[1].authors.size(), 0u);
  EXPECT_EQ(raw.entries[2].authors.size(), 0u);
}

TEST(ParseFeed, KnowsTheUsualPrefixesWithoutDeclaration) {
  const RawFeed raw =
      parse(item("<dc:creator>Jane</dc:creator><content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>"));
  ASSERT_EQ(raw.entries.size(), 1u);
  EXPECT_EQ(raw.entries[0].authors.size(), 1u);
  ASSERT_EQ(raw.entries[0].contents.size(), 1u);
  EXPECT_EQ(raw.entries[0].contents[0].value, "<p>x</p>");
}

TEST(ParseFeed, InheritsBaseAndLanguage) {
  const RawFeed raw = parse(
      "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a.test/one/' xml:lang='en'>"
      "<entry xml:base='two/'><link href='three'/><title xml:lang='fr_CA'>t</title><id>urn:x</id></entry>"
      "<entry><link href='three'/><title>t</title></entry></feed>");
  ASSERT_EQ(raw.entries.size(), 2u);
  EXPECT_EQ(raw.entries[0].link, "http://a.test/one/two/three");
  EXPECT_EQ(raw.entries[0].title.language, "fr-CA");
  EXPECT_EQ(raw.entries[0].title.base, "http://a.test/one/two/");
  EXPECT_EQ(raw.entries[1].link, "http://a.test/one/three");
  EXPECT_EQ(raw.entries[1].title.language, "en");
  EXPECT_EQ(raw.feed.language, "en");
}

TEST(ParseFeed, ResolvesAgainstContentLocationThenUrl) {
  ParseOptions options;
  options.content_location = "/elsewhere/";
  EXPECT_EQ(parse(item("<link>post</link>"), options).entries[0].link, "https://example.org/elsewhere/post");
  EXPECT_EQ(parse(item("<link>post</link>")).entries[0].link, "https://example.org/blog/post");
}

TEST(ParseFeed, KeepsTheTypeOfAtomTexts) {
  const RawFeed raw = parse(
      atom_entry("<title type='text'>1 &lt; 2</title><summary type='html'>&lt;b&gt;x&lt;/b&gt;</summary>"
                 "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>b</b> <i>c</i> "
                 "&lt;d&gt;<br/></div></content>"));
  const Entry& entry = raw.entries[0];
  EXPECT_EQ(entry.title.value, "1 < 2");
  EXPECT_EQ(interpreted_type(entry.title), kPlainType);
  EXPECT_EQ(entry.summary.type, kHtmlType);
  ASSERT_EQ(entry.contents.size(), 1u);
  EXPECT_EQ(entry.contents[0].type, kXhtmlType);
  EXPECT_EQ(entry.contents[0].value, "A <b>b</b> <i>c</i> &lt;d&gt;<br />");
}

TEST(ParseFeed, LinksBelowTheirOwnBaseInsideXhtmlAreAbsolute) {
  const RawFeed raw =
      parse(atom_entry("<content type='xhtml'><div><p xml:base='http://b.test/'><a href='x'>y</a></p><a "
                       "href='z'>w</a></div></content>"));
  EXPECT_NE(raw.entries[0].contents[0].value.find("href=\"http://b.test/x\""), std::string_view::npos);
  EXPECT_NE(raw.entries[0].contents[0].value.find("href=\"z\""), std::string_view::npos);
}

TEST(ParseFeed, NakedMarkupBecomesXhtml) {
  const RawFeed raw = parse(item("<description>see <b>this</b> <i>now</i></description>"));
  EXPECT_EQ(raw.entries[0].summary.value, "see <b>this</b> <i>now</i>");
  EXPECT_EQ(raw.entries[0].summary.type, kXhtmlType);
}

TEST(ParseFeed, TitlesOfRssMayBeHtmlAndSaySo) {
  EXPECT_TRUE(is_html(parse(item("<title>a &lt;b&gt;c&lt;/b&gt;</title>")).entries[0].title));
  EXPECT_FALSE(is_html(parse(item("<title>1 &lt; 2</title>")).entries[0].title));
}

TEST(ParseFeed, DecodesBase64OfAtom) {
  EXPECT_EQ(parse(atom_entry("<summary type='application/octet-stream'>PGI+eDwvYj4=</summary>"))
                .entries[0]
                .summary.value,
            "<b>x</b>");
  EXPECT_EQ(parse("<feed version='0.3'><tagline mode='base64'>aGk=</tagline></feed>").feed.subtitle.value,
            "hi");
}

TEST(ParseFeed, ReadsPeopleAsTheyAreWritten) {
  struct {
    const char *text, *name, *email;
  } cases[] = {
      {"me@example.com (My Name)", "My Name", "me@example.com"},
      {"My Name (me@example.com)", "My Name", "me@example.com"},
      {"My Name &lt;me@example.com&gt;", "My Name", "me@example.com"},
      {"me+spam@example.com", "", "me+spam@example.com"},
      {"My Name", "My Name", ""},
      {"Jane (ACME)", "Jane (ACME)", ""},
  };
  for (const auto& c : cases) {
    const RawFeed raw = parse(item("<author>" + std::string(c.text) + "</author>"));
    ASSERT_EQ(raw.entries[0].authors.size(), 1u) << c.text;
    EXPECT_EQ(raw.entries[0].authors[0].name, c.name) << c.text;
    EXPECT_EQ(raw.entries[0].authors[0].email, c.email) << c.text;
  }
}

TEST(ParseFeed, ReadsLinksOfEveryRelation) {
  const RawFeed raw = parse(
      atom("<link rel='self' href='/self'/><link rel='hub' href='https://hub.test/'/><link href='/home'/>"
           "<link rel='prev-archive' href='/2025'/>"));
  EXPECT_EQ(raw.feed.link, "https://example.org/home");
  ASSERT_NE(find_link(raw.feed, "hub"), nullptr);
  EXPECT_EQ(find_link(raw.feed, "hub")->href, "https://hub.test/");
  EXPECT_EQ(find_link(raw.feed, "prev-archive")->href, "https://example.org/2025");
  EXPECT_EQ(find_link(raw.feed, "next"), nullptr);
}

TEST(ParseFeed, ScriptLinksAreNoLinks) {
  const RawFeed raw = parse(item("<link>javascript:alert(1)</link><comments> JavaScript:x</comments>"));
  EXPECT_EQ(raw.entries[0].link, "");
  EXPECT_EQ(raw.entries[0].comments, "");
}

TEST(ParseFeed, PermalinkGuidStandsInForTheLink) {
  EXPECT_EQ(parse(item("<guid>https://example.org/p</guid>")).entries[0].link, "https://example.org/p");
  EXPECT_EQ(parse(item("<guid isPermaLink='false'>https://example.org/p</guid>")).entries[0].link, "");
  EXPECT_EQ(
      parse(item("<guid>https://example.org/p</guid><link>https://example.org/l</link>")).entries[0].link,
      "https://example.org/l");
}

TEST(ParseFeed, ReadsEnclosuresAndMedia) {
  const RawFeed raw = parse(
      "<rss xmlns:m='http://search.yahoo.com/mrss'><channel><item><enclosure url='/a.mp3' type='audio/mpeg' "
      "length='12'/>"
      "<m:group><m:content url='/b.mp4' fileSize='99'/><m:thumbnail "
      "url='/t.jpg'/></m:group></item></channel></rss>");
  const Entry& entry = raw.entries[0];
  ASSERT_NE(find_link(entry, "enclosure"), nullptr);
  EXPECT_EQ(find_link(entry, "enclosure")->href, "https://example.org/a.mp3");
  EXPECT_EQ(find_link(entry, "enclosure")->length, "12");
  ASSERT_EQ(entry.media.size(), 2u);
  EXPECT_EQ(entry.media[0].url, "https://example.org/b.mp4");
  EXPECT_EQ(entry.media[0].length, "99");
  EXPECT_EQ(entry.media[1].kind, Media::Kind::kThumbnail);
}

TEST(ParseFeed, ReadsPollingHints) {
  const RawFeed raw =
      parse(channel("<ttl>30</ttl><skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours>"
                    "<skipDays><day>Sunday</day><day>Tuesday</day></skipDays>"
                    "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"));
  EXPECT_EQ(raw.feed.ttl, std::chrono::minutes(30));
  EXPECT_EQ(raw.feed.skip_hours, (1u << 0) | (1u << 5));
  EXPECT_EQ(raw.feed.skip_days, (1u << 0) | (1u << 2));
  EXPECT_EQ(raw.feed.update_period, UpdatePeriod::kDaily);
  EXPECT_EQ(raw.feed.update_frequency, 4u);
}

TEST(ParseFeed, ReadsHistoryAndTombstones) {
  const RawFeed raw = parse(
      "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:fh='http://purl.org/syndication/history/1.0'"
      " xmlns:at='http://purl.org/atompub/tombstones/1.0'><fh:complete/>"
      "<at:deleted-entry ref='tag:x,1' when='2026-01-02T03:04:05Z'/></feed>");
  EXPECT_TRUE(raw.feed.complete);
  EXPECT_FALSE(raw.feed.archive);
  ASSERT_EQ(raw.tombstones.size(), 1u);
  EXPECT_EQ(raw.tombstones[0].ref, "tag:x,1");
  EXPECT_TRUE(raw.tombstones[0].when.time);
}

TEST(ParseFeed, WhatAnImageOrTextInputSaysIsNotTheChannels) {
  const RawFeed raw =
      parse(channel("<title>Real</title><image><title>Logo</title><url>/l.png</url><width>88</width></image>"
                    "<textInput><title>Find</title><link>/find</link></textInput>"));
  EXPECT_EQ(raw.feed.title.value, "Real");
  EXPECT_EQ(raw.feed.image.href, "https://example.org/l.png");
  EXPECT_EQ(raw.feed.text_input.link, "https://example.org/find");
  EXPECT_EQ(raw.feed.link, "");
}

TEST(ParseFeed, ReadsTheSourceOfAnEntryApart) {
  const RawFeed raw =
      parse(atom_entry("<title>Mine</title><source><title>Theirs</title><id>urn:s</id><author><name>S</"
                       "name></author></source>"));
  const Entry& entry = raw.entries[0];
  EXPECT_EQ(entry.title.value, "Mine");
  ASSERT_NE(entry.source, nullptr);
  EXPECT_EQ(entry.source->title.value, "Theirs");
  EXPECT_EQ(entry.source->authors.size(), 1u);
  EXPECT_TRUE(entry.authors.empty());
}

TEST(ParseFeed, ReadsCdf) {
  const RawFeed raw = parse(
      "<CHANNEL HREF='http://c.test/' "
      "LASTMOD='2026-01-02T03:04:05Z'><TITLE>C</TITLE><ABSTRACT>About</ABSTRACT>"
      "<ITEM HREF='http://c.test/1'><TITLE>One</TITLE><ABSTRACT>First</ABSTRACT></ITEM></CHANNEL>");
  EXPECT_EQ(raw.feed.link, "http://c.test/");
  EXPECT_TRUE(raw.feed.updated.time);
  ASSERT_EQ(raw.entries.size(), 1u);
  EXPECT_EQ(raw.entries[0].link, "http://c.test/1");
  EXPECT_EQ(raw.entries[0].summary.value, "First");
}

TEST(ParseFeed, ReadsJsonFeed) {
  const RawFeed raw =
      parse(R"({"version": "https://jsonfeed.org/version/1.1", "title": "J", "home_page_url": "/",
      "next_url": "/page2", "language": "de", "hubs": [{"type": "WebSub", "url": "https://hub.test/"}],
      "items": [{"id": 7, "url": "/7", "content_html": "<p>x</p>", "content_text": "x", "tags": ["a"],
                 "date_published": "2026-01-02T03:04:05Z", "authors": [{"name": "N", "url": "/n"}],
                 "attachments": [{"url": "/f.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}]}]})");
  EXPECT_EQ(raw.feed.link, "https://example.org/");
  EXPECT_EQ(find_link(raw.feed, "next")->href, "https://example.org/page2");
  ASSERT_EQ(raw.entries.size(), 1u);
  const Entry& entry = raw.entries[0];
  EXPECT_EQ(entry.id, "7");
  EXPECT_EQ(entry.link, "https://example.org/7");
  EXPECT_EQ(entry.contents.size(), 2u);
  EXPECT_EQ(entry.contents[0].language, "de");
  EXPECT_EQ(entry.authors[0].href, "https://example.org/n");
  EXPECT_EQ(find_link(entry, "enclosure")->length, "5");
}

std::string json_feed(const std::string& items) {
  return R"({"version": "https://jsonfeed.org/version/1.1", "items": [)" + items + "]}";
}

TEST(ParseFeed, RepairsJsonThatOneItemSpoils) {
  const std::vector<std::pair<std::string, std::string>> titles = {
      {R"(cut \ud83d)", "cut \uFFFD"},
      {R"(\ude00 cut)", "\uFFFD cut"},
      {R"(twice \ud83d\ud83d\ude00)", "twice \uFFFD\U0001F600"},
      {"two\nlines\tand \x01 more", "two\nlines\tand  more"},
      {R"(a \"quoted\\ thing\u0000)", "a \"quoted\\ thing"},
  };
  for (const auto& [written, meant] : titles) {
    const RawFeed raw = parse(json_feed(R"({"id": "1", "title": ")" + written + R"("}, {"id": "2"},)"));
    ASSERT_EQ(raw.entries.size(), 2u) << written;
    EXPECT_TRUE(raw.entries[0].title.value.starts_with(meant)) << raw.entries[0].title.value;
    EXPECT_TRUE(has_problem(raw, "RSS_NOT_WELL_FORMED"));
  }
}

TEST(ParseFeed, RefusesJsonThatWasCut) {
  const std::string whole = json_feed(R"({"id": "1", "title": "cut \ud83d"}, {"id": "2"})");
  for (size_t size = whole.size() - 40; size < whole.size(); ++size)
    EXPECT_EQ(reason_of(whole.substr(0, size)), "RSS_NOT_A_FEED") << size;
}

TEST(ParseFeed, LeavesControlCharactersOutThatJsonEscapes) {
  const RawFeed raw = parse(json_feed(R"({"id": "1", "title": "a\u0000b\u001b", "tags": ["c\u0007"]})"));
  EXPECT_EQ(raw.entries[0].title.value, "ab");
  EXPECT_EQ(raw.entries[0].categories[0].term, "c");
}

TEST(ParseFeed, SurvivesBeingMoved) {
  RawFeed first = parse(item("<title>a &amp; b</title>"));
  const RawFeed second = std::move(first);
  EXPECT_EQ(second.entries.at(0).title.value, "a & b");
}

} // namespace
} // namespace circuit::feeds::rss::test
