#pragma once
// Makes many commits share one fsync: one thread takes everything that waits and writes it as one group; what
// arrives meanwhile is the next group. Nobody waits for company: a commit that finds the thread idle is
// written alone, at once.
//
// commit() from any loop; the caller resumes on its own. A loop must outlive its commits: stop() first, then
// let the loops go. It knows nothing of the database: `write_group` does the writing.
//
// After an error of class CORRUPT nobody knows what is stored; the committer then refuses all further commits
// with that error. Every other error says that nothing of the group was applied, and the next group is tried
// afresh.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"
#include "ingest/state/store.h"

namespace circuit::state {

struct CommitLimits {
  size_t group_batches_max = 1024;
  size_t group_bytes_max = 4 << 20; // a larger batch is a group of its own
  // A group that takes longer is reported as of unknown outcome, at the latest after one and a quarter of
  // this.
  std::chrono::milliseconds stall_max{60'000};
};

struct CommitStats {
  uint64_t batches = 0; // committed
  uint64_t groups = 0;  // written, each with one fsync
  uint64_t failed_groups = 0;
};

class Committer {
 public:
  // Writes all of them, in order, durably, or none. Called on the committer's thread, one call at a time.
  using WriteGroup = std::function<Result<void>(std::span<const Batch* const>)>;

  Committer(WriteGroup write_group, CommitLimits limits);
  ~Committer(); // stop()
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Returns when it is durable. Cancelling the caller does not stop it: the outcome is returned all the same,
  // so that no one is left without knowing. Besides the errors of `write_group`: CORRUPT STORE_STALLED,
  // CANCELLED STORE_CLOSED.
  Task<Result<void>> commit(Batch batch);

  // Writes what is queued, refuses what comes later, and waits for the thread to end: as long as the disk
  // takes.
  void stop();

  CommitStats stats() const;

 private:
  struct Entry;
  using Entries = std::vector<std::shared_ptr<Entry>>;

  Task<void> enqueue(std::shared_ptr<Entry> entry);
  void write_groups();
  void watch_for_stall();
  Entries take_group();
  void count(const Result<void>& outcome);
  Entries refuse_all(const Error& error);
  static void settle(const Entries& entries, const Result<void>& outcome);

  const WriteGroup write_group_;
  const CommitLimits limits_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable watch_;
  std::deque<std::shared_ptr<Entry>> queue_;
  Entries group_; // being written; emptied early when it stalls
  std::chrono::steady_clock::time_point group_began_;
  std::optional<Error> refusal_; // what later commits are told
  bool stopping_ = false;
  bool drained_ = false;
  CommitStats stats_;

  std::thread writer_;
  std::thread watcher_;
};

} // namespace circuit::state
