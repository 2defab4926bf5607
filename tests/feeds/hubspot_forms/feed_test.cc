// What the acceptance suite cannot ask of every provider: walks, watermarks, backdated and erased
// submissions.

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/feeds/hubspot_forms/hubspot_world.h"

namespace circuit::feeds::hubspot_forms {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(HubSpotFormsFeed, ARecentWalkReadsDownToTheWatermarkAndNoFurther) {
  HubSpotWorld world;
  for (int i = 0; i < 100; ++i) world.submit(world.now() - hours(24 * 60) + hours(i));
  ASSERT_EQ(world.sync().counts().delivered(), 100);
  world.run_for(hours(3));
  world.submit_many(6);
  const uint64_t before = world.requests();
  EXPECT_EQ(world.sync().counts().delivered(), 6);
  EXPECT_LE(world.requests() - before, 3u) << "the forms, and two pages of submissions";
}

TEST(HubSpotFormsFeed, ASubmissionThatIsBackdatedByAMonthIsFoundByTheDeeperWalkOfTheDay) {
  HubSpotWorld world;
  for (int i = 20; i > 0; --i) world.submit(world.now() - hours(5 * i));
  world.sync();
  world.run_for(hours(2));
  const size_t late = world.submit(world.now() - hours(24 * 30));
  world.sync();
  EXPECT_FALSE(world.holds(late)) << "below the watermark's overlap";
  world.run_for(hours(23));
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  EXPECT_TRUE(world.holds(late));
}

TEST(HubSpotFormsFeed, ASubmissionFromTheFutureDoesNotHideWhatComesBeforeIt) {
  HubSpotWorld world;
  world.submit(world.now() + hours(24 * 365));
  world.submit_many(3);
  world.sync();
  world.run_for(hours(3));
  world.submit_many(20); // four pages
  EXPECT_EQ(world.sync().counts().delivered(), 20);
}

TEST(HubSpotFormsFeed, PlacesThatHubSpotDoesNotTakeEndTheSync) {
  for (const auto paging : {sim::Paging::kRefused, sim::Paging::kStuck}) {
    HubSpotWorld world;
    world.submit_many(20);
    world.simulator().set_paging(paging);
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::FAILED);
    EXPECT_EQ(sync.error().reason(), "HUBSPOT_BAD_ANSWER") << sync.error().message();
    EXPECT_LE(world.requests(), 60u);
    world.simulator().set_paging(sim::Paging::kSound);
    EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
    EXPECT_EQ(world.receiver().texts().size(), 20u);
  }
}

TEST(HubSpotFormsFeed, WhatWasErasedIsRemovedByTheWalkToTheEndOfTheWeek) {
  HubSpotWorld world;
  world.submit_many(20);
  world.sync();
  world.run_for(hours(30));
  const size_t later = world.submit(world.now());
  world.sync();
  ASSERT_TRUE(world.holds(later));
  world.world().submission(3).erased = true;
  world.world().submission(later).erased = true; // which no listing from the start has seen
  world.run_for(hours(24 * 7));
  EXPECT_EQ(world.sync().counts().removed(), 2);
  EXPECT_FALSE(world.holds(3));
  EXPECT_FALSE(world.holds(later));
}

TEST(HubSpotFormsFeed, ACrashInTheMiddleOfAWalkLeavesNoGap) {
  for (uint64_t enough = 2; enough < 9; ++enough) {
    HubSpotWorld world;
    world.submit_many(5);
    world.sync();
    world.run_for(hours(2));
    world.submit_many(40);
    const auto started = world.start(world.feed());
    ASSERT_TRUE(started.ok());
    const uint64_t before = world.requests();
    while (world.requests() < before + enough) world.run_for(std::chrono::milliseconds(1));
    world.submit(world.now()); // newer than the walk's target
    world.crash();
    world.wait_for_end(started->name());
    world.sync();
    for (size_t i = 0; i < world.world().submissions().size(); ++i)
      EXPECT_TRUE(world.holds(i)) << i << " " << enough;
  }
}

TEST(HubSpotFormsFeed, SubmissionsOfAFormThatWasArchivedAreRemoved) {
  HubSpotWorld world;
  world.world().add_form("captured");
  for (int i = 0; i < 10; ++i) world.world().add_submission(i % 2, world.now() - minutes(i));
  ASSERT_EQ(world.sync().counts().delivered(), 10);
  world.world().form(1).archived = true;
  EXPECT_EQ(world.sync().counts().removed(), 5);
  EXPECT_EQ(world.sync().counts().removed(), 0);
  EXPECT_EQ(world.receiver().texts().size(), 5u);
}

TEST(HubSpotFormsFeed, ASelectionThatChangesBringsWhatIsNewInItAndRemovesWhatIsNotInItAnyMore) {
  HubSpotWorld world;
  world.world().add_form();
  world.submit_many(7);
  world.world().add_submission(1, world.now() - minutes(1));
  auto feed = world.feed();
  ASSERT_EQ(world.sync_of(feed).counts().delivered(), 8);
  feed.mutable_hubspot_forms()->add_forms(world.world().form(1).id);
  ASSERT_TRUE(world.update(feed, {"hubspot_forms.forms"}).ok());
  EXPECT_EQ(world.sync_of(feed).counts().removed(), 7);
  feed.mutable_hubspot_forms()->clear_forms();
  ASSERT_TRUE(world.update(feed, {"hubspot_forms"}).ok());
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 7);
  EXPECT_EQ(world.receiver().documents.size(), 8u);
}

TEST(HubSpotFormsFeed, AFormThatTheListPassesOverKeepsItsSubmissions) {
  HubSpotWorld world;
  world.submit_many(3);
  world.sync();
  world.answer_instead([](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
    if (request.path() != "/marketing/v3/forms") return std::nullopt;
    return providers::text_response(200, "application/json", R"({"results":[]})");
  });
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_FALSE(sync.complete());
  EXPECT_EQ(sync.counts().removed(), 0);
  EXPECT_TRUE(world.holds(0));
  world.answer_instead(nullptr);
  world.world().form(0).deleted = true;
  EXPECT_EQ(world.sync().counts().removed(), 3);
}

TEST(HubSpotFormsFeed, OneFormThatCannotBeReadLeavesTheOthersAlone) {
  struct Row {
    int status;
    const char* body;
  };
  for (const Row& row :
       {Row{400, "{}"}, Row{403, "{}"}, Row{500, "{}"}, Row{200, R"({"results":[{"submittedAt":)"}}) {
    HubSpotWorld world;
    const size_t bad = world.world().add_form();
    const size_t last = world.world().add_form();
    world.submit_many(12);
    const size_t of_bad = world.world().add_submission(bad, world.now());
    const size_t of_last = world.world().add_submission(last, world.now());
    const std::string path = "/form-integrations/v1/submissions/forms/" + world.world().form(bad).id;
    world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if (request.path() != path) return std::nullopt;
      return providers::text_response(row.status, "application/json", row.body);
    });
    v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
    EXPECT_FALSE(sync.complete());
    EXPECT_NE(sync.incomplete_reason().find(world.world().form(bad).name), std::string::npos);
    EXPECT_EQ(sync.counts().delivered(), 13);
    EXPECT_TRUE(world.holds(of_last));
    world.answer_instead(nullptr);
    sync = world.sync();
    EXPECT_TRUE(sync.complete());
    EXPECT_TRUE(world.holds(of_bad));
  }
}

TEST(HubSpotFormsFeed, NoFormThatCanBeReadIsAFailure) {
  HubSpotWorld world;
  world.submit_many(3);
  world.answer_instead([](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
    if (!request.path().starts_with("/form-integrations")) return std::nullopt;
    return providers::text_response(400, "application/json", "{}");
  });
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::FAILED);
  EXPECT_EQ(sync.error().reason(), "HUBSPOT_UNEXPECTED_STATUS");
}

TEST(HubSpotFormsFeed, ASubmissionOutOfItsPlaceDoesNotEndTheWalk) {
  HubSpotWorld world;
  world.submit(world.now());
  world.sync();
  const auto submission = [&](const char* id, Duration ago) {
    const auto at = std::chrono::floor<std::chrono::milliseconds>(world.now() - ago).time_since_epoch();
    return R"({"conversionId":")" + std::string(id) + R"(","submittedAt":)" + std::to_string(at.count()) +
           R"(,"values":[]})";
  };
  world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
    if (!request.path().starts_with("/form-integrations")) return std::nullopt;
    const bool first = !request.query("after");
    const std::string page = first
                                 ? "[" + submission("backdated", std::chrono::hours(300)) + "," +
                                       submission("new", Duration{}) + R"(],"paging":{"next":{"after":"2"}})"
                                 : "[" + submission("newer", Duration{}) + "]";
    return providers::text_response(200, "application/json", R"({"results":)" + page + "}");
  });
  EXPECT_EQ(world.sync().counts().delivered(), 3);
}

TEST(HubSpotFormsFeed, TheTenSecondLimitIsWaitedOutAndNotRunInto) {
  sim::SimulatorOptions options;
  options.requests_per_ten_seconds = 4;
  HubSpotWorld world(options);
  world.submit_many(100);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  EXPECT_EQ(sync.counts().delivered(), 100);
  EXPECT_LE(world.simulator().refused(), 8u) << "one for each window, at most a few more";
}

TEST(HubSpotFormsFeed, TheDailyLimitIsNotHammered) {
  sim::SimulatorOptions options;
  options.requests_per_day = 5;
  HubSpotWorld world(options);
  world.submit_many(100);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::FAILED);
  EXPECT_EQ(sync.error().error_class(), "THROTTLED") << sync.error().DebugString();
  EXPECT_LE(world.simulator().refused(), 2u);
}

// How much the receiver has when each page of submissions is asked for.
std::vector<size_t> held_at_each_page(HubSpotWorld& world) {
  auto held = std::make_shared<std::vector<size_t>>();
  world.receiver().takes = std::chrono::seconds(5); // longer than any request
  world.observe([&world, held](const providers::SimRequest& request, const providers::SimResponse&) {
    if (request.path().find("/submissions/") == std::string_view::npos) return;
    held->push_back(world.receiver().texts().size());
  });
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  world.observe({});
  return *held;
}

TEST(HubSpotFormsFeed, TheNextPageIsAskedForWhileThisOneIsDelivered) {
  HubSpotWorld world;
  world.submit_many(20); // four pages
  EXPECT_EQ(held_at_each_page(world), (std::vector<size_t>{0, 0, 5, 10}));
  EXPECT_EQ(world.receiver().texts().size(), 20u);
}

TEST(HubSpotFormsFeed, TheNextFormsFirstPageIsAskedForWhileThisOnesLastIsDelivered) {
  HubSpotWorld world;
  world.world().add_form("captured");
  for (int i = 0; i < 10; ++i) world.world().add_submission(i % 2, world.now() - minutes(i));
  EXPECT_EQ(held_at_each_page(world), (std::vector<size_t>{0, 0}));
  EXPECT_EQ(world.receiver().texts().size(), 10u);
}

TEST(HubSpotFormsFeed, ReadingAheadAsksForNothingThatIsNotDelivered) {
  HubSpotWorld world;
  world.submit_many(20);
  EXPECT_EQ(world.sync().counts().requests(), 1 + 4) << "the forms, and four pages";
}

TEST(HubSpotFormsFeed, AnErrorOfAPageThatWasReadAheadComesInItsTurn) {
  sim::SimulatorOptions options;
  options.requests_per_day = 3; // the forms, and two pages
  HubSpotWorld world(options);
  world.submit_many(20);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::FAILED);
  EXPECT_EQ(sync.counts().delivered(), 10);
  EXPECT_EQ(world.receiver().texts().size(), 10u);
}

TEST(HubSpotFormsFeed, WhatWasReadAheadAndNotDeliveredIsReadAgainAfterAStop) {
  HubSpotWorld world;
  world.submit_many(40);
  const auto started = world.start(world.feed());
  ASSERT_TRUE(started.ok());
  while (world.requests() < 4) world.run_for(std::chrono::milliseconds(1));
  v1::CancelSyncRequest cancel;
  cancel.set_name(started->name());
  ASSERT_TRUE(world.ask(world.engine().cancel_sync(cancel)).ok());
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::CANCELLED);
  EXPECT_LT(world.receiver().texts().size(), 40u);
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.receiver().texts().size(), 40u);
  EXPECT_EQ(world.receiver().log.size(), 40u);
}

TEST(HubSpotFormsFeed, ATokenThatIsRefusedSaysWhatToDo) {
  sim::SimulatorOptions options;
  options.token = "another";
  HubSpotWorld world(options);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.error().error_class(), "AUTH");
  EXPECT_EQ(sync.error().reason(), "HUBSPOT_TOKEN_REFUSED");
  EXPECT_NE(sync.error().next_step().find("Private Apps"), std::string::npos);
}

} // namespace
} // namespace circuit::feeds::hubspot_forms
