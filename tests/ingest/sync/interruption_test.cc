// What a sync, or a request, may be interrupted by, and what must be left of it then. Each of these was once
// found by the simulation (docs/reliability.md).

#include <gtest/gtest.h>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

v1::UpdateFeedRequest poll_every(const std::string& feed, int64_t interval) {
  v1::UpdateFeedRequest request;
  request.mutable_feed()->set_name(feed);
  request.mutable_feed()->mutable_poll_interval()->set_seconds(interval);
  request.mutable_update_mask()->add_paths("poll_interval");
  return request;
}

TEST(Interruption, AFeedThatIsDeletedAndCreatedAgainGoesOnUnderAHigherEpoch) {
  EngineWorld world;
  fill(world.source(), 3);
  world.sync();
  v1::DeleteFeedRequest request;
  request.set_name("feeds/one");
  ASSERT_TRUE(world.ask(world.engine().delete_feed(request)).ok());
  world.sync();
  EXPECT_EQ(world.receiver().log.front().epoch(), 1);
  EXPECT_EQ(world.receiver().log.back().epoch(), 2);
}

TEST(Interruption, ACrashAtTheEndOfAListingNeverMakesItsLastPageTheWhole) {
  // A commit takes a tenth of a millisecond at least.
  for (Duration at{0}; at < milliseconds(30); at += Duration(50)) {
    EngineWorld world;
    fill(world.source(), 7);
    // Another past each time, and with it another fate of what is not synced.
    for (int64_t syncs = 0; syncs <= at.count() / 50 % 4; ++syncs) world.sync();
    world.source().erase("item-1001");
    world.receiver().log.clear();
    ASSERT_TRUE(world.start().ok());
    world.run_for(at);
    world.crash();
    world.run_for(seconds(30));
    world.sync();
    world.sync();
    EXPECT_EQ(world.delivered(), world.source().truth()) << at.count() << " us";
    for (const auto& change : world.receiver().log) {
      const bool gone = change.external_id() == "item-1001";
      EXPECT_TRUE(change.kind() != v1::Change::REMOVE || gone)
          << change.external_id() << " " << at.count() << " us";
    }
  }
}

TEST(Interruption, ADocumentWhoseNewVersionTheSinkRefusesKeepsItsOldOneThere) {
  EngineWorld world;
  fill(world.source(), 5);
  world.sync();
  world.source().put("item-1002", "a text that is not wanted");
  world.receiver().refuses = {"item-1002"};
  for (int syncs = 0; syncs < 3; ++syncs) world.sync();
  EXPECT_EQ(world.delivered()["item-1002"], "text of item-1002");
  world.receiver().refuses.clear();
  world.source().erase("item-1002");
  world.sync();
  EXPECT_FALSE(world.delivered().contains("item-1002"));
}

TEST(Interruption, ASyncThatIsCancelledWhileItsSinkIsOpenedLeavesTheSinkToOthers) {
  EngineOptions options = WorkerWorld::default_options();
  options.shutdown_grace = seconds(1);
  EngineWorld world(options);
  fill(world.source(), 5);
  world.receiver().opening_takes = minutes(5);
  const auto started = world.start();
  ASSERT_TRUE(started.ok());
  world.run_for(seconds(1));
  v1::CancelSyncRequest request;
  request.set_name(started->name());
  ASSERT_TRUE(world.ask(world.engine().cancel_sync(request)).ok());
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::CANCELLED);
  world.receiver().opening_takes = Duration(0);
  ASSERT_TRUE(world.start().ok());
  world.run_for(minutes(1));
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(Interruption, APollIntervalThatIsSetDuringASyncCountsFromItsEnd) {
  EngineWorld world;
  fill(world.source(), 9);
  world.source().page_takes = seconds(1);
  const auto started = world.start();
  ASSERT_TRUE(started.ok());
  world.run_for(milliseconds(1500));
  ASSERT_TRUE(world.ask(world.engine().update_feed(poll_every("feeds/one", 60))).ok());
  world.wait_for_end(started->name());
  world.source().put("item-2000", "new");
  world.run_for(minutes(3));
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(Interruption, APollThatFindsTheStoreInABadMomentIsTriedAgain) {
  EngineWorld world;
  fill(world.source(), 3);
  world.sync();
  ASSERT_TRUE(world.ask(world.engine().update_feed(poll_every("feeds/one", 60))).ok());
  world.run_for(seconds(10));
  world.store_faults().read_error = 1;
  world.run_for(minutes(3));
  world.store_faults().read_error = 0;
  world.source().put("item-2000", "new");
  world.run_for(minutes(10));
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(Interruption, TheEndOfASyncIsSeenWhileTheDiskIsFullAndWrittenWhenItIsNot) {
  EngineWorld world;
  fill(world.source(), 9);
  world.source().page_takes = seconds(1);
  const auto started = world.start();
  ASSERT_TRUE(started.ok());
  world.run_for(milliseconds(1500));
  world.store_faults().disk_full = true;
  world.run_for(seconds(20));
  v1::GetSyncRequest request;
  request.set_name(started->name());
  EXPECT_EQ(world.ask(world.engine().get_sync(request))->state(), v1::Sync::FAILED);
  world.store_faults().disk_full = false;
  world.run_for(minutes(2));
  world.restart();
  EXPECT_EQ(world.ask(world.engine().get_sync(request))->error().reason(), "DISK_FULL");
}

} // namespace
} // namespace circuit::sync::testing
