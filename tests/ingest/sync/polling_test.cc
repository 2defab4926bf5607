// Syncs that nobody asks for: when they come, when not, and what waits for them.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

using std::chrono::minutes;

TEST(Polling, APolledFeedIsSyncedWithoutBeingAskedAndStopsWhenPaused) {
  EngineWorld world;
  fill(world.source(), 3);
  v1::CreateFeedRequest create;
  *create.mutable_feed() = world.inline_feed("feeds/polled");
  create.mutable_feed()->mutable_poll_interval()->set_seconds(600);
  ASSERT_TRUE(world.ask(world.engine().create_feed(create)).ok());
  world.run_for(std::chrono::minutes(5));
  EXPECT_EQ(world.delivered(), world.source().truth());
  world.source().put("new", "news");
  world.run_for(std::chrono::minutes(15));
  EXPECT_EQ(world.delivered(), world.source().truth());
  world.restart();
  world.source().put("newer", "news");
  world.run_for(std::chrono::minutes(15));
  EXPECT_EQ(world.delivered(), world.source().truth());

  v1::UpdateFeedRequest pause;
  pause.mutable_feed()->set_name("feeds/polled");
  pause.mutable_feed()->set_state(v1::Feed::PAUSED);
  pause.mutable_update_mask()->add_paths("state");
  ASSERT_TRUE(world.ask(world.engine().update_feed(pause)).ok());
  world.source().put("unseen", "news");
  world.run_for(std::chrono::hours(5));
  EXPECT_FALSE(world.delivered().contains("unseen"));
}

TEST(Polling, AClockThatRanAheadPutsNoPollOff) {
  for (const bool restarts : {false, true}) {
    EngineWorld world;
    v1::CreateFeedRequest create;
    *create.mutable_feed() = world.inline_feed("feeds/polled");
    create.mutable_feed()->mutable_poll_interval()->set_seconds(600);
    world.loop().jump_wall_clock(std::chrono::hours(24 * 3650));
    ASSERT_TRUE(world.ask(world.engine().create_feed(create)).ok());
    world.run_for(std::chrono::minutes(15));
    if (restarts) world.shut_down();
    world.loop().jump_wall_clock(-std::chrono::hours(24 * 3650));
    if (restarts) world.restart();
    fill(world.source(), 2);
    world.run_for(std::chrono::minutes(15));
    EXPECT_EQ(world.delivered(), world.source().truth()) << restarts;
  }
}

TEST(Polling, AFailingPolledFeedIsTriedLessAndLessOftenAndRecoversByItself) {
  EngineWorld world;
  world.source().fail_after_pages = 0;
  v1::CreateFeedRequest create;
  *create.mutable_feed() = world.inline_feed("feeds/polled");
  create.mutable_feed()->mutable_poll_interval()->set_seconds(60);
  ASSERT_TRUE(world.ask(world.engine().create_feed(create)).ok());
  int tries = 0;
  world.source().before_page = [&](int) { ++tries; };
  world.run_for(std::chrono::hours(24));
  EXPECT_GE(tries, 8);
  EXPECT_LE(tries, 20);
  world.source().fail_after_pages = -1;
  fill(world.source(), 2);
  world.run_for(std::chrono::hours(8));
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(Polling, ASourceThatEndedIsNotPolledAndSaysWhy) {
  EngineWorld world;
  fill(world.source(), 2);
  world.source().ended = "410 Gone";
  world.sync();
  EXPECT_EQ(world.feed().state(), v1::Feed::ENDED);
  EXPECT_EQ(world.feed().state_reason(), "410 Gone");
  EXPECT_EQ(world.start().error().reason, "FEED_ENDED");
  world.source().ended.clear();
  EXPECT_EQ(world.sync(v1::FULL).state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.feed().state(), v1::Feed::ACTIVE);
}

// A worker with one place, which a slow feed has: the polls that fall due wait for their turns.
class WaitingPolls : public ::testing::Test {
 protected:
  static EngineOptions one_place() {
    EngineOptions options = EngineWorld::default_options();
    options.max_running_syncs = 1;
    return options;
  }

  WaitingPolls() {
    world.source().instead = [this](Pull& pull) { return read(&pull); };
    EXPECT_TRUE(world.start(v1::INCREMENTAL, kSlow).ok());
  }

  Task<void> read(Pull* pull) {
    const std::string& feed = pull->settings().name();
    pulled.push_back(feed);
    if (feed == kSlow) co_await world.loop().clock().sleep_for(minutes(30));
  }

  void poll(const std::string& name, const std::string& url = "https://one.test/") {
    v1::CreateFeedRequest create;
    *create.mutable_feed() = world.inline_feed(name);
    create.mutable_feed()->mutable_rss()->set_url(url);
    create.mutable_feed()->mutable_poll_interval()->set_seconds(24 * 3600);
    ASSERT_TRUE(world.ask(world.engine().create_feed(create)).ok());
  }
  auto pulls_of(const std::string& feed) { return std::count(pulled.begin(), pulled.end(), feed); }

  static constexpr const char* kSlow = "feeds/slow";
  EngineWorld world{one_place()};
  std::vector<std::string> pulled; // feeds, as they were read
};

TEST_F(WaitingPolls, AreMadeWhenThereIsAPlace) {
  poll("feeds/one");
  poll("feeds/two");
  EXPECT_EQ(world.engine().gauges().queued, 2u);
  world.run_for(minutes(29));
  EXPECT_EQ(pulled, std::vector<std::string>{kSlow});
  world.run_for(minutes(2));
  EXPECT_EQ(pulled, (std::vector<std::string>{kSlow, "feeds/one", "feeds/two"}));
}

TEST_F(WaitingPolls, AreNoSyncsYetSoThatTheirFeedsCanBeSynced) {
  poll("feeds/one");
  world.run_for(minutes(1));
  const v1::ListSyncsRequest list;
  EXPECT_EQ(world.ask(world.engine().list_syncs(list))->syncs_size(), 1);
  v1::StartSyncRequest start;
  start.set_feed("feeds/one");
  const auto asked_for = world.ask(world.engine().start_sync(start));
  ASSERT_TRUE(asked_for.ok()) << asked_for.error().to_string();
  EXPECT_EQ(world.wait_for_end(asked_for->name()).state(), v1::Sync::SUCCEEDED);
  world.run_for(minutes(60));
  EXPECT_EQ(pulls_of("feeds/one"), 1) << "which its poll is not made besides";
  world.run_for(std::chrono::hours(27));
  EXPECT_EQ(pulls_of("feeds/one"), 2);
}

TEST_F(WaitingPolls, OfFeedsThatArePausedOrDeletedAreNotMade) {
  poll("feeds/paused");
  poll("feeds/deleted");
  world.run_for(minutes(1));
  v1::Feed paused = world.get_feed("feeds/paused");
  paused.set_state(v1::Feed::PAUSED);
  ASSERT_TRUE(world.update(paused, {"state"}).ok());
  v1::DeleteFeedRequest request;
  request.set_name("feeds/deleted");
  ASSERT_TRUE(world.ask(world.engine().delete_feed(request)).ok());
  world.run_for(std::chrono::hours(2));
  EXPECT_EQ(pulled, std::vector<std::string>{kSlow});

  paused.set_state(v1::Feed::ACTIVE);
  ASSERT_TRUE(world.update(paused, {"state"}).ok());
  poll("feeds/deleted"); // once more, under the same name
  world.run_for(minutes(1));
  EXPECT_EQ(pulls_of("feeds/paused"), 1);
  EXPECT_EQ(pulls_of("feeds/deleted"), 1);
}

TEST_F(WaitingPolls, OfOneHostDoNotKeepThoseOfAnotherWaiting) {
  for (int i = 0; i < 50; ++i) poll("feeds/busy" + std::to_string(i), "https://busy.test/");
  poll("feeds/other", "https://other.test/");
  world.run_for(minutes(31));
  const auto other = std::find(pulled.begin(), pulled.end(), "feeds/other");
  EXPECT_LE(other - pulled.begin(), 3);
  EXPECT_EQ(pulled.size(), 52u);
}

} // namespace
} // namespace circuit::sync::testing
