#include "ingest/state/committer.h"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ingest/state/store_errors.h"
#include "tests/ingest/state/running.h"

namespace circuit::state {
namespace {

using testing::run;
using testing::run_all;
using Keys = std::vector<std::string>;

// Stands where the database would: notes the keys of each group, and can be held, so that commits queue up
// behind it.
class Disk {
 public:
  Result<void> write(std::span<const Batch* const> batches) {
    std::unique_lock lock(mutex_);
    auto& keys = groups_.emplace_back();
    for (const Batch* batch : batches) {
      for (const auto& write : batch->writes) keys.push_back(write.key);
    }
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    if (failure_) return *std::exchange(failure_, std::nullopt);
    return {};
  }
  void hold() { set_held(true); }
  void release() { set_held(false); }
  void wait_for_group() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !groups_.empty(); });
  }
  void fail_next(Error error) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(error);
  }
  std::vector<Keys> groups() {
    const std::lock_guard lock(mutex_);
    return groups_;
  }

 private:
  void set_held(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  std::optional<Error> failure_;
  std::vector<Keys> groups_;
};

Task<Result<void>> wait_for_group(Disk* disk) {
  disk->wait_for_group();
  co_return Result<void>();
}
Task<Result<void>> release(Disk* disk) {
  disk->release();
  co_return Result<void>();
}

class CommitterTest : public ::testing::Test {
 protected:
  void start(CommitLimits limits = {}) {
    committer_ = std::make_unique<Committer>(
        [this](std::span<const Batch* const> batches) { return disk_.write(batches); }, limits);
  }

  static Batch one(std::string key, size_t bytes = 1) {
    Batch batch;
    batch.put(Table::kFeeds, std::move(key), std::string(bytes, 'v'));
    return batch;
  }
  Result<void> commit(std::string key) { return run(loop_, committer_->commit(one(std::move(key)))); }

  // Commits "first", and while that is being written the others. The results of the others.
  std::vector<Result<void>> commit_behind_another(std::vector<Batch> batches) {
    disk_.hold();
    std::vector<Task<Result<void>>> tasks;
    tasks.push_back(committer_->commit(one("first")));
    tasks.push_back(wait_for_group(&disk_));
    for (auto& batch : batches) tasks.push_back(committer_->commit(std::move(batch)));
    tasks.push_back(release(&disk_));
    auto results = run_all(loop_, std::move(tasks));
    return {results.begin() + 2, results.end() - 1};
  }

  Disk disk_;
  SystemLoop loop_;
  std::unique_ptr<Committer> committer_;
};

TEST_F(CommitterTest, CommitsThatArriveDuringAWriteAreTheNextGroupInTheirOrder) {
  start();
  for (const auto& outcome : commit_behind_another({one("a"), one("b"), one("c")})) EXPECT_TRUE(outcome);
  EXPECT_EQ(disk_.groups(), (std::vector<Keys>{{"first"}, {"a", "b", "c"}}));
  EXPECT_EQ(committer_->stats().groups, 2);
  EXPECT_EQ(committer_->stats().batches, 4);
}

TEST_F(CommitterTest, AGroupHasAtMostSoManyBatches) {
  CommitLimits limits;
  limits.group_batches_max = 2;
  start(limits);
  commit_behind_another({one("a"), one("b"), one("c"), one("d"), one("e")});
  EXPECT_EQ(disk_.groups(), (std::vector<Keys>{{"first"}, {"a", "b"}, {"c", "d"}, {"e"}}));
}

TEST_F(CommitterTest, AGroupHasAtMostSoManyBytesAndALargerBatchGoesAlone) {
  CommitLimits limits;
  limits.group_bytes_max = 1000;
  start(limits);
  commit_behind_another({one("a", 400), one("b", 400), one("c", 400), one("d", 5000), one("e", 10)});
  EXPECT_EQ(disk_.groups(), (std::vector<Keys>{{"first"}, {"a", "b"}, {"c"}, {"d"}, {"e"}}));
}

TEST_F(CommitterTest, AFailedGroupFailsEachOfItsCommitsAndNoOther) {
  start();
  disk_.fail_next(disk_full("test"));
  EXPECT_EQ(commit("a").error().reason, "DISK_FULL");
  EXPECT_TRUE(commit("b"));
  EXPECT_EQ(committer_->stats().failed_groups, 1);
  EXPECT_EQ(committer_->stats().batches, 1);
}

TEST_F(CommitterTest, AfterAnUnknownOutcomeNothingMoreIsWritten) {
  start();
  disk_.fail_next(outcome_unknown("test"));
  for (const auto& outcome : commit_behind_another({one("a"), one("b")})) {
    EXPECT_EQ(outcome.error().reason, "STORE_OUTCOME_UNKNOWN");
  }
  EXPECT_EQ(commit("c").error().reason, "STORE_OUTCOME_UNKNOWN");
  EXPECT_EQ(disk_.groups(), (std::vector<Keys>{{"first"}}));
}

TEST_F(CommitterTest, StoppingRefusesWhatComesLater) {
  start();
  EXPECT_TRUE(commit("a"));
  committer_->stop();
  EXPECT_EQ(commit("b").error().reason, "STORE_CLOSED");
  EXPECT_EQ(disk_.groups(), (std::vector<Keys>{{"a"}}));
}

Task<Result<void>> stop(Committer* committer) {
  committer->stop();
  co_return Result<void>();
}

TEST_F(CommitterTest, StoppingWritesWhatIsQueued) {
  start();
  std::vector<Task<Result<void>>> tasks;
  for (const char* key : {"a", "b", "c"}) tasks.push_back(committer_->commit(one(key)));
  tasks.push_back(stop(committer_.get()));
  for (const auto& outcome : run_all(loop_, std::move(tasks))) EXPECT_TRUE(outcome);
  Keys written;
  for (const auto& group : disk_.groups()) written.insert(written.end(), group.begin(), group.end());
  EXPECT_EQ(written, (Keys{"a", "b", "c"}));
}

TEST_F(CommitterTest, AWriteThatHangsIsReportedAndWhatWaitsBehindItToo) {
  CommitLimits limits;
  limits.stall_max = std::chrono::milliseconds(40);
  start(limits);
  disk_.hold();
  std::vector<Task<Result<void>>> tasks;
  tasks.push_back(committer_->commit(one("a")));
  tasks.push_back(wait_for_group(&disk_));
  tasks.push_back(committer_->commit(one("b")));
  const auto results = run_all(loop_, std::move(tasks));
  EXPECT_EQ(results[0].error().reason, "STORE_STALLED");
  EXPECT_EQ(results[2].error().reason, "STORE_STALLED");
  disk_.release();
  committer_->stop();
  EXPECT_EQ(disk_.groups(), (std::vector<Keys>{{"a"}}));
}

Task<void> commit_many(Committer* committer, std::string prefix, size_t count, bool* ok) {
  const auto thread = std::this_thread::get_id();
  for (size_t i = 0; i < count; ++i) {
    Batch batch;
    batch.put(Table::kFeeds, prefix + std::to_string(i), "v");
    auto committed = co_await committer->commit(std::move(batch));
    *ok = *ok && committed && std::this_thread::get_id() == thread;
  }
}

TEST_F(CommitterTest, ServesManyLoopsAndResumesEachCallerOnItsOwn) {
  start();
  constexpr size_t kThreads = 4;
  constexpr size_t kCommits = 500;
  std::vector<std::thread> threads;
  std::array<bool, kThreads> ok;
  ok.fill(true);
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &ok] {
      SystemLoop loop;
      bool done = false;
      boost::asio::co_spawn(loop.executor(),
                            commit_many(committer_.get(), std::to_string(t) + "/", kCommits, &ok[t]),
                            [&done](std::exception_ptr) { done = true; });
      testing::drive(loop, done);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const bool each : ok) EXPECT_TRUE(each);
  EXPECT_EQ(committer_->stats().batches, kThreads * kCommits);
}

} // namespace
} // namespace circuit::state
