// What the acceptance suite cannot ask of every provider: walks, watermarks, backdated and erased
// submissions.

#include <gtest/gtest.h>

#include "feeds/hubspot_forms/provider.h"
#include "ingest/http/stack.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/hubspot_forms/simulator.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::feeds::hubspot_forms {
namespace {

namespace sim = circuit::providers::hubspot_forms;
using std::chrono::hours;
using std::chrono::minutes;

class TokenBearer final : public http::Authorizer {
 public:
  Task<Result<int64_t>> authorize(http::Request& request) override {
    request.headers.set("Authorization", "Bearer " + sim::SimulatorOptions{}.token);
    co_return int64_t{1};
  }
  Task<Result<bool>> refused(std::string, int64_t) override { co_return false; }
};

class HubSpotWorld final : public sync::testing::WorkerWorld {
 public:
  explicit HubSpotWorld(sim::SimulatorOptions options = {})
      : WorkerWorld(default_options()),
        world_(7),
        simulator_(world_, options),
        provider_(description(), few()) {
    boot();
    v1::Connection connection;
    connection.set_name("connections/hubspot");
    connection.set_provider("hubspot-forms");
    put_connection(connection);
    world_.add_form();
  }
  ~HubSpotWorld() override { shut_down(); }

  sim::World& world() { return world_; }
  sim::HubSpotSimulator& simulator() { return simulator_; }
  SystemTime now() { return loop().clock().now(); }
  uint64_t requests() const { return requests_; }
  v1::Feed feed() {
    v1::Feed feed;
    feed.set_name("feeds/one");
    feed.set_provider("hubspot-forms");
    feed.set_connection("connections/hubspot");
    feed.mutable_hubspot_forms();
    return feed;
  }
  v1::Sync sync() { return WorkerWorld::sync(feed()); }
  size_t submit(SystemTime when) { return world_.add_submission(0, when); }
  void submit_many(int count) {
    for (int i = 0; i < count; ++i) submit(now() - minutes(count - i));
  }
  bool holds(size_t submission) {
    return receiver().texts().contains(world_.external_id(world_.submission(submission)));
  }

 protected:
  std::vector<const sync::Provider*> providers() override { return {&provider_}; }
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override {
    auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
    wire->route("api.hubapi.com", simulator_);
    wire->observe([this](const providers::Exchange&) { ++requests_; });
    auto stack =
        std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
    stack->auth().use(bearer_);
    return stack;
  }

 private:
  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("hubspot-forms");
    return provider;
  }
  static HubSpotFormsOptions few() {
    HubSpotFormsOptions options;
    options.submissions_page = 5;
    return options;
  }

  TokenBearer bearer_;
  sim::World world_;
  sim::HubSpotSimulator simulator_;
  HubSpotFormsProvider provider_;
  uint64_t requests_ = 0;
};

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
