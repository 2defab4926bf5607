#include "ingest/sync/names.h"

#include <gtest/gtest.h>

namespace circuit::sync {
namespace {

TEST(Names, FeedNamesAreShortPlainAndWithinTheirCollection) {
  for (const char* good : {"feeds/a", "feeds/rss-example-org-1", "feeds/0"})
    EXPECT_TRUE(check_feed_name(good).ok());
  for (const char* bad : {"", "feeds/", "feeds/A", "feeds/a/b", "feed/a", "feeds/a b", "feeds/\xc3\xa4"}) {
    EXPECT_EQ(check_feed_name(bad).error().reason, "FEED_NAME_MALFORMED") << bad;
  }
  EXPECT_TRUE(check_feed_name("feeds/" + std::string(63, 'x')).ok());
  EXPECT_FALSE(check_feed_name("feeds/" + std::string(64, 'x')).ok());
}

TEST(Names, AMadeNameIsReadableValidAndTheSameForTheSameIdentity) {
  const std::string name = feed_name_for("rss", "https://Example.org/feed.xml?x=1");
  EXPECT_EQ(name, feed_name_for("rss", "https://Example.org/feed.xml?x=1"));
  EXPECT_NE(name, feed_name_for("rss", "https://Example.org/feed.xml?x=2"));
  EXPECT_TRUE(check_feed_name(name).ok()) << name;
  EXPECT_TRUE(name.starts_with("feeds/rss-https-example-org-feed-xml-x-1-")) << name;
  EXPECT_TRUE(check_feed_name(feed_name_for("hubspot-forms", std::string(500, 'z'))).ok());
  EXPECT_TRUE(check_feed_name(feed_name_for("rss", "\xe6\x97\xa5\xe6\x9c\xac")).ok());
}

TEST(Names, OfAFeedHoldNoKeyOfItsAddress) {
  const std::string name = feed_name_for("rss", "https://e.test/feed?token=s3cretvalue&x=1");
  EXPECT_EQ(name.find("s3cret"), std::string::npos) << name;
  EXPECT_NE(name, feed_name_for("rss", "https://e.test/feed?token=another&x=1"));
}

TEST(Names, NewerSyncsSortFirst) {
  SeededRandom random(3);
  const SystemTime now{std::chrono::seconds(1'700'000'000)};
  const std::string older = new_sync_name(now, random);
  const std::string newer = new_sync_name(now + std::chrono::microseconds(1), random);
  EXPECT_LT(newer, older);
  EXPECT_TRUE(check_sync_name(newer).ok()) << newer;
}

TEST(Names, PagesAreBoundedAndTokensOpaqueButChecked) {
  EXPECT_EQ(read_page("feeds", 0, "")->size, 100u);
  EXPECT_EQ(read_page("feeds", 100000, "")->size, 1000u);
  EXPECT_EQ(read_page("feeds", -1, "").error().reason, "PAGE_SIZE_NEGATIVE");
  const std::string key("a\0b", 3);
  const std::string token = page_token_after("feeds", key);
  EXPECT_EQ(read_page("feeds", 1, token)->after, key);
  for (const std::string& bad : {std::string("nonsense"), std::string("00"), token.substr(2), token + "00",
                                 token.substr(0, token.size() - 2)}) {
    EXPECT_EQ(read_page("feeds", 1, bad).error().reason, "PAGE_TOKEN_MALFORMED") << bad;
  }
}

TEST(Names, ATokenOfOneListIsNoneOfAnother) {
  const std::string token = page_token_after("syncs feeds/a", "key");
  for (const char* other : {"syncs feeds/b", "syncs ", "feeds", "dead letters feeds/a"})
    EXPECT_EQ(read_page(other, 1, token).error().reason, "PAGE_TOKEN_MALFORMED") << other;
}

} // namespace
} // namespace circuit::sync
