#include "feeds/rss/normalize.h"

#include "tests/feeds/rss/feeds_of.h"

namespace circuit::feeds::rss::test {
namespace {

using namespace std::chrono;

constexpr SystemTime kNow = sys_days(year(2026) / 11 / 2);

v1::Document document_of(std::string_view feed, size_t max_text_bytes = 1 << 20) {
  const RawFeed raw = parse(feed);
  const std::vector<Item> items = identify_items(raw);
  EXPECT_EQ(items.size(), 1u);
  return normalize(raw, items.at(0),
                   {.url = std::string(kUrl), .now = kNow, .max_text_bytes = max_text_bytes});
}

TEST(Normalize, TellsNobodyTheKeyInTheAddressOfTheFeed) {
  const RawFeed raw = parse(item("<guid>g</guid><title>t</title>"));
  const v1::Document document =
      normalize(raw, identify_items(raw).at(0),
                {.url = "https://e.test/feed?token=s3cret&page=2", .now = kNow, .max_text_bytes = 100});
  EXPECT_EQ(document.metadata().at("rss.feed_url"), "https://e.test/feed?token=...&page=2");
}

TEST(Normalize, MakesADocumentOfAnItem) {
  const v1::Document document = document_of(
      channel("<title>The &amp;amp; Blog</title><link>https://example.org/</link><language>en</language>"
              "<item><title>Fish &amp;amp; &lt;b&gt;chips&lt;/b&gt;</title><link>/fish</link><guid>g1</guid>"
              "<author>jane@example.org (Jane)</author><category domain='http://c.test/'>food</category>"
              "<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate><comments>/fish#c</comments>"
              "<enclosure url='/a.mp3' type='audio/mpeg' length='7'/>"
              "<description>short</description><content:encoded>&lt;p&gt;A &lt;a "
              "href='/x'&gt;link&lt;/a&gt;.&lt;/p&gt;"
              "</content:encoded><slash:comments>3</slash:comments></item>"));
  EXPECT_EQ(document.external_id(), "g1");
  EXPECT_EQ(document.title(), "Fish & chips");
  EXPECT_EQ(document.canonical_url(), "https://example.org/fish");
  EXPECT_EQ(document.text(), "A [link](https://example.org/x).");
  EXPECT_EQ(document.mime_type(), "text/html");
  EXPECT_EQ(document.language(), "en");
  ASSERT_EQ(document.authors_size(), 1);
  EXPECT_EQ(document.authors(0).name(), "Jane");
  EXPECT_EQ(document.authors(0).email(), "jane@example.org");
  ASSERT_EQ(document.tags_size(), 1);
  EXPECT_EQ(document.tags(0).scheme(), "http://c.test/");
  ASSERT_EQ(document.attachments_size(), 1);
  EXPECT_EQ(document.attachments(0).size_bytes(), 7);
  EXPECT_TRUE(document.has_created_at());
  EXPECT_FALSE(document.has_updated_at());
  EXPECT_EQ(document.permissions().visibility(), v1::Permissions::PUBLIC);
  EXPECT_EQ(document.path(0), "The & Blog");
  EXPECT_EQ(document.metadata().at("rss.summary"), "short");
  EXPECT_EQ(document.metadata().at("rss.comments_url"), "https://example.org/fish#c");
  EXPECT_EQ(document.metadata().at("rss.slash_comments"), "3");
  EXPECT_EQ(document.metadata().at("rss.feed_title"), "The & Blog");
  EXPECT_FALSE(document.version().empty());
}

TEST(Normalize, PlainTextIsEscapedForMarkdown) {
  const v1::Document document =
      document_of(atom_entry("<id>1</id><content type='text'>1 &lt; 2\n*not bold*\n\nnext</content>"));
  EXPECT_EQ(document.mime_type(), "text/plain");
  EXPECT_NE(document.text().find("\\*not bold\\*"), std::string::npos) << document.text();
  EXPECT_NE(document.text().find("\n\nnext"), std::string::npos) << document.text();
}

TEST(Normalize, PrefersHtmlToItsPlainTwinAndContentToSummary) {
  const v1::Document document = document_of(atom_entry(
      "<id>1</id><content type='text'>plain</content><content type='html'>&lt;i&gt;rich&lt;/i&gt;</content>"
      "<summary>short</summary>"));
  EXPECT_EQ(document.text(), "*rich*");
}

TEST(Normalize, ATitleIsDerivedWhereThereIsNone) {
  EXPECT_EQ(document_of(item("<guid>1</guid><description>Just a note.</description>")).title(),
            "Just a note.");
  const std::string title =
      document_of(item("<guid>1</guid><description>" + std::string(50, 'w') + " " + std::string(50, 'x') +
                       " " + std::string(50, 'y') + "</description>"))
          .title();
  EXPECT_EQ(title, std::string(50, 'w') + " " + std::string(50, 'x') + "\u2026");
}

TEST(Normalize, AbsurdDatesStayUnsetAndTold) {
  const v1::Document future =
      document_of(item("<guid>1</guid><pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate>"));
  EXPECT_FALSE(future.has_created_at());
  EXPECT_EQ(future.metadata().at("rss.published_raw"), "Fri, 01 Jan 2100 00:00:00 GMT");
  const v1::Document nonsense = document_of(item("<guid>1</guid><pubDate>yesterday-ish</pubDate>"));
  EXPECT_FALSE(nonsense.has_created_at());
  EXPECT_EQ(nonsense.metadata().at("rss.published_raw"), "yesterday-ish");
  EXPECT_TRUE(
      document_of(item("<guid>1</guid><pubDate>Mon, 02 Nov 2026 20:00:00 GMT</pubDate>")).has_created_at());
}

TEST(Normalize, AuthorsComeFromTheFeedWhereTheEntryHasNone) {
  const v1::Document document =
      document_of(atom("<author><name>F</name></author><entry><id>1</id><title>t</title></entry>"));
  ASSERT_EQ(document.authors_size(), 1);
  EXPECT_EQ(document.authors(0).name(), "F");
}

TEST(Normalize, TheOriginalLinkBehindAProxyIsTheCanonicalOne) {
  EXPECT_EQ(document_of(item("<guid>1</guid><link>http://feedproxy.test/x</link>"
                             "<feedburner:origLink>https://example.org/real</feedburner:origLink>"))
                .canonical_url(),
            "https://example.org/real");
}

TEST(Normalize, AttachmentsAreListedOnce) {
  const v1::Document document = document_of(item(
      "<guid>1</guid><enclosure url='/a.mp3'/><media:content url='/a.mp3'/><media:content url='/b.mp3'/>"));
  EXPECT_EQ(document.attachments_size(), 2);
}

TEST(Normalize, LongTextsAreCutAndSaySo) {
  const v1::Document document =
      document_of(item("<guid>1</guid><description>" + std::string(5000, 'a') + "</description>"), 1000);
  EXPECT_TRUE(document.text_truncated());
  EXPECT_LE(document.text().size(), 1000u);
}

TEST(Normalize, RepliesNameWhatTheyAnswer) {
  EXPECT_EQ(document_of(atom_entry("<id>2</id><thr:in-reply-to ref='tag:1' href='/1'/>")).parent_id(),
            "tag:1");
}

} // namespace
} // namespace circuit::feeds::rss::test
