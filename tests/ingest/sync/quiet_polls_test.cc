// Polls that found nothing: what is seen of them, and what of them survives.

#include <gtest/gtest.h>

#include <set>

#include "ingest/state/layout.h"
#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class QuietPolls : public ::testing::Test {
 protected:
  QuietPolls() {
    world.source().instead = [this](Pull&) -> Task<void> { return pull(); };
  }

  Task<void> pull() {
    ++pulls;
    co_return;
  }

  void create(const std::string& name, Duration interval) {
    v1::CreateFeedRequest request;
    *request.mutable_feed() = world.inline_feed(name);
    request.mutable_feed()->mutable_poll_interval()->set_seconds(
        std::chrono::duration_cast<seconds>(interval).count());
    ASSERT_TRUE(world.ask(world.engine().create_feed(std::move(request))).ok());
  }

  size_t stored_syncs() {
    state::ScanRequest scan{state::Table::kRuns, "", "", 100};
    auto rows = world.ask(world.store().scan(scan));
    return rows ? rows->size() : 1000;
  }

  Result<v1::Sync> get_sync(const std::string& name) {
    v1::GetSyncRequest request;
    request.set_name(name);
    return world.ask(world.engine().get_sync(std::move(request)));
  }

  // All of them, a page at a time.
  std::vector<std::string> list_syncs(const std::string& feed, int page_size) {
    std::vector<std::string> names;
    v1::ListSyncsRequest request;
    request.set_feed(feed);
    request.set_page_size(page_size);
    do {
      auto page = world.ask(world.engine().list_syncs(request));
      EXPECT_TRUE(page.ok());
      if (!page) break;
      EXPECT_LE(page->syncs_size(), page_size);
      for (const auto& sync : page->syncs()) names.push_back(sync.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  SystemTime due(const std::string& feed) {
    return SystemTime(seconds(world.get_feed(feed).next_sync_at().seconds()));
  }

  EngineWorld world;
  int pulls = 0;
};

TEST_F(QuietPolls, IsShownAsAnyOtherSyncAndNotWritten) {
  create("feeds/one", seconds(10));
  world.run_for(seconds(45));
  EXPECT_GE(pulls, 4);
  EXPECT_EQ(stored_syncs(), 0u);
  const std::string last = world.feed().last_sync();
  const auto sync = get_sync(last);
  ASSERT_TRUE(sync.ok());
  EXPECT_EQ(sync->state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(list_syncs("feeds/one", 10), std::vector<std::string>{last});
  EXPECT_EQ(list_syncs("", 10), std::vector<std::string>{last});
  EXPECT_GT(due("feeds/one"), world.loop().clock().now());
}

TEST_F(QuietPolls, IsWrittenWithinAMinute) {
  create("feeds/one", minutes(10));
  world.run_for(seconds(61));
  EXPECT_EQ(stored_syncs(), 1u);
  const std::string last = world.feed().last_sync();
  world.crash();
  EXPECT_EQ(world.feed().last_sync(), last);
  EXPECT_TRUE(get_sync(last).ok());
  world.run_for(minutes(5));
  EXPECT_EQ(pulls, 1);
}

TEST_F(QuietPolls, OfSeveralBetweenTwoWritesTheLastIsKept) {
  create("feeds/one", seconds(10));
  world.run_for(minutes(5) + seconds(1));
  EXPECT_GE(pulls, 25);
  EXPECT_LE(stored_syncs(), 5u);
}

TEST_F(QuietPolls, ACrashBeforeItIsWrittenHasTheFeedPolledOnceMore) {
  create("feeds/one", minutes(10));
  world.run_for(seconds(30));
  EXPECT_EQ(pulls, 1);
  world.crash();
  world.run_for(seconds(30));
  EXPECT_EQ(pulls, 2);
}

TEST_F(QuietPolls, ACleanStopWritesItAndTheFeedIsNotPolledAgainBeforeItsTime) {
  create("feeds/one", minutes(10));
  world.run_for(seconds(30));
  const std::string last = world.feed().last_sync();
  world.restart();
  EXPECT_EQ(world.feed().last_sync(), last);
  world.run_for(minutes(5));
  EXPECT_EQ(pulls, 1);
}

TEST_F(QuietPolls, AreListedAmongTheOthersInOrderWhateverThePageSize) {
  for (const char* name : {"feeds/a", "feeds/b", "feeds/c"}) world.sync(v1::INCREMENTAL, name);
  for (const char* name : {"feeds/d", "feeds/e"}) create(name, minutes(10));
  world.run_for(seconds(30));
  world.sync(v1::INCREMENTAL, "feeds/f");
  const std::vector<std::string> all = list_syncs("", 100);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end())); // newest first, by their names
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 6u);
  for (const int size : {1, 2, 3, 5}) EXPECT_EQ(list_syncs("", size), all) << size;
}

TEST_F(QuietPolls, ASyncIsListedOnceWhileItRunsWhetherOrNotSomebodyAskedForIt) {
  world.source().instead = nullptr;
  world.source().put("a", "text");
  world.source().page_takes = minutes(2);
  create("feeds/polled", minutes(10));
  ASSERT_TRUE(world.start(v1::INCREMENTAL, "feeds/asked").ok());
  world.run_for(seconds(5));
  EXPECT_EQ(list_syncs("feeds/polled", 10).size(), 1u);
  EXPECT_EQ(list_syncs("feeds/asked", 10).size(), 1u);
  for (const int size : {1, 2, 10}) EXPECT_EQ(list_syncs("", size).size(), 2u) << size;
}

TEST_F(QuietPolls, IsNotKeptBeyondTheNextSyncThatWrites) {
  create("feeds/one", minutes(10));
  world.run_for(seconds(30));
  const v1::Sync asked = world.sync();
  EXPECT_EQ(world.feed().last_sync(), asked.name());
  EXPECT_EQ(list_syncs("feeds/one", 10), std::vector<std::string>{asked.name()});
}

TEST_F(QuietPolls, IsGoneWithItsFeed) {
  create("feeds/one", minutes(10));
  world.run_for(seconds(30));
  const std::string last = world.feed().last_sync();
  v1::DeleteFeedRequest request;
  request.set_name("feeds/one");
  ASSERT_TRUE(world.ask(world.engine().delete_feed(std::move(request))).ok());
  EXPECT_EQ(get_sync(last).error().reason, "SYNC_NOT_FOUND");
}

TEST_F(QuietPolls, APollThatDeliversIsWrittenAtOnce) {
  world.source().instead = nullptr;
  world.source().put("a", "text");
  create("feeds/one", minutes(10));
  world.run_for(seconds(30));
  EXPECT_EQ(stored_syncs(), 1u);
}

TEST_F(QuietPolls, AStoreThatCannotBeWrittenIsAskedAgain) {
  create("feeds/one", minutes(10));
  world.run_for(seconds(30));
  world.store_faults().disk_full = true;
  world.run_for(seconds(45));
  EXPECT_EQ(stored_syncs(), 0u);
  world.store_faults().disk_full = false;
  EXPECT_FALSE(world.warnings.empty());
  world.run_for(minutes(1));
  EXPECT_EQ(stored_syncs(), 1u);
}

} // namespace
} // namespace circuit::sync::testing
