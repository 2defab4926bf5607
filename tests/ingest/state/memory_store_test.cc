// What the simulated store does beyond the contract: crashes, faults and latencies by seed.

#include "ingest/state/memory_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "ingest/runtime/task_group.h"
#include "tests/ingest/state/running.h"

namespace circuit::state {
namespace {

Batch one(std::string key) {
  Batch batch;
  batch.put(Table::kFeeds, key, "v");
  batch.put(Table::kRuns, key, "v");
  return batch;
}

Task<void> commit_and_note(MemoryStore* store, std::string key, std::set<std::string>* acknowledged) {
  auto batch = one(key);
  auto committed = co_await store->commit(std::move(batch));
  if (committed) acknowledged->insert(key);
}

class MemoryStoreTest : public ::testing::Test {
 protected:
  void begin(uint64_t seed, MemoryFaults faults = {}) {
    random_ = std::make_unique<SeededRandom>(seed);
    store_.reset();
    loop_ = std::make_unique<VirtualLoop>();
    commits_ = std::make_unique<TaskGroup>(loop_->executor());
    store_ = std::make_unique<MemoryStore>(disk_, *loop_, *random_, faults);
  }
  void crash() {
    loop_.reset(); // and with it every coroutine
    commits_.reset();
    store_.reset();
    disk_.crash(*random_);
  }
  void spawn_commit(std::string key) {
    commits_->spawn(commit_and_note(store_.get(), std::move(key), &acknowledged_));
  }
  Result<void> commit(std::string key) { return testing::run(*loop_, store_->commit(one(std::move(key)))); }
  bool stored(const std::string& key) const {
    EXPECT_EQ(disk_.rows(Table::kFeeds).count(key), disk_.rows(Table::kRuns).count(key)) << "half of " << key;
    return disk_.rows(Table::kFeeds).contains(key);
  }

  MemoryDisk disk_;
  std::unique_ptr<SeededRandom> random_;
  std::unique_ptr<VirtualLoop> loop_;
  std::unique_ptr<TaskGroup> commits_;
  std::unique_ptr<MemoryStore> store_;
  std::set<std::string> acknowledged_;
};

TEST_F(MemoryStoreTest, ACommitTakesTimeAndCannotBeReadBeforeItIsSynced) {
  begin(1);
  spawn_commit("k");
  loop_->run_ready();
  EXPECT_EQ(disk_.unsynced(), 1);
  EXPECT_FALSE(stored("k"));
  const auto before = loop_->clock().steady_now();
  loop_->run();
  EXPECT_GE(loop_->clock().steady_now() - before, store_->faults().commit_latency_min);
  EXPECT_TRUE(stored("k"));
}

TEST_F(MemoryStoreTest, ACrashKeepsEverythingAcknowledgedAndAFirstPartOfTheRest) {
  bool some_kept = false;
  bool some_lost = false;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    disk_ = {};
    acknowledged_.clear();
    begin(seed);
    for (int i = 0; i < 10; ++i) spawn_commit(std::to_string(i));
    loop_->run([] { return false; }, Duration(SeededRandom(seed).below(6'000)));
    crash();
    EXPECT_EQ(disk_.unsynced(), 0);
    bool lost = false;
    for (int i = 0; i < 10; ++i) {
      const bool kept = stored(std::to_string(i));
      EXPECT_TRUE(kept || !acknowledged_.contains(std::to_string(i)));
      EXPECT_FALSE(kept && lost) << "a later commit was kept and an earlier one lost";
      lost = lost || !kept;
      some_kept = some_kept || (kept && !acknowledged_.contains(std::to_string(i)));
    }
    some_lost = some_lost || lost;
  }
  EXPECT_TRUE(some_kept);
  EXPECT_TRUE(some_lost);
}

TEST_F(MemoryStoreTest, TheSameSeedGivesTheSameDisk) {
  const auto live = [this](uint64_t seed) {
    disk_ = {};
    MemoryFaults faults;
    faults.commit_error = 0.3;
    begin(seed, faults);
    for (int i = 0; i < 20; ++i) spawn_commit(std::to_string(i));
    loop_->run([] { return false; }, Duration(2'000));
    crash();
    return disk_;
  };
  EXPECT_TRUE(live(7) == live(7));
  EXPECT_FALSE(live(7) == live(8));
}

TEST_F(MemoryStoreTest, AnInjectedCommitErrorAppliesNothing) {
  MemoryFaults faults;
  faults.commit_error = 0.5;
  begin(3, faults);
  int failed = 0;
  for (int i = 0; i < 100; ++i) {
    const auto key = std::to_string(i);
    const auto committed = commit(key);
    EXPECT_EQ(stored(key), committed.ok());
    if (!committed) {
      ++failed;
      EXPECT_EQ(committed.error().reason, "STORE_IO");
      EXPECT_TRUE(is_retryable(committed.error()));
    }
  }
  EXPECT_GT(failed, 20);
  EXPECT_LT(failed, 80);
}

TEST_F(MemoryStoreTest, AnUnknownOutcomeIsSometimesStoredAndAlwaysTheLast) {
  int applied = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    disk_ = {};
    MemoryFaults faults;
    faults.commit_unknown = 1;
    begin(seed, faults);
    EXPECT_EQ(commit("a").error().reason, "STORE_OUTCOME_UNKNOWN");
    if (stored("a")) ++applied;
    store_->faults().commit_unknown = 0;
    EXPECT_EQ(commit("b").error().cls, ErrorClass::kCorrupt);
    EXPECT_FALSE(stored("b"));
  }
  EXPECT_GT(applied, 5);
  EXPECT_LT(applied, 45);
}

TEST_F(MemoryStoreTest, AFullDiskRefusesUntilThereIsRoom) {
  begin(1);
  store_->faults().disk_full = true;
  EXPECT_EQ(commit("a").error().reason, "DISK_FULL");
  store_->faults().disk_full = false;
  EXPECT_TRUE(commit("a"));
}

TEST_F(MemoryStoreTest, ReadsFailAndTakeTimeWhenToldTo) {
  begin(1);
  ASSERT_TRUE(commit("k"));
  store_->faults().read_latency_max = Duration(1'000);
  const auto before = loop_->clock().steady_now();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(testing::run(*loop_, store_->get(Table::kFeeds, "k")));
  EXPECT_GT(loop_->clock().steady_now(), before);
  store_->faults().read_error = 1;
  EXPECT_EQ(testing::run(*loop_, store_->get(Table::kFeeds, "k")).error().reason, "STORE_IO");
  EXPECT_EQ(testing::run(*loop_, store_->multi_get(Table::kFeeds, {"k"})).error().reason, "STORE_IO");
  EXPECT_EQ(testing::run(*loop_, store_->scan({Table::kFeeds, "", "", 1})).error().reason, "STORE_IO");
}

} // namespace
} // namespace circuit::state
