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
//
// Purges are done by the same thread, between two groups, so that they see every commit before them and none
// beside them. All that wait when one begins are one.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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
  uint64_t purges = 0; // done, each for all who waited
};

class Committer {
 public:
  // Writes all of them, in order, durably, or none. Called on the committer's thread, one call at a time.
  using WriteGroup = std::function<Result<void>(std::span<const Batch* const>)>;

  // Rids the files of what was deleted in these tables; called as WriteGroup is.
  using Purge = std::function<Result<void>(const std::set<Table>&)>;

  Committer(WriteGroup write_group, CommitLimits limits, Purge purge = {});
  ~Committer(); // stop()
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Returns when it is durable. Cancelling the caller does not stop it: the outcome is returned all the same,
  // so that no one is left without knowing. Besides the errors of `write_group`: CORRUPT STORE_STALLED,
  // CANCELLED STORE_CLOSED.
  Task<Result<void>> commit(Batch batch);

  // Returns when what was deleted by commits before this call is purged. Errors of `purge`; CORRUPT
  // STORE_STALLED, CANCELLED STORE_CLOSED.
  Task<Result<void>> purge(std::vector<Table> tables);

  // Writes what is queued, refuses what comes later, and waits for the thread to end: as long as the disk
  // takes.
  void stop();

  CommitStats stats() const;

 private:
  struct Entry;
  struct PurgeEntry;
  using Entries = std::vector<std::shared_ptr<Entry>>;
  using PurgeEntries = std::vector<std::shared_ptr<PurgeEntry>>;

  template <class AnyEntry>
  Task<void> enqueue(std::shared_ptr<AnyEntry> entry);
  void admit(std::shared_ptr<Entry> entry);
  void admit(std::shared_ptr<PurgeEntry> entry);
  void work();
  void write_group(std::unique_lock<std::mutex>& lock);
  void run_purges(PurgeEntries due, std::unique_lock<std::mutex>& lock);
  PurgeEntries take_due_purges();
  void watch_for_stall();
  Entries take_group();
  void count(const Result<void>& outcome);
  Entries refuse_all(const Error& error);
  template <class AnyEntries>
  static void settle(const AnyEntries& entries, const Result<void>& outcome);

  const WriteGroup write_group_;
  const CommitLimits limits_;
  const Purge purge_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable watch_;
  std::deque<std::shared_ptr<Entry>> queue_;
  std::deque<std::shared_ptr<PurgeEntry>> purges_;
  uint64_t enqueued_ = 0; // commits
  uint64_t taken_ = 0;    // of these, in a group that was written or is
  Entries group_;         // being written; emptied early when it stalls
  std::chrono::steady_clock::time_point group_began_;
  std::optional<Error> refusal_; // what later commits are told
  bool stopping_ = false;
  bool drained_ = false;
  CommitStats stats_;

  std::thread writer_;
  std::thread watcher_;
};

} // namespace circuit::state
