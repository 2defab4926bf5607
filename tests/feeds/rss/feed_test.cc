// What a feed makes of odd answers over time, which the acceptance suite cannot ask of every provider.

#include <gtest/gtest.h>

#include <functional>

#include "tests/feeds/rss/rss_world.h"

namespace circuit::feeds::rss::test {
namespace {

using Ids = std::vector<std::string>;

const std::string kUrl = "http://feeds.example/feed";
const std::string kOlder = "http://feeds.example/older";
const std::string kOldest = "http://feeds.example/oldest";

std::string entry(const std::string& id, const std::string& rest = "") {
  return "<entry><id>" + id + "</id><title>Entry " + id + "</title>" + rest + "</entry>";
}

std::string atom(const std::string& inside) {
  return "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'>"
         "<title>A feed</title>" +
         inside + "</feed>";
}

std::string page(const std::string& id, const std::string& older = "") {
  return atom(entry(id) +
              (older.empty() ? std::string() : "<link rel='prev-archive' href='" + older + "'/>"));
}

TEST(RssHistory, APageThatIsNotThereCostsNothingThatIs) {
  const std::vector<std::pair<int, std::string>> bad_pages = {
      {404, "gone"}, {403, "no"}, {200, "<html><body>The end</body></html>"}, {200, "{\"error\": 1}"}};
  for (const auto& [status, body] : bad_pages) {
    SCOPED_TRACE(std::to_string(status) + body);
    RssWorld world;
    world.site().put(kUrl, page("new", kOlder));
    world.site().put(kOlder, status, body);
    const v1::Sync sync = world.sync_with_history(kUrl);
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
    EXPECT_FALSE(sync.complete());
    EXPECT_NE(sync.incomplete_reason().find(kOlder), std::string::npos) << sync.incomplete_reason();
    EXPECT_EQ(world.held(), Ids{"new"});
  }
}

TEST(RssHistory, ALinkThatCannotBeFollowedCostsNothingElse) {
  RssWorld world;
  world.site().put(kUrl, page("new", "ftp://feeds.example/older"));
  const v1::Sync sync = world.sync_with_history(kUrl);
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  EXPECT_FALSE(sync.complete());
  EXPECT_EQ(world.held(), Ids{"new"});
}

TEST(RssHistory, IsNotAskedForAgainOnceAPageOfItWasMissing) {
  RssWorld world;
  world.site().put(kUrl, page("new", kOlder));
  world.sync_with_history(kUrl);
  world.site().asked.clear();
  const v1::Sync sync = world.sync_with_history(kUrl);
  EXPECT_TRUE(sync.complete());
  EXPECT_EQ(world.site().asked, Ids{kUrl});
}

TEST(RssHistory, WhatIsNewIsDeliveredWhileAnOlderPageFails) {
  RssWorld world;
  world.site().put(kUrl, page("new", kOlder));
  world.site().put(kOlder, page("old", kOldest));
  world.site().put(kOldest, 500, "");
  EXPECT_EQ(world.sync_with_history(kUrl).state(), v1::Sync::FAILED);
  EXPECT_EQ(world.held(), (Ids{"new", "old"}));
  world.site().put(kUrl, page("newer", kOlder));
  EXPECT_EQ(world.sync_with_history(kUrl).state(), v1::Sync::FAILED);
  world.crash(); // what it sent is not only at the receiver, it is committed
  world.site().asked.clear();
  world.site().put(kOldest, page("oldest"));
  const v1::Sync last = world.sync_with_history(kUrl);
  EXPECT_EQ(last.state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(last.counts().delivered(), 1);
  EXPECT_EQ(world.held(), (Ids{"new", "newer", "old", "oldest"}));
  EXPECT_EQ(world.site().asked, (Ids{kUrl, kOldest}));
}

TEST(RssHistory, ABrokenPageIsSaid) {
  RssWorld world;
  world.site().put(kUrl, page("new", kOlder));
  world.site().put(kOlder,
                   "<feed xmlns='http://www.w3.org/2005/Atom'>" + entry("old") + "<entry><id>cut</id>");
  const v1::Sync sync = world.sync_with_history(kUrl);
  EXPECT_EQ(world.held(), (Ids{"new", "old"}));
  EXPECT_FALSE(sync.complete());
}

std::string tombstone(const std::string& id, const std::string& when) {
  return "<at:deleted-entry ref='" + id + "' when='" + when + "'/>";
}

TEST(RssTombstones, TheYoungerOfAnEntryAndItsTombstoneCounts) {
  const std::string listed = entry("a", "<updated>2026-01-02T00:00:00Z</updated>");
  RssWorld world;
  world.site().put(kUrl, atom(listed + entry("b", "<updated>2026-01-02T00:00:00Z</updated>")));
  world.sync(kUrl);
  world.site().put(kUrl, atom(listed + tombstone("a", "2026-01-01T00:00:00Z") +
                              entry("b", "<updated>2026-01-02T00:00:00Z</updated>") +
                              tombstone("b", "2026-01-03T00:00:00Z")));
  EXPECT_EQ(world.sync(kUrl).counts().removed(), 1);
  EXPECT_EQ(world.held(), Ids{"a"});
  world.site().put(kUrl, atom(entry("b", "<updated>2026-01-04T00:00:00Z</updated>") +
                              tombstone("b", "2026-01-03T00:00:00Z")));
  world.sync(kUrl);
  EXPECT_EQ(world.held(), (Ids{"a", "b"})) << "published again";
}

TEST(RssTombstones, AnEntryWithoutADateThatIsListedIsNotDeleted) {
  RssWorld world;
  world.site().put(kUrl, atom(entry("a") + tombstone("a", "2026-01-01T00:00:00Z")));
  world.sync(kUrl);
  EXPECT_EQ(world.held(), Ids{"a"});
}

TEST(RssTombstones, WhatIsDeletedDoesNotComeBackWithTheHistory) {
  RssWorld world;
  world.site().put(kUrl, atom(entry("new") + tombstone("old", "2026-01-03T00:00:00Z") +
                              "<link rel='prev-archive' href='" + kOlder + "'/>"));
  world.site().put(kOlder, atom(entry("old", "<updated>2026-01-01T00:00:00Z</updated>") + entry("older")));
  world.sync_with_history(kUrl);
  EXPECT_EQ(world.held(), (Ids{"new", "older"}));
}

const std::string kMoved = "http://moved.example/feed";

TEST(RssMoved, TheSelectedAddressIsAskedAgainWhenTheRememberedOneIsNoFeedAnyMore) {
  const std::vector<std::function<void(Site&)>> ends = {
      [](Site& site) { site.refuse(kMoved); },
      [](Site& site) { site.put(kMoved, 410, ""); },
      [](Site& site) { site.put(kMoved, 404, ""); },
      [](Site& site) { site.put(kMoved, "<html><body>This domain is for sale</body></html>"); },
      [](Site& site) { site.put(kMoved, "for sale"); },
  };
  for (size_t i = 0; i < ends.size(); ++i) {
    SCOPED_TRACE(i);
    RssWorld world;
    world.site().redirect(kUrl, 301, kMoved);
    world.site().put(kMoved, page("a"));
    world.sync(kUrl);
    ASSERT_EQ(world.held(), Ids{"a"});
    ends[i](world.site());
    world.site().put(kUrl, page("b"));
    const v1::Sync sync = world.sync(kUrl);
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
    EXPECT_EQ(world.held(), (Ids{"a", "b"}));
    world.site().asked.clear();
    world.sync(kUrl);
    EXPECT_EQ(world.site().asked, Ids{kUrl}) << "what does not work is forgotten";
  }
}

TEST(RssRequests, AreCountedWithTheirRetriesWhereNoAnswerComes) {
  RssWorld world;
  world.site().refuse(kUrl);
  const v1::Sync sync = world.sync(kUrl);
  EXPECT_EQ(sync.error().reason(), "CONNECT_FAILED");
  EXPECT_EQ(sync.counts().requests(), 5);
  EXPECT_EQ(sync.counts().retries(), 4);
}

TEST(RssMoved, AServerErrorAtTheRememberedAddressForgetsNothing) {
  RssWorld world;
  world.site().redirect(kUrl, 301, kMoved);
  world.site().put(kMoved, page("a"));
  world.sync(kUrl);
  world.site().put(kMoved, 500, "");
  world.site().put(kUrl, page("stale"));
  EXPECT_EQ(world.sync(kUrl).state(), v1::Sync::FAILED);
  EXPECT_EQ(world.held(), Ids{"a"});
}

TEST(RssConditions, NotModifiedInAnswerToAnUnconditionalRequestIsAnError) {
  for (const v1::SyncMode mode : {v1::INCREMENTAL, v1::FULL}) {
    RssWorld world;
    world.site().put(kUrl, 200, page("a"), {{"ETag", "\"1\""}});
    if (mode == v1::FULL) world.sync(kUrl);
    world.site().put(kUrl, 304, "");
    const v1::Sync sync = world.sync(kUrl, mode);
    EXPECT_EQ(sync.state(), v1::Sync::FAILED);
    EXPECT_EQ(sync.error().reason(), "RSS_UNEXPECTED_STATUS");
  }
}

TEST(RssConditions, NotModifiedIsBelievedWhereItWasAskedFor) {
  RssWorld world;
  world.site().redirect(kUrl, 302, kMoved);
  world.site().put(kMoved, 200, page("a"), {{"ETag", "\"1\""}});
  world.sync(kUrl);
  world.site().put(kMoved, 304, "");
  const v1::Sync sync = world.sync(kUrl);
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  EXPECT_EQ(sync.counts().not_modified(), 1);
}

} // namespace
} // namespace circuit::feeds::rss::test
