#include "feeds/rss/identity.h"

#include <set>

#include "tests/feeds/rss/feeds_of.h"

namespace circuit::feeds::rss::test {
namespace {

std::vector<std::string> ids_of(std::string_view inside_channel, IdentityKey key = IdentityKey::kGuid) {
  const RawFeed raw = parse(channel(inside_channel));
  std::vector<std::string> ids;
  for (const Item& item : identify_items(raw, key)) ids.push_back(item.external_id);
  return ids;
}

std::string version_of(std::string_view inside_item) {
  const RawFeed raw = parse(item(inside_item));
  return identify_items(raw).at(0).version;
}

using Ids = std::vector<std::string>;

TEST(Identity, IsTheGuidAsWritten) {
  EXPECT_EQ(
      ids_of(
          "<item><guid>/p/1</guid><link>/x</link></item><item><guid isPermaLink='false'>abc</guid></item>"),
      (Ids{"/p/1", "abc"}));
}

TEST(Identity, FallsBackToTheLinkThenToTheContent) {
  const Ids ids =
      ids_of("<item><link>https://example.org/1</link></item><item><title>only a title</title></item>");
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_EQ(ids[0], "https://example.org/1");
  EXPECT_TRUE(ids[1].starts_with("sha256:"));
}

TEST(Identity, OneGuidForAllIsToldApartByTheLink) {
  EXPECT_EQ(ids_of("<item><guid isPermaLink='false'>g</guid><link>https://e.test/1</link></item>"
                   "<item><guid isPermaLink='false'>g</guid><link>https://e.test/2</link></item>"),
            (Ids{"g|https://e.test/1", "g|https://e.test/2"}));
}

TEST(Identity, OneGuidAndOneLinkForAllAreToldApartByTitleAndDate) {
  const std::string same = "<guid>https://e.test/news</guid><link>https://e.test/news</link>";
  const Ids ids =
      ids_of("<item>" + same + "<title>One</title></item><item>" + same + "<title>Two</title></item><item>" +
             same + "<title>Two</title><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 3u);
  const std::string twice = "<item>" + same + "<title>One</title><description>";
  EXPECT_EQ(ids_of(twice + "a</description></item>" + twice + "b</description></item>"),
            Ids{"https://e.test/news"});
}

TEST(Identity, OneLinkForAllIsToldApartByTheContent) {
  const Ids ids = ids_of(
      "<item><link>https://e.test/</link><title>a</title></item>"
      "<item><link>https://e.test/</link><title>b</title></item>");
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_NE(ids[0], ids[1]);
}

TEST(Identity, RevisionsOfOneEntryAreOneDocumentAtItsLatest) {
  const RawFeed raw =
      parse(atom("<entry><id>urn:1</id><updated>2026-01-01T00:00:00Z</updated><title>old</title></entry>"
                 "<entry><id>urn:1</id><updated>2026-01-02T00:00:00Z</updated><title>new</title></entry>"));
  const std::vector<Item> items = identify_items(raw);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].entry->title.value, "new");
}

TEST(Identity, FollowsTheLinkWhereTheGuidCannotBeTrusted) {
  EXPECT_EQ(ids_of("<item><guid>changes-daily</guid><link>https://E.test/"
                   "1?utm_source=rss&amp;a=b&amp;fbclid=x#top</link></item>",
                   IdentityKey::kLink),
            Ids{"https://e.test/1?a=b"});
}

TEST(Identity, AnEndlessGuidIsReplacedByItsFingerprint) {
  const Ids ids = ids_of("<item><guid isPermaLink='false'>" + std::string(100'000, 'x') + "</guid></item>");
  EXPECT_LT(ids.at(0).size(), 64u);
}

TEST(Identity, LeavesOutWhatTheEndOfTheDocumentCut) {
  const RawFeed raw = parse("<rss><channel><item><guid>a</guid></item><item><guid>b</guid><title>hal");
  EXPECT_EQ(identify_items(raw).size(), 1u);
}

TEST(Version, ChangesWithWhatTheDocumentShowsAndWithNothingElse) {
  const std::string same =
      version_of("<guid>g</guid><title>a</title><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>");
  EXPECT_EQ(version_of("<guid>g</guid> <title>a</title>\n<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>"),
            same);
  EXPECT_NE(version_of("<guid>g</guid><title>b</title><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>"),
            same);
  EXPECT_NE(version_of("<guid>g</guid><title>a</title><description>x</description>"), same);
  EXPECT_NE(version_of("<guid>g</guid><title>a</title><enclosure url='/x'/>"), same);
}

} // namespace
} // namespace circuit::feeds::rss::test
