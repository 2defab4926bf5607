// What a worker promises about its syncs, in virtual time.

#include <gtest/gtest.h>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

TEST(Engine, FirstSyncDeliversEverythingInOrder) {
  EngineWorld world;
  fill(world.source(), 10);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_TRUE(sync.complete());
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(sync.counts().listed(), 10);
  EXPECT_EQ(sync.counts().delivered(), 10);
  EXPECT_EQ(world.feed().document_count(), 10);
  int64_t last = 0;
  for (const auto& change : world.receiver().log) {
    EXPECT_GT(change.sequence(), last);
    last = change.sequence();
    EXPECT_EQ(change.epoch(), 1);
  }
}

TEST(Engine, WhoWatchesASyncSeesItsEndAtOnce) {
  EngineWorld world;
  fill(world.source(), 10);
  world.source().page_takes = std::chrono::milliseconds(10);
  const auto begin = world.loop().clock().steady_now();
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_LT(world.loop().clock().steady_now() - begin, std::chrono::milliseconds(100));
}

TEST(Engine, SecondSyncWithNothingNewDeliversNothingAndFetchesNoBody) {
  EngineWorld world;
  fill(world.source(), 10);
  world.sync();
  world.source().bodies_fetched = 0;
  const v1::Sync again = world.sync();
  EXPECT_EQ(again.counts().delivered(), 0);
  EXPECT_EQ(again.counts().unchanged(), 10);
  EXPECT_EQ(world.source().bodies_fetched, 0);
  EXPECT_EQ(world.receiver().log.size(), 10u);
}

TEST(Engine, AnEditIsDeliveredAndADeletionRemoved) {
  EngineWorld world;
  fill(world.source(), 10);
  world.sync();
  world.source().put("item-1003", "edited");
  world.source().erase("item-1007");
  const v1::Sync again = world.sync();
  EXPECT_EQ(again.counts().delivered(), 1);
  EXPECT_EQ(again.counts().removed(), 1);
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(world.feed().document_count(), 9);
}

TEST(Engine, AListingThatBreaksOffRemovesNothingAndIsResumedWhereItStopped) {
  EngineWorld world;
  fill(world.source(), 12);
  world.sync();
  world.source().fail_after_pages = 2;
  world.source().erase("item-1000");
  const v1::Sync broken = world.sync();
  EXPECT_EQ(broken.state(), v1::Sync::FAILED);
  EXPECT_EQ(broken.error().reason(), "LISTING_FAILED");
  EXPECT_EQ(broken.error().error_class(), "TRANSIENT");
  EXPECT_EQ(world.delivered().size(), 12u);
  world.source().fail_after_pages = -1;
  world.source().pages_listed = 0;
  world.sync();
  EXPECT_EQ(world.source().pages_listed, 2); // of four: two were checkpointed
  world.sync();
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(Engine, ACrashInMidSyncRepeatsAtMostAPageAndLosesNothing) {
  EngineWorld world;
  fill(world.source(), 12);
  world.source().page_takes = std::chrono::seconds(1);
  ASSERT_TRUE(world.start().ok());
  world.run_for(std::chrono::milliseconds(2500));
  world.crash();
  // The interrupted sync goes on by itself.
  world.run_for(std::chrono::seconds(30));
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_LE(world.receiver().log.size(), 12u + 3u);
  std::set<int64_t> sequences;
  for (const auto& change : world.receiver().log) sequences.insert(change.sequence());
  EXPECT_EQ(sequences.size(), world.receiver().log.size()) << "a sequence number was used twice";
}

// A page that arrives and whose checkpoint does not come to be, with what the source does before the next
// sync.
std::map<std::string, std::string> delivered_after_a_lost_page(
    EngineWorld& world, const std::function<void(Source&)>& meanwhile) {
  world.receiver().apply_before_failing = true;
  world.receiver().fail_deliveries = 1;
  EXPECT_EQ(world.sync().state(), v1::Sync::FAILED);
  world.crash();
  meanwhile(world.source());
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  return world.delivered();
}

TEST(Engine, WhatArrivedWithoutACheckpointAndWasDeletedMeanwhileIsRemoved) {
  EngineWorld world;
  fill(world.source(), 2);
  const auto delivered =
      delivered_after_a_lost_page(world, [](Source& source) { source.erase("item-1001"); });
  EXPECT_EQ(delivered, world.source().truth());
  EXPECT_EQ(world.feed().document_count(), 1);
}

TEST(Engine, AnEditThatArrivedWithoutACheckpointAndWasTakenBackMeanwhileIsTakenBack) {
  EngineWorld world;
  fill(world.source(), 2);
  world.sync();
  world.source().put("item-1001", "edited");
  const auto delivered = delivered_after_a_lost_page(
      world, [](Source& source) { source.put("item-1001", "text of item-1001"); });
  EXPECT_EQ(delivered, world.source().truth());
}

TEST(Engine, ADocumentThatIsBackAfterItsRemovalArrivedWithoutACheckpointIsDelivered) {
  EngineWorld world;
  fill(world.source(), 2);
  world.sync();
  world.source().erase("item-1001");
  const auto delivered = delivered_after_a_lost_page(
      world, [](Source& source) { source.put("item-1001", "text of item-1001"); });
  EXPECT_EQ(delivered, world.source().truth());
  EXPECT_EQ(world.feed().document_count(), 2);
}

TEST(Engine, AShutdownLeavesACleanCheckpointAndTheNextStartGoesOn) {
  EngineWorld world;
  fill(world.source(), 12);
  world.source().page_takes = std::chrono::seconds(1);
  const auto started = world.start();
  world.run_for(std::chrono::milliseconds(2500));
  world.restart();
  const v1::Sync ended = world.wait_for_end(started->name());
  EXPECT_EQ(ended.state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(world.receiver().log.size(), 12u);
}

TEST(Engine, OneBadObjectBecomesADeadLetterAndTheRestGoesOn) {
  EngineWorld world;
  fill(world.source(), 5);
  world.source().bad_items = {"item-1002"};
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(sync.counts().delivered(), 4);
  EXPECT_EQ(sync.counts().rejected(), 1);
  EXPECT_EQ(sync.counts().listed(), 5);
  v1::ListDeadLettersRequest list;
  list.set_feed("feeds/one");
  const auto letters = world.ask(world.engine().list_dead_letters(list));
  ASSERT_EQ(letters->dead_letters_size(), 1);
  EXPECT_EQ(letters->dead_letters(0).external_id(), "item-1002");
  EXPECT_EQ(letters->dead_letters(0).error().reason(), "ITEM_UNREADABLE");
  world.source().bad_items.clear();
  world.sync();
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(world.feed().dead_letter_count(), 0);
}

TEST(Engine, ABadObjectThatWasDeliveredBeforeIsNotSweptAway) {
  EngineWorld world;
  fill(world.source(), 5);
  world.sync();
  world.source().put("item-1002", "now broken");
  world.source().bad_items = {"item-1002"};
  world.sync();
  EXPECT_TRUE(world.delivered().contains("item-1002"));
}

TEST(Engine, WhatTheSinkRefusesIsADeadLetterOnceAndIsOfferedAgainOnlyWhenItChangesOrIsRetried) {
  EngineWorld world;
  fill(world.source(), 4);
  world.receiver().refuses = {"item-1001"};
  const v1::Sync first = world.sync();
  EXPECT_EQ(first.counts().rejected(), 1);
  EXPECT_EQ(first.counts().delivered(), 3);
  EXPECT_EQ(first.counts().listed(), 4);
  EXPECT_EQ(world.feed().dead_letter_count(), 1);
  world.receiver().refuses.clear();
  world.sync();
  EXPECT_FALSE(world.delivered().contains("item-1001"));
  v1::RetryDeadLettersRequest retry;
  retry.set_feed("feeds/one");
  const auto started = world.ask(world.engine().retry_dead_letters(retry));
  ASSERT_TRUE(started.ok());
  world.wait_for_end(started->name());
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(world.feed().dead_letter_count(), 0);
}

TEST(Engine, ASinkThatFailsFailsTheSyncAndTheNextOneDeliversWhatIsMissing) {
  EngineWorld world;
  fill(world.source(), 9);
  for (const bool applied : {false, true}) {
    world.receiver().fail_deliveries = 1;
    world.receiver().apply_before_failing = applied;
    for (auto& [id, text] : world.source().truth()) world.source().put(id, text + (applied ? " b" : " a"));
    const v1::Sync failed = world.sync();
    EXPECT_EQ(failed.state(), v1::Sync::FAILED);
    EXPECT_EQ(failed.error().reason(), "SINK_FAILED");
    EXPECT_EQ(failed.counts().delivered(), 0) << "none of it was acknowledged";
    EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
    world.sync();
    EXPECT_EQ(world.delivered(), world.source().truth());
  }
}

TEST(Engine, AStoreThatFailsFailsTheSyncAndNothingIsForgotten) {
  EngineWorld world;
  fill(world.source(), 9);
  world.source().page_takes = std::chrono::seconds(1);
  const auto started = world.start();
  ASSERT_TRUE(started.ok());
  world.run_for(std::chrono::milliseconds(1500));
  world.store_faults().disk_full = true;
  const v1::Sync failed = world.wait_for_end(started->name());
  EXPECT_EQ(failed.state(), v1::Sync::FAILED);
  EXPECT_EQ(failed.error().reason(), "DISK_FULL");
  world.store_faults().disk_full = false;
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  world.sync();
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(Engine, AMassRemovalIsHeldUntilItIsConfirmed) {
  EngineWorld world;
  world.source().page_size = 50;
  fill(world.source(), 300);
  world.sync();
  for (int i = 0; i < 200; ++i) world.source().erase("item-" + std::to_string(1000 + i));
  const v1::Sync held = world.sync();
  EXPECT_EQ(held.state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(held.held_removals().would_remove(), 200);
  EXPECT_EQ(held.held_removals().of_documents(), 300);
  EXPECT_EQ(world.delivered().size(), 300u);
  EXPECT_EQ(world.feed().state(), v1::Feed::REMOVALS_HELD);

  v1::ConfirmRemovalsRequest confirm;
  confirm.set_feed("feeds/one");
  confirm.set_token("another");
  EXPECT_EQ(world.ask(world.engine().confirm_removals(confirm)).error().reason, "NO_SUCH_HELD_REMOVALS");
  confirm.set_token(held.held_removals().token());
  const auto sync = world.ask(world.engine().confirm_removals(confirm));
  ASSERT_TRUE(sync.ok()) << sync.error().message;
  EXPECT_EQ(world.wait_for_end(sync->name()).counts().removed(), 200);
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(world.feed().state(), v1::Feed::ACTIVE);
}

TEST(Engine, AHeldRemovalIsForgottenWhenTheDocumentsComeBack) {
  EngineWorld world;
  world.source().page_size = 50;
  fill(world.source(), 300);
  world.sync();
  const auto before = world.source().truth();
  for (int i = 0; i < 200; ++i) world.source().erase("item-" + std::to_string(1000 + i));
  world.sync();
  for (const auto& [id, text] : before) world.source().put(id, text);
  world.sync();
  EXPECT_EQ(world.feed().state(), v1::Feed::ACTIVE);
  EXPECT_EQ(world.delivered(), before);
}

TEST(Engine, ASecondStartOfARunningFeedIsRefusedWithTheSyncThatRuns) {
  EngineWorld world;
  fill(world.source(), 3);
  world.source().page_takes = std::chrono::seconds(5);
  const auto first = world.start();
  const auto second = world.start();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "SYNC_ALREADY_RUNNING");
  EXPECT_EQ(second.error().metadata.at("sync"), first->name());
  EXPECT_EQ(world.wait_for_end(first->name()).state(), v1::Sync::SUCCEEDED);
}

TEST(Engine, TheSameRequestIdGetsTheSameSyncAlsoAfterARestart) {
  EngineWorld world;
  fill(world.source(), 3);
  const auto first = world.start(v1::INCREMENTAL, "feeds/one", "request-1");
  world.wait_for_end(first->name());
  EXPECT_EQ(world.start(v1::INCREMENTAL, "feeds/one", "request-1")->name(), first->name());
  world.restart();
  EXPECT_EQ(world.start(v1::INCREMENTAL, "feeds/one", "request-1")->name(), first->name());
  EXPECT_EQ(world.start(v1::FULL, "feeds/one", "request-1").error().reason, "REQUEST_ID_REUSED");
}

TEST(Engine, CancellingStopsAtACheckpointAndTheNextSyncGoesOn) {
  EngineWorld world;
  fill(world.source(), 12);
  world.source().page_takes = std::chrono::seconds(1);
  const auto started = world.start();
  world.run_for(std::chrono::milliseconds(2500));
  v1::CancelSyncRequest cancel;
  cancel.set_name(started->name());
  ASSERT_TRUE(world.ask(world.engine().cancel_sync(cancel)).ok());
  const v1::Sync ended = world.wait_for_end(started->name());
  EXPECT_EQ(ended.state(), v1::Sync::CANCELLED);
  world.source().page_takes = Duration(0);
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.delivered(), world.source().truth());
  EXPECT_EQ(world.receiver().log.size(), 12u);
}

TEST(Engine, AResetDeliversEverythingAgainUnderANewEpoch) {
  EngineWorld world;
  fill(world.source(), 4);
  world.sync();
  v1::ResetFeedRequest reset;
  reset.set_name("feeds/one");
  const auto feed = world.ask(world.engine().reset_feed(reset));
  ASSERT_TRUE(feed.ok());
  EXPECT_EQ(feed->epoch(), 2);
  EXPECT_EQ(world.sync().counts().delivered(), 4);
  EXPECT_EQ(world.receiver().log.back().epoch(), 2);
}

TEST(Engine, ResendDeliversEverythingAgainInTheSameEpoch) {
  EngineWorld world;
  fill(world.source(), 4);
  world.sync();
  EXPECT_EQ(world.sync(v1::FULL).counts().delivered(), 0);
  EXPECT_EQ(world.sync(v1::RESEND).counts().delivered(), 4);
  EXPECT_EQ(world.feed().document_count(), 4);
}

TEST(Engine, ResendReachesASinkThatKeepsOnlyWhatIsCommitted) {
  EngineWorld world;
  world.receiver().takes_back = true;
  fill(world.source(), 4);
  world.sync();
  ASSERT_EQ(world.delivered(), world.source().truth());
  for (int again = 0; again < 2; ++again) {
    world.receiver().documents.clear(); // somebody moved the file away
    const v1::Sync resent = world.sync(v1::RESEND);
    EXPECT_EQ(resent.counts().delivered(), 4);
    EXPECT_EQ(world.delivered(), world.source().truth());
  }
}

TEST(Engine, AThrottledSourceParksTheSyncUntilTheTimeItNamedAndHeartbeatsSaySo) {
  EngineWorld world;
  fill(world.source(), 3);
  const SystemTime until = world.loop().clock().now() + std::chrono::minutes(5);
  world.source().throttled_until = until;
  const auto started = world.start();
  world.run_for(std::chrono::minutes(1));
  v1::GetSyncRequest get;
  get.set_name(started->name());
  const auto parked = world.ask(world.engine().get_sync(get));
  EXPECT_EQ(parked->state(), v1::Sync::RUNNING);
  EXPECT_EQ(parked->parked_until().seconds(),
            std::chrono::floor<std::chrono::seconds>(until).time_since_epoch().count());
  EXPECT_GT(parked->heartbeat_at().seconds(), parked->started_at().seconds() + 50);
  EXPECT_EQ(world.engine().gauges().running, 0u) << "a parked sync holds no place";
  EXPECT_EQ(world.engine().gauges().parked, 1u);
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
  EXPECT_GE(world.loop().clock().now(), until);
}

TEST(Engine, AThrottleBeyondTheParkLimitEndsTheSyncWithItsTime) {
  EngineWorld world;
  world.source().throttled_until = world.loop().clock().now() + std::chrono::hours(2);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::FAILED);
  EXPECT_EQ(sync.error().error_class(), "THROTTLED");
}

TEST(Engine, MemoryOnItsWayToASlowSinkStaysWithinTheCredit) {
  EngineOptions options = EngineWorld::default_options();
  options.delivery_credit_bytes = 20'000;
  options.batch_max_bytes = 5'000;
  EngineWorld world(options);
  world.receiver().takes = std::chrono::seconds(2);
  world.source().page_size = 100;
  for (int i = 0; i < 200; ++i) world.source().put("i" + std::to_string(1000 + i), std::string(1000, 'x'));
  for (const char* name : {"feeds/a", "feeds/b", "feeds/c"})
    ASSERT_TRUE(world.start(v1::INCREMENTAL, name).ok());
  world.run_for(std::chrono::minutes(30));
  EXPECT_EQ(world.delivered().size(), 200u);
  EXPECT_LE(world.receiver().outstanding_peak, 20'000u);
  EXPECT_LE(world.engine().gauges().delivery_bytes_peak, 20'000u);
  EXPECT_EQ(world.engine().gauges().delivery_bytes, 0u);
}

TEST(Engine, ADeletedFeedIsForgottenAndItsDocumentsStay) {
  EngineWorld world;
  fill(world.source(), 3);
  world.sync();
  v1::DeleteFeedRequest request;
  request.set_name("feeds/one");
  ASSERT_TRUE(world.ask(world.engine().delete_feed(request)).ok());
  EXPECT_EQ(world.delivered().size(), 3u);
  v1::GetFeedRequest get;
  get.set_name("feeds/one");
  EXPECT_EQ(world.ask(world.engine().get_feed(get)).error().reason, "FEED_NOT_FOUND");
}

TEST(Engine, ListsPageThroughFeedsAndSyncsNewestFirst) {
  EngineWorld world;
  fill(world.source(), 1);
  for (int i = 0; i < 5; ++i) world.sync(v1::INCREMENTAL, "feeds/f" + std::to_string(i));
  v1::ListFeedsRequest feeds;
  feeds.set_page_size(2);
  std::set<std::string> names;
  int pages = 0;
  do {
    const auto page = world.ask(world.engine().list_feeds(feeds));
    ASSERT_TRUE(page.ok());
    for (const auto& feed : page->feeds()) names.insert(feed.name());
    feeds.set_page_token(page->next_page_token());
    ++pages;
  } while (!feeds.page_token().empty());
  EXPECT_EQ(names.size(), 5u);
  EXPECT_EQ(pages, 3);
  v1::ListSyncsRequest syncs;
  const auto all = world.ask(world.engine().list_syncs(syncs));
  ASSERT_EQ(all->syncs_size(), 5);
  EXPECT_EQ(all->syncs(0).feed(), "feeds/f4");
}

TEST(Engine, BadRequestsAreRefusedWithAReasonAndChangeNothing) {
  EngineWorld world;
  v1::StartSyncRequest request;
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "SYNC_TARGET_MISSING");
  request.set_feed("feeds/none");
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "FEED_NOT_FOUND");
  *request.mutable_inline_feed() = world.inline_feed("feeds/UPPER");
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "FEED_NAME_MALFORMED");
  *request.mutable_inline_feed() = world.inline_feed("feeds/one");
  request.mutable_inline_feed()->set_provider("fax");
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "PROVIDER_UNKNOWN");
  *request.mutable_inline_feed() = world.inline_feed("feeds/one");
  request.mutable_inline_feed()->set_sink("pigeon:");
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "SINK_UNKNOWN");
  request.mutable_inline_feed()->set_sink("test:");
  request.set_priority(11);
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "PRIORITY_OUT_OF_RANGE");
  request.set_priority(0);
  auto* interval = request.mutable_inline_feed()->mutable_poll_interval();
  interval->set_seconds(1);
  for (const int nanos : {-1, 1'000'000'000}) {
    interval->set_nanos(nanos);
    EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "POLL_INTERVAL_TOO_SHORT");
  }
  interval->set_nanos(0);
  interval->set_seconds(367 * 24 * 3600);
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "POLL_INTERVAL_TOO_LONG");
  interval->set_seconds(366 * 24 * 3600);
  request.set_validate_only(true);
  EXPECT_TRUE(world.ask(world.engine().start_sync(request)).ok());
  v1::ListFeedsRequest feeds;
  EXPECT_EQ(world.ask(world.engine().list_feeds(feeds))->feeds_size(), 0);
}

TEST(Engine, AFeedThatAsksForMetadataAloneIsDeliveredNoText) {
  EngineWorld world;
  world.source().put("a", "a secret");
  v1::StartSyncRequest request;
  *request.mutable_inline_feed() = world.inline_feed("feeds/one");
  request.mutable_inline_feed()->set_content(v1::CONTENT_NONE);
  ASSERT_TRUE(world.ask(world.engine().start_sync(request)).ok());
  world.run_for(std::chrono::minutes(1));
  ASSERT_EQ(world.receiver().documents.size(), 1u);
  const v1::Document& document = world.receiver().documents.begin()->second;
  EXPECT_EQ(document.text(), "");
  EXPECT_EQ(document.metadata().at("content.omitted"), "not asked for");
  request.mutable_inline_feed()->set_content(static_cast<v1::ContentPolicy>(99));
  EXPECT_EQ(world.ask(world.engine().start_sync(request)).error().reason, "CONTENT_POLICY_UNKNOWN");
}

TEST(Engine, AnUpdateThatNamesNoFieldIsRefused) {
  EngineWorld world;
  world.sync();
  v1::UpdateFeedRequest update;
  update.mutable_feed()->set_name("feeds/one");
  update.mutable_feed()->set_state(v1::Feed::PAUSED);
  EXPECT_EQ(world.ask(world.engine().update_feed(update)).error().reason, "NOTHING_TO_UPDATE");
}

TEST(Engine, FeedsOfOneHostDoNotKeepAnotherWaiting) {
  EngineOptions options = EngineWorld::default_options();
  options.max_running_syncs = 4;
  options.max_running_per_key = 2;
  EngineWorld world(options);
  world.source().page_takes = std::chrono::seconds(10);
  fill(world.source(), 1);
  std::string last;
  for (int i = 0; i < 20; ++i) {
    v1::StartSyncRequest request;
    *request.mutable_inline_feed() = world.inline_feed("feeds/busy" + std::to_string(i));
    request.mutable_inline_feed()->mutable_rss()->set_url("https://busy.test/");
    ASSERT_TRUE(world.ask(world.engine().start_sync(request)).ok());
  }
  const v1::Sync other = world.sync(v1::INCREMENTAL, "feeds/other");
  EXPECT_LE(other.ended_at().seconds() - other.created_at().seconds(), 25);
}

} // namespace
} // namespace circuit::sync::testing
