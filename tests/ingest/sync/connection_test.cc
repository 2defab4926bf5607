// Feeds that are read through a connection, and what becomes of them when it goes.

#include <gtest/gtest.h>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

v1::Connection connection(v1::Connection::State state = v1::Connection::ACTIVE,
                          const std::string& provider = "scripted") {
  v1::Connection made;
  made.set_name("connections/c");
  made.set_provider(provider);
  made.set_state(state);
  return made;
}

v1::Feed connected(EngineWorld& world, const std::string& name = "feeds/one") {
  v1::Feed feed = world.inline_feed(name);
  feed.set_connection("connections/c");
  return feed;
}

Result<v1::Feed> create(EngineWorld& world, const v1::Feed& feed) {
  v1::CreateFeedRequest request;
  *request.mutable_feed() = feed;
  return world.ask(world.engine().create_feed(std::move(request)));
}

TEST(FeedConnection, AFeedIsMadeWithAConnectionOfItsProviderAlone) {
  EngineWorld world;
  world.source().needs_connection = true;
  const auto without = create(world, world.inline_feed("feeds/one"));
  ASSERT_FALSE(without.ok());
  EXPECT_EQ(without.error().reason, "CONNECTION_REQUIRED");
  const auto missing = create(world, connected(world));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().reason, "CONNECTION_NOT_FOUND");
  world.put_connection(connection(v1::Connection::ACTIVE, "other"));
  const auto other = create(world, connected(world));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().reason, "CONNECTION_PROVIDER_MISMATCH");
  EXPECT_EQ(other.error().metadata.at("connection_provider"), "other");
  world.put_connection(connection(v1::Connection::DISCONNECTING));
  const auto going = create(world, connected(world));
  ASSERT_FALSE(going.ok());
  EXPECT_EQ(going.error().reason, "CONNECTION_DISCONNECTING");
  world.put_connection(connection());
  EXPECT_TRUE(create(world, connected(world)).ok());
}

TEST(FeedConnection, AnInlineFeedOfASyncIsCheckedInTheSameWay) {
  EngineWorld world;
  world.source().needs_connection = true;
  const auto refused = world.start();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "CONNECTION_REQUIRED");
  EXPECT_FALSE(create(world, world.inline_feed("feeds/one")).ok()) << "nothing was made";
}

struct Unusable {
  v1::Connection::State state;
  std::string error_class, reason;
};

TEST(FeedConnection, ASyncThroughOneThatWaitsForAPersonFailsWithWhatToDoAndReadsNothing) {
  const std::vector<Unusable> cases = {
      {v1::Connection::PENDING, "AUTH", "CONNECTION_PENDING"},
      {v1::Connection::NEEDS_REAUTHORIZATION, "AUTH", "CONNECTION_NEEDS_REAUTHORIZATION"},
      {v1::Connection::ADMIN_APPROVAL, "ADMIN_APPROVAL", "ADMIN_APPROVAL_REQUIRED"},
      {v1::Connection::DISCONNECTING, "AUTH", "CONNECTION_DISCONNECTING"},
  };
  for (const Unusable& unusable : cases) {
    SCOPED_TRACE(unusable.reason);
    EngineWorld world;
    fill(world.source(), 3);
    world.put_connection(connection());
    ASSERT_TRUE(create(world, connected(world)).ok());
    v1::Connection now = connection(unusable.state);
    if (unusable.state == v1::Connection::ADMIN_APPROVAL) {
      now.mutable_state_error()->set_reason("ADMIN_APPROVAL_REQUIRED");
      (*now.mutable_state_error()->mutable_metadata())["role"] = "the keeper";
    }
    world.put_connection(now);
    const v1::Sync sync = world.WorkerWorld::sync(connected(world));
    EXPECT_EQ(sync.state(), v1::Sync::FAILED);
    EXPECT_EQ(sync.error().error_class(), unusable.error_class);
    EXPECT_EQ(sync.error().reason(), unusable.reason);
    EXPECT_FALSE(sync.error().next_step().empty());
    if (now.has_state_error()) {
      EXPECT_EQ(sync.error().metadata().at("role"), "the keeper");
    }
    EXPECT_EQ(world.source().pages_listed, 0);
  }
}

TEST(FeedConnection, APolledFeedIsLeftInPeaceUntilItsConnectionWorksAgain) {
  EngineWorld world;
  fill(world.source(), 3);
  world.put_connection(connection(v1::Connection::NEEDS_REAUTHORIZATION));
  v1::Feed feed = connected(world);
  feed.mutable_poll_interval()->set_seconds(60);
  ASSERT_TRUE(create(world, feed).ok());
  world.run_for(std::chrono::hours(5));
  v1::ListSyncsRequest all;
  auto syncs = world.ask(world.engine().list_syncs(all));
  ASSERT_TRUE(syncs.ok());
  EXPECT_EQ(syncs->syncs_size(), 1) << "the failure backoff's longest is six hours";
  world.put_connection(connection());
  ASSERT_TRUE(world.ask(world.engine().resume_polls_of_connection("connections/c")).ok());
  world.run_for(std::chrono::seconds(10));
  EXPECT_EQ(world.delivered(), world.source().truth());
}

TEST(FeedConnection, RetractingDeliversARemovalOfEveryDocumentAndOfNothingElse) {
  EngineOptions options = EngineWorld::default_options();
  options.sweep_page = 10;
  EngineWorld world(options);
  fill(world.source(), 95);
  world.put_connection(connection());
  ASSERT_EQ(world.WorkerWorld::sync(connected(world)).state(), v1::Sync::SUCCEEDED);
  world.sync(v1::INCREMENTAL, "feeds/other");
  const size_t before = world.receiver().log.size();
  const auto removed = world.ask(world.engine().retract_feed("feeds/one", "DISCONNECTED"));
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_EQ(*removed, 95);
  ASSERT_EQ(world.receiver().log.size(), before + 95);
  for (size_t i = before; i < world.receiver().log.size(); ++i) {
    EXPECT_EQ(world.receiver().log[i].kind(), v1::Change::REMOVE);
    EXPECT_EQ(world.receiver().log[i].removal_reason(), "DISCONNECTED");
    EXPECT_EQ(world.receiver().log[i].feed(), "feeds/one");
  }
  EXPECT_EQ(world.feed().document_count(), 0);
  EXPECT_EQ(world.get_feed("feeds/other").document_count(), 95);
  const auto again = world.ask(world.engine().retract_feed("feeds/one", "DISCONNECTED"));
  EXPECT_EQ(*again, 0);
}

TEST(FeedConnection, ARetractionThatTheSinkInterruptsGoesOnWhereItStopped) {
  EngineOptions options = EngineWorld::default_options();
  options.sweep_page = 10;
  EngineWorld world(options);
  fill(world.source(), 30);
  world.put_connection(connection());
  ASSERT_EQ(world.WorkerWorld::sync(connected(world)).state(), v1::Sync::SUCCEEDED);
  world.receiver().fail_deliveries = 1;
  const auto failed = world.ask(world.engine().retract_feed("feeds/one", "DISCONNECTED"));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().reason, "RETRACTION_FAILED");
  EXPECT_FALSE(failed.error().metadata.at("cause").empty());
  world.crash();
  ASSERT_TRUE(world.ask(world.engine().retract_feed("feeds/one", "DISCONNECTED")).ok());
  EXPECT_TRUE(world.delivered().empty());
}

TEST(FeedConnection, StoppingItsSyncsWaitsUntilNoneRuns) {
  EngineWorld world;
  fill(world.source(), 30);
  world.source().page_takes = std::chrono::seconds(5);
  world.put_connection(connection());
  const auto started = world.WorkerWorld::start(connected(world));
  ASSERT_TRUE(started.ok());
  world.run_for(std::chrono::seconds(7));
  ASSERT_TRUE(world.ask(world.engine().stop_syncs_of_connection("connections/c")).ok());
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::CANCELLED);
  EXPECT_EQ(world.engine().gauges().running, 0u);
}

} // namespace
} // namespace circuit::sync::testing
