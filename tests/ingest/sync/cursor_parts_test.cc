// Cursors of the parts of a selection: as durable as the cursor, and forgotten with it.

#include <gtest/gtest.h>

#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

namespace st = circuit::feeds::state::v1;

st::Cursor at(const std::string& place) {
  st::Cursor cursor;
  cursor.mutable_rss()->set_history_url(place);
  return cursor;
}

v1::Document document(const std::string& id) {
  v1::Document made;
  made.set_external_id(id);
  made.set_text("text of " + id);
  return made;
}

// What a pull found stored when it began.
struct Seen {
  std::map<std::string, std::string> parts;
  std::string cursor;
};

Task<void> look(Pull& pull, Seen* seen) {
  *seen = {};
  seen->cursor = pull.cursor().rss().history_url();
  std::string after;
  for (;;) {
    const auto names = co_await pull.parts(after, 2);
    for (const std::string& name : names) {
      const st::Cursor part = co_await pull.part(name);
      seen->parts[name] = part.rss().history_url();
    }
    if (names.size() < 2) co_return;
    after = names.back();
  }
}

using Parts = std::map<std::string, std::string>;

Task<void> write(Pull& pull, Parts parts, Seen* seen) {
  co_await look(pull, seen);
  co_await pull.upsert(document(parts.begin()->second)); // so that the checkpoint waits for the sink
  for (const auto& [name, place] : parts) pull.set_part(name, place.empty() ? st::Cursor() : at(place));
  st::Cursor whole = at("whole");
  co_await pull.checkpoint(std::move(whole));
}

struct CursorParts : ::testing::Test {
  EngineWorld world;
  Seen seen;

  v1::Sync sync_writing(const Parts& parts) {
    world.source().instead = [this, parts](Pull& pull) { return write(pull, parts, &seen); };
    return world.sync();
  }
  Parts stored() {
    world.source().instead = [this](Pull& pull) { return look(pull, &seen); };
    EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
    return seen.parts;
  }
};

TEST_F(CursorParts, AreThereAtTheNextSyncByNameAndInOrderAPageAtATime) {
  const Parts parts{{"a", "1"}, {"b", "2"}, {"c/d", "3"}, {std::string("e\0f", 3), "4"}, {"g", "5"}};
  ASSERT_EQ(sync_writing(parts).state(), v1::Sync::SUCCEEDED);
  EXPECT_TRUE(seen.parts.empty());
  EXPECT_EQ(stored(), parts);
  world.restart();
  EXPECT_EQ(stored(), parts);
}

TEST_F(CursorParts, AnEmptyCursorForgetsItsPartAndLeavesTheOthers) {
  sync_writing({{"a", "1"}, {"b", "2"}});
  sync_writing({{"a", ""}});
  EXPECT_EQ(stored(), (Parts{{"b", "2"}}));
}

TEST_F(CursorParts, AreGoneAfterAReset) {
  sync_writing({{"a", "1"}});
  v1::ResetFeedRequest request;
  request.set_name("feeds/one");
  ASSERT_TRUE(world.ask(world.engine().reset_feed(std::move(request))).ok());
  EXPECT_EQ(stored(), Parts());
}

TEST_F(CursorParts, AreGoneAfterADeletionAlsoForAFeedOfTheSameName) {
  sync_writing({{"a", "1"}});
  v1::DeleteFeedRequest request;
  request.set_name("feeds/one");
  ASSERT_TRUE(world.ask(world.engine().delete_feed(std::move(request))).ok());
  EXPECT_EQ(stored(), Parts());
}

Task<void> set_and_fail(Pull& pull) {
  pull.set_part("a", at("too early"));
  co_await pull.upsert(document("one"));
  throw Failure(make_error(ErrorClass::kTransient, "LISTING_FAILED", "The listing broke off", "Wait."));
}

TEST_F(CursorParts, ThatNoCheckpointFollowsAreNotStored) {
  sync_writing({{"a", "1"}});
  world.source().instead = set_and_fail;
  EXPECT_EQ(world.sync().state(), v1::Sync::FAILED);
  EXPECT_EQ(stored(), (Parts{{"a", "1"}}));
}

// So much that the engine commits by itself in between.
Task<void> set_deliver_much_and_fail(Pull& pull) {
  pull.set_part("a", at("too early"));
  for (int i = 0; i < 5000; ++i) co_await pull.upsert(document(std::to_string(i)));
  throw Failure(make_error(ErrorClass::kTransient, "LISTING_FAILED", "The listing broke off", "Wait."));
}

TEST_F(CursorParts, AreNotStoredByACommitThatIsNoCheckpoint) {
  sync_writing({{"a", "1"}});
  world.source().instead = set_deliver_much_and_fail;
  const v1::Sync failed = world.sync();
  EXPECT_GT(failed.counts().checkpoints(), 0) << "the engine has committed documents";
  EXPECT_EQ(stored(), (Parts{{"a", "1"}}));
}

TEST(CursorPartsInACrash, AreOneWriteWithTheCursor) {
  const Parts old{{"a", "0"}};
  const Parts next{{"a", "1"}, {"b", "1"}};
  int kept = 0;
  int moved = 0;
  for (int crash_us = 0; crash_us < 10'000; crash_us += 50) {
    EngineWorld world;
    Seen seen;
    world.source().instead = [&](Pull& pull) { return write(pull, old, &seen); };
    world.sync();
    world.source().instead = [&](Pull& pull) { return write(pull, next, &seen); };
    ASSERT_TRUE(world.start().ok());
    world.run_for(Duration(crash_us));
    world.source().instead = [&](Pull& pull) { return look(pull, &seen); };
    world.crash();
    world.run_for(std::chrono::seconds(60)); // the interrupted sync goes on by itself
    world.sync();
    ASSERT_TRUE(seen.parts == old || seen.parts == next) << crash_us;
    ++(seen.parts == old ? kept : moved);
  }
  EXPECT_GT(kept, 0);
  EXPECT_GT(moved, 0);
}

Task<void> read_and_set_again(Pull& pull, std::string* read, std::vector<std::string> places) {
  for (const std::string& place : places) {
    const st::Cursor stored = co_await pull.part("a");
    *read += stored.rss().history_url() + " ";
    pull.set_part("a", at(place));
  }
  co_await pull.checkpoint(pull.cursor());
}

TEST_F(CursorParts, ThatAreSetAsTheyAreStoredCauseNoWrite) {
  sync_writing({{"a", "1"}});
  std::string read;
  world.source().instead = [&read](Pull& pull) { return read_and_set_again(pull, &read, {"1", "1"}); };
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().checkpoints(), 0);
  EXPECT_EQ(read, "1 1 ");
}

TEST_F(CursorParts, ThatAreSetBackToWhatTheyWereAreSetBack) {
  sync_writing({{"a", "1"}});
  std::string read;
  world.source().instead = [&read](Pull& pull) { return read_and_set_again(pull, &read, {"2", "1"}); };
  world.sync();
  EXPECT_EQ(read, "1 2 ");
  EXPECT_EQ(stored(), (Parts{{"a", "1"}}));
}

} // namespace
} // namespace circuit::sync::testing
