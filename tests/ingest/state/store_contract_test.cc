// What every StateStore promises, asked of each of them.

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <string>
#include <vector>

#include "ingest/state/layout.h"
#include "ingest/state/memory_store.h"
#include "ingest/state/rocksdb_store.h"
#include "ingest/state/store.h"
#include "ingest/state/store_errors.h"
#include "tests/ingest/state/running.h"
#include "tests/ingest/state/temporary_directory.h"

namespace circuit::state {
namespace {

using namespace std::string_literals;

// A store with a loop of its own, and the vocabulary of the tests.
class World {
 public:
  virtual ~World() = default;
  virtual StateStore& store() = 0;
  virtual Loop& loop() = 0;
  boost::asio::any_io_executor executor() { return loop().executor(); }
  virtual void reopen() = 0; // an orderly stop and a new start
  virtual void drive_until(const bool& done) = 0;
};

void drive(World& world, const bool& done) { world.drive_until(done); }

class MemoryWorld final : public World {
 public:
  MemoryWorld() { reopen(); }
  StateStore& store() override { return *store_; }
  Loop& loop() override { return loop_; }
  void reopen() override { store_ = std::make_unique<MemoryStore>(disk_, loop_, random_); }
  void drive_until(const bool& done) override { testing::drive(loop_, done); }

 private:
  MemoryDisk disk_;
  SeededRandom random_{42};
  VirtualLoop loop_;
  std::unique_ptr<MemoryStore> store_;
};

class RocksDbWorld final : public World {
 public:
  RocksDbWorld() { reopen(); }
  StateStore& store() override { return *store_; }
  Loop& loop() override { return loop_; }
  void reopen() override {
    store_.reset();
    auto opened = RocksDbStore::open(directory_.path());
    if (!opened) throw std::runtime_error(opened.error().to_string());
    store_ = *std::move(opened);
  }
  void drive_until(const bool& done) override { testing::drive(loop_, done); }

 private:
  testing::TemporaryDirectory directory_;
  SystemLoop loop_;
  std::unique_ptr<RocksDbStore> store_;
};

struct Kind {
  const char* name;
  std::unique_ptr<World> (*make)();
};

class StateStoreContract : public ::testing::TestWithParam<Kind> {
 protected:
  StateStore& store() { return world_->store(); }

  template <class T>
  T run(Task<T> task) {
    return testing::run(*world_, std::move(task));
  }

  void commit(Batch batch) {
    const auto committed = run(store().commit(std::move(batch)));
    ASSERT_TRUE(committed) << committed.error().to_string();
  }
  void put(Table table, std::string key, std::string value) {
    Batch batch;
    batch.put(table, std::move(key), std::move(value));
    commit(std::move(batch));
  }
  std::optional<std::string> get(Table table, std::string key) {
    auto value = run(store().get(table, std::move(key)));
    EXPECT_TRUE(value);
    return *value;
  }
  std::vector<std::string> keys(ScanRequest request) {
    auto rows = run(store().scan(std::move(request)));
    EXPECT_TRUE(rows);
    std::vector<std::string> found;
    for (const auto& row : *rows) found.push_back(row.key);
    return found;
  }
  std::vector<std::string> all_keys(Table table) { return keys({table, "", "", 1000}); }

  std::unique_ptr<World> world_ = GetParam().make();
};

TEST_P(StateStoreContract, WhatWasCommittedIsReadBack) {
  put(Table::kFeeds, "k", "v");
  EXPECT_EQ(get(Table::kFeeds, "k"), "v");
  EXPECT_EQ(get(Table::kFeeds, "other"), std::nullopt);
}

TEST_P(StateStoreContract, TablesDoNotSeeEachOther) {
  put(Table::kFeeds, "k", "feed");
  put(Table::kRuns, "k", "run");
  EXPECT_EQ(get(Table::kFeeds, "k"), "feed");
  EXPECT_EQ(get(Table::kRuns, "k"), "run");
  EXPECT_EQ(get(Table::kSinks, "k"), std::nullopt);
}

TEST_P(StateStoreContract, ALaterWriteOfABatchWins) {
  Batch batch;
  batch.put(Table::kFeeds, "k", "1");
  batch.erase(Table::kFeeds, "k");
  batch.put(Table::kFeeds, "k", "2");
  batch.put(Table::kFeeds, "gone", "1");
  batch.erase(Table::kFeeds, "gone");
  commit(std::move(batch));
  EXPECT_EQ(get(Table::kFeeds, "k"), "2");
  EXPECT_EQ(get(Table::kFeeds, "gone"), std::nullopt);
}

TEST_P(StateStoreContract, AnyBytesMayBeKeysAndValues) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
  put(Table::kSinks, every_byte, every_byte);
  put(Table::kSinks, "", "empty key");
  put(Table::kSinks, "empty value", "");
  EXPECT_EQ(get(Table::kSinks, every_byte), every_byte);
  EXPECT_EQ(get(Table::kSinks, ""), "empty key");
  EXPECT_EQ(get(Table::kSinks, "empty value"), "");
  EXPECT_EQ(all_keys(Table::kSinks).size(), 3);
}

TEST_P(StateStoreContract, ErasingWhatIsNotThereIsNoError) {
  Batch batch;
  batch.erase(Table::kFeeds, "none");
  commit(std::move(batch));
}

TEST_P(StateStoreContract, AnEmptyBatchCommits) { commit(Batch()); }

TEST_P(StateStoreContract, MultiGetAnswersInTheOrderAsked) {
  put(Table::kManifest, "a", "1");
  put(Table::kManifest, "b", "2");
  const auto values = run(store().multi_get(Table::kManifest, {"b", "none", "a", "b"}));
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, (std::vector<std::optional<std::string>>{"2", std::nullopt, "1", "2"}));
  const auto none = run(store().multi_get(Table::kManifest, {}));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(StateStoreContract, AScanGivesOnePrefixInKeyOrder) {
  for (const char* key : {"b/2", "a", "b/10", "c", "b/1", "b"}) put(Table::kManifest, key, "");
  EXPECT_EQ(keys({Table::kManifest, "b/", "", 100}), (std::vector<std::string>{"b/1", "b/10", "b/2"}));
  EXPECT_EQ(keys({Table::kManifest, "none", "", 100}), std::vector<std::string>{});
  EXPECT_EQ(all_keys(Table::kManifest).size(), 6);
}

TEST_P(StateStoreContract, AScanGoesOnAfterTheLastKeyOfAPage) {
  std::vector<std::string> expected;
  Batch batch;
  for (int i = 0; i < 25; ++i) {
    expected.push_back(manifest_key("feeds/a", 1, std::to_string(100 + i)));
    batch.put(Table::kManifest, expected.back(), "v");
  }
  batch.put(Table::kManifest, manifest_key("feeds/a", 2, "1"), "other epoch");
  batch.put(Table::kManifest, manifest_key("feeds/b", 1, "1"), "other feed");
  commit(std::move(batch));

  std::vector<std::string> found;
  for (std::string after;;) {
    const auto page = keys({Table::kManifest, manifest_prefix("feeds/a", 1), after, 10});
    found.insert(found.end(), page.begin(), page.end());
    if (page.size() < 10) break;
    after = page.back();
  }
  EXPECT_EQ(found, expected);
}

TEST_P(StateStoreContract, AScanMayStartAfterAKeyThatIsGone) {
  for (const char* key : {"p1", "p3"}) put(Table::kRuns, key, "");
  EXPECT_EQ(keys({Table::kRuns, "p", "p2", 10}), (std::vector<std::string>{"p3"}));
  EXPECT_EQ(keys({Table::kRuns, "p", "a", 10}), (std::vector<std::string>{"p1", "p3"}));
  EXPECT_EQ(keys({Table::kRuns, "p", "q", 10}), std::vector<std::string>{});
}

TEST_P(StateStoreContract, APrefixOfHighBytesIsScannedToItsEnd) {
  for (const auto& key : {"\xfe"s, "\xff"s, "\xff\xff"s, "\xff\xff\xff"s}) put(Table::kRuns, key, "");
  EXPECT_EQ(keys({Table::kRuns, "\xff\xff", "", 10}), (std::vector<std::string>{"\xff\xff", "\xff\xff\xff"}));
}

TEST_P(StateStoreContract, APrefixIsDeletedBeforeTheBatchWrites) {
  for (const auto& id : {"1", "2"}) {
    put(Table::kManifest, manifest_key("feeds/a", 1, id), "old");
    put(Table::kManifest, manifest_key("feeds/b", 1, id), "other");
  }
  Batch batch;
  batch.put(Table::kManifest, manifest_key("feeds/a", 1, "2"), "new");
  batch.delete_prefixes.emplace_back(Table::kManifest, manifest_prefix("feeds/a"));
  commit(std::move(batch));
  EXPECT_EQ(get(Table::kManifest, manifest_key("feeds/a", 1, "1")), std::nullopt);
  EXPECT_EQ(get(Table::kManifest, manifest_key("feeds/a", 1, "2")), "new");
  EXPECT_EQ(get(Table::kManifest, manifest_key("feeds/b", 1, "1")), "other");
  EXPECT_EQ(all_keys(Table::kManifest).size(), 3);
}

TEST_P(StateStoreContract, ADeletedPrefixReachesToTheLastKeyOfTheTable) {
  for (const auto& key : {"a"s, "\xff"s, "\xff\xff\xff\xff"s}) put(Table::kRuns, key, "");
  Batch high;
  high.delete_prefixes.emplace_back(Table::kRuns, "\xff");
  commit(std::move(high));
  EXPECT_EQ(all_keys(Table::kRuns), std::vector<std::string>{"a"});
  Batch everything;
  everything.delete_prefixes.emplace_back(Table::kRuns, "");
  commit(std::move(everything));
  EXPECT_EQ(all_keys(Table::kRuns), std::vector<std::string>{});
}

TEST_P(StateStoreContract, BatchesTakeEffectInTheOrderOfTheirCommits) {
  std::vector<Task<Result<void>>> commits;
  for (int i = 0; i < 50; ++i) {
    Batch batch;
    batch.put(Table::kFeeds, "k", std::to_string(i));
    if (i == 20) batch.delete_prefixes.emplace_back(Table::kRuns, "r");
    if (i < 40) batch.put(Table::kRuns, "r" + std::to_string(i), "");
    commits.push_back(store().commit(std::move(batch)));
  }
  for (const auto& outcome : testing::run_all(*world_, std::move(commits))) EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(get(Table::kFeeds, "k"), "49");
  EXPECT_EQ(all_keys(Table::kRuns).size(), 20);
}

TEST_P(StateStoreContract, WhatWasCommittedOutlivesTheStore) {
  put(Table::kFeeds, "k", "v");
  Batch batch;
  batch.put(Table::kManifest, "m1", "x");
  batch.put(Table::kManifest, "m2", "x");
  commit(std::move(batch));
  Batch second;
  second.delete_prefixes.emplace_back(Table::kManifest, "m1");
  commit(std::move(second));
  for (int i = 0; i < 2; ++i) {
    world_->reopen();
    EXPECT_EQ(get(Table::kFeeds, "k"), "v");
    EXPECT_EQ(all_keys(Table::kManifest), std::vector<std::string>{"m2"});
  }
}

TEST_P(StateStoreContract, AKeyBeyondTheLimitIsRefusedAndTheBatchChangesNothing) {
  Batch batch;
  batch.put(Table::kFeeds, "k", "v");
  batch.put(Table::kFeeds, std::string(kKeyBytesMax + 1, 'x'), "v");
  const auto refused = run(store().commit(std::move(batch)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "STORE_KEY_TOO_LONG");
  EXPECT_EQ(get(Table::kFeeds, "k"), std::nullopt);
  put(Table::kFeeds, std::string(kKeyBytesMax, '\xff'), "longest");
  EXPECT_EQ(get(Table::kFeeds, std::string(kKeyBytesMax, '\xff')), "longest");
}

Task<void> commit_and_note(StateStore* store, Batch batch, std::optional<Result<void>>* outcome) {
  outcome->emplace(co_await store->commit(std::move(batch)));
}

TEST_P(StateStoreContract, WhoIsCancelledWhileACommitIsUnderWayStillLearnsItsOutcome) {
  Batch batch;
  batch.put(Table::kFeeds, "k", "v");
  std::optional<Result<void>> outcome;
  bool done = false;
  boost::asio::cancellation_signal stop;
  boost::asio::co_spawn(
      world_->loop().executor(), commit_and_note(&store(), std::move(batch), &outcome),
      boost::asio::bind_cancellation_slot(stop.slot(), [&done](std::exception_ptr) { done = true; }));
  // After the commit has begun and before it can have ended: both are posts of the same loop.
  world_->loop().post([&stop] { stop.emit(boost::asio::cancellation_type::all); });
  world_->drive_until(done);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->ok());
  EXPECT_EQ(get(Table::kFeeds, "k"), "v");
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StateStoreContract,
    ::testing::Values(Kind{"Memory", [] { return std::unique_ptr<World>(new MemoryWorld); }},
                      Kind{"RocksDb", [] { return std::unique_ptr<World>(new RocksDbWorld); }}),
    [](const auto& test) { return std::string(test.param.name); });

} // namespace
} // namespace circuit::state
