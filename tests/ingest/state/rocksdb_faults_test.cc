// RocksDbStore on a file system that fills up, fails and loses power.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/state/fault_file_system.h"
#include "tests/ingest/state/running.h"
#include "tests/ingest/state/temporary_directory.h"

namespace circuit::state {
namespace {

using testing::run;
using testing::run_all;

class RocksDbFaults : public ::testing::Test {
 protected:
  Result<void> try_open(CommitLimits limits = {}) {
    RocksDbOptions options;
    options.env = env_.get();
    options.commits = limits;
    options.write_buffer_bytes = write_buffer_bytes_;
    auto opened = RocksDbStore::open(directory_.path(), options);
    if (!opened) return std::move(opened).error();
    store_ = *std::move(opened);
    return {};
  }
  void open(CommitLimits limits = {}) {
    const auto opened = try_open(limits);
    ASSERT_TRUE(opened) << opened.error().to_string();
  }
  void make_empty() {
    files_->lose_unsynced(chance_);
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      std::filesystem::remove(entry.path());
  }
  void lose_power_and_open() {
    store_.reset();
    files_->lose_unsynced(chance_);
    open();
  }

  static Batch one(std::string key, std::string value = "v") {
    Batch batch;
    batch.put(Table::kFeeds, std::move(key), std::move(value));
    return batch;
  }
  Result<void> commit(Batch batch) { return run(loop_, store_->commit(std::move(batch))); }
  std::vector<Result<void>> commit_together(size_t count, const std::string& prefix) {
    std::vector<Task<Result<void>>> commits;
    for (size_t i = 0; i < count; ++i) commits.push_back(store_->commit(one(prefix + std::to_string(i))));
    return run_all(loop_, std::move(commits));
  }
  bool stored(std::string key, Table table = Table::kFeeds) {
    const auto value = run(loop_, store_->get(table, std::move(key)));
    EXPECT_TRUE(value) << value.error().to_string();
    return value && *value;
  }

  testing::TemporaryDirectory directory_;
  std::shared_ptr<testing::FaultFileSystem> files_ = std::make_shared<testing::FaultFileSystem>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
  size_t write_buffer_bytes_ = 16 << 20;
  std::mt19937_64 chance_{1};
  SystemLoop loop_;
  std::unique_ptr<RocksDbStore> store_;
};

TEST_F(RocksDbFaults, CommitsThatWaitTogetherShareOneFsync) {
  open();
  files_->set_log_sync_delay(std::chrono::milliseconds(2));
  const uint64_t before = files_->log_syncs();
  for (const auto& outcome : commit_together(200, "k")) EXPECT_TRUE(outcome);
  // The first goes alone; the other 199 wait for it and go together, or nearly so.
  EXPECT_LE(files_->log_syncs() - before, 10);
  EXPECT_EQ(store_->commit_stats().batches, 200);
}

TEST_F(RocksDbFaults, ACommitThatFindsNobodyWaitingIsSyncedAlone) {
  open();
  const uint64_t before = files_->log_syncs();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(commit(one("k" + std::to_string(i))));
  EXPECT_EQ(files_->log_syncs() - before, 5);
}

TEST_F(RocksDbFaults, AFullDiskIsReportedToEveryoneAndTheStoreGoesOnWhenThereIsRoom) {
  open();
  ASSERT_TRUE(commit(one("before")));
  files_->fill(0.5);
  for (const auto& outcome : commit_together(20, "full")) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().cls, ErrorClass::kExhausted);
    EXPECT_EQ(outcome.error().reason, "DISK_FULL");
    EXPECT_FALSE(outcome.error().next_step.empty());
  }
  EXPECT_TRUE(stored("before"));
  EXPECT_FALSE(stored("full0"));
  EXPECT_EQ(commit(one("still full")).error().reason, "DISK_FULL");

  files_->make_room();
  ASSERT_TRUE(commit(one("after")));
  EXPECT_TRUE(stored("after"));
  lose_power_and_open();
  EXPECT_TRUE(stored("before"));
  EXPECT_TRUE(stored("after"));
  EXPECT_FALSE(stored("full0"));
  EXPECT_FALSE(stored("still full"));
}

TEST_F(RocksDbFaults, ARecordTornByAFullDiskAtTheHeadOfALogDamagesNothingThatFollows) {
  open();
  store_.reset();
  open(); // nothing in memory, so resuming by itself would keep the log
  for (int round = 0; round < 3; ++round) {
    files_->fill(0.5);
    EXPECT_EQ(commit(one("torn", std::string(100'000, 'x'))).error().reason, "DISK_FULL");
    files_->make_room();
    for (int i = 0; i < 10; ++i) {
      const auto committed = commit(one(std::to_string(round) + "/" + std::to_string(i)));
      ASSERT_TRUE(committed) << committed.error().to_string();
    }
    lose_power_and_open();
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(stored(std::to_string(round) + "/" + std::to_string(i)));
    EXPECT_FALSE(stored("torn"));
  }
}

struct Fill {
  double share_of_first_write;
  bool fresh; // nothing in memory, so that resuming has nothing to flush
};

class GoingOnAfterAFullDisk : public RocksDbFaults, public ::testing::WithParamInterface<Fill> {};

TEST_P(GoingOnAfterAFullDisk, LosesNothingAndBringsNothingBackWhereverPowerFails) {
  open();
  bool went_on = false;
  for (uint64_t operations = 0; !went_on && operations < 100; operations += 3) {
    SCOPED_TRACE("power fails " + std::to_string(operations) + " operations after there is room");
    const std::string prefix = std::to_string(operations);
    ASSERT_TRUE(commit(one(prefix + "before")));
    if (GetParam().fresh) {
      store_.reset();
      open();
    }
    files_->fill(GetParam().share_of_first_write);
    EXPECT_EQ(commit(one(prefix + "refused", std::string(100'000, 'x'))).error().reason, "DISK_FULL");
    files_->make_room();
    files_->cut_power_after(operations);
    const auto after = commit(one(prefix + "after"));
    went_on = after.ok();
    lose_power_and_open();
    EXPECT_TRUE(stored(prefix + "before"));
    EXPECT_FALSE(stored(prefix + "refused"));
    if (after) {
      EXPECT_TRUE(stored(prefix + "after"));
    }
  }
  EXPECT_TRUE(went_on);
}

INSTANTIATE_TEST_SUITE_P(Fills, GoingOnAfterAFullDisk,
                         ::testing::Values(Fill{0, false}, Fill{0, true}, Fill{0.5, false}, Fill{0.5, true},
                                           Fill{0.9999, false}, Fill{0.9999, true}),
                         [](const auto& test) {
                           return std::to_string(static_cast<int>(test.param.share_of_first_write * 100)) +
                                  "PercentWritten" + (test.param.fresh ? "JustOpened" : "");
                         });

TEST_F(RocksDbFaults, AFailedFsyncIsOfUnknownOutcomeAndStopsCommitsUntilReopened) {
  open();
  ASSERT_TRUE(commit(one("before")));
  files_->fail_next_log_sync();
  const auto unknown = commit(one("unknown"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().cls, ErrorClass::kCorrupt);
  EXPECT_EQ(unknown.error().reason, "STORE_OUTCOME_UNKNOWN");
  EXPECT_EQ(commit(one("later")).error().reason, "STORE_OUTCOME_UNKNOWN");
  EXPECT_TRUE(stored("before"));
  lose_power_and_open();
  EXPECT_TRUE(stored("before"));
  EXPECT_FALSE(stored("later"));
  EXPECT_TRUE(commit(one("after")));
}

TEST_F(RocksDbFaults, ADiskThatDoesNotAnswerIsReportedInTime) {
  CommitLimits limits;
  limits.stall_max = std::chrono::milliseconds(80);
  open(limits);
  files_->set_log_sync_delay(std::chrono::milliseconds(3000));
  const auto began = std::chrono::steady_clock::now();
  for (const auto& outcome : commit_together(3, "k")) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().cls, ErrorClass::kCorrupt);
    EXPECT_EQ(outcome.error().reason, "STORE_STALLED");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(2500));
}

// RocksDB sleeps for a second when a compaction fails, so a life takes that long.
// One life of a store in which batches over all tables are committed, several at a time, until power fails.
class PowerLoss : public RocksDbFaults {
 protected:
  static Batch pair(uint64_t number) {
    Batch batch;
    const std::string key = std::to_string(number);
    const auto value = std::string(number % 7 == 0 ? 40'000 : 50, static_cast<char>('a' + number % 26));
    batch.put(Table::kManifest, key, value);
    batch.put(number % 2 == 0 ? Table::kFeeds : Table::kRuns, key, value);
    if (number >= 40 && number % 5 == 0) {
      batch.delete_prefixes.emplace_back(Table::kSinks, "");
      batch.put(Table::kSinks, "last", key);
    }
    return batch;
  }
  bool manifest_has(uint64_t number) { return stored(std::to_string(number), Table::kManifest); }
  bool other_has(uint64_t number) {
    return stored(std::to_string(number), number % 2 == 0 ? Table::kFeeds : Table::kRuns);
  }

  enum class Fate { kStored, kNotStored, kUnknown };

  void live_until_power_fails() {
    while (!files_->power_is_out()) {
      std::vector<Task<Result<void>>> commits;
      for (int i = 0; i < 4; ++i) commits.push_back(store_->commit(pair(next_ + static_cast<uint64_t>(i))));
      for (const auto& outcome : run_all(loop_, std::move(commits))) {
        const bool unknown = !outcome && outcome.error().cls == ErrorClass::kCorrupt;
        fates_[next_++] = outcome ? Fate::kStored : unknown ? Fate::kUnknown : Fate::kNotStored;
      }
    }
  }
  void check_fates() {
    for (auto& [number, fate] : fates_) {
      const bool in_manifest = manifest_has(number);
      EXPECT_EQ(in_manifest, other_has(number)) << "half of batch " << number;
      if (fate == Fate::kUnknown) fate = in_manifest ? Fate::kStored : Fate::kNotStored;
      EXPECT_EQ(in_manifest, fate == Fate::kStored) << "batch " << number;
    }
  }

  uint64_t next_ = 0;
  std::map<uint64_t, Fate> fates_;
};

TEST_F(PowerLoss, LosesNothingThatWasAcknowledgedAndKeepsEveryBatchWhole) {
  write_buffer_bytes_ = 256 << 10; // flushes and compactions all the time
  open();
  for (int life = 0; life < 25 && !HasFailure(); ++life) {
    SCOPED_TRACE("life " + std::to_string(life));
    files_->cut_power_after(chance_() % 150);
    live_until_power_fails();
    lose_power_and_open();
    check_fates();
  }
  EXPECT_GT(next_, 200);
}

TEST_F(PowerLoss, WhileAStoreIsMadeLeavesWhatTheNextOpenCompletes) {
  bool made = false;
  for (uint64_t operations = 0; !made && operations < 500 && !HasFailure(); ++operations) {
    SCOPED_TRACE("power fails at operation " + std::to_string(operations) + " of making");
    make_empty();
    files_->cut_power_after(operations);
    made = try_open().ok();
    lose_power_and_open();
    ASSERT_TRUE(commit(pair(operations)));
    lose_power_and_open();
    EXPECT_TRUE(manifest_has(operations) && other_has(operations));
    store_.reset();
  }
  EXPECT_TRUE(made);
}

TEST_F(PowerLoss, WhileOpeningLosesNothing) {
  write_buffer_bytes_ = 256 << 10;
  int failed_opens = 0;
  for (uint64_t operations = 0; operations < 80 && !HasFailure(); ++operations) {
    SCOPED_TRACE("power fails at operation " + std::to_string(operations) + " of opening");
    files_->cut_power_after(operations);
    const auto opened = try_open();
    if (!opened) {
      ++failed_opens;
      EXPECT_NE(opened.error().reason, "STORE_FOREIGN") << opened.error().to_string();
    }
    lose_power_and_open();
    check_fates();
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(commit(pair(next_)));
      fates_[next_++] = Fate::kStored;
    }
    store_.reset();
    files_->lose_unsynced(chance_);
  }
  EXPECT_GT(failed_opens, 20);
}

} // namespace
} // namespace circuit::state
