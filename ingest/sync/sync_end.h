#pragma once
// How a sync ends: what its end says of the feed, when the feed is synced next, and what of that is written
// down at once, later, or with others.
//
// On the engine's loop.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "ingest/runtime/task_group.h"
#include "ingest/sync/engine.h"
#include "ingest/sync/feed_records.h"
#include "ingest/sync/quiet_polls.h"
#include "ingest/sync/run_status.h"

namespace circuit::sync {

// What became of a run.
struct SyncResult {
  std::optional<Error> error;
  std::unique_ptr<StoredFeed> feed; // as the run left it; null: it could not be read
  std::optional<SystemTime> suggested;
  std::string ended_reason;
  bool incomplete = false;
  bool wrote = true; // to the store
};

class SyncEnds {
 public:
  SyncEnds(EngineSeams& seams, const EngineOptions& options)
      : seams_(seams), options_(options), later_(seams.loop.executor()) {}

  // Ends a poll that changed nothing, which waits for nothing, so that nobody sees it half done: the end is
  // in the status, and written down later, with others. Returns false, having done nothing, when it is no
  // such poll; otherwise `next` is when the feed is to be synced next unasked, if at all.
  bool end_quietly(RunStatus& status, SyncResult& result, bool settings_changed,
                   std::optional<SystemTime>* next);
  // Writes any other end into the store, and then into the status, so that whoever sees it there can start
  // the next one; returns when the feed is to be synced next unasked, if at all. A store that has a bad
  // moment keeps nobody waiting: the record follows, and until then unwritten() has it. `settings_changed`:
  // set by whoever changed the feed's settings since the run read them, also meanwhile; then the next sync is
  // planned by the new ones.
  Task<std::optional<SystemTime>> write(std::shared_ptr<RunStatus> status, SyncResult result,
                                        bool* settings_changed);

  // How a sync has ended that the store does not know of yet. Null: it knows, or the sync has not.
  const circuit::feeds::v1::Sync* unwritten(const std::string& sync) const;
  // Polls that found nothing, which are written down together.
  QuietPolls& quiet_polls() { return quiet_polls_; }
  const QuietPolls& quiet_polls() const { return quiet_polls_; }

  // From here on what cannot be written at once is left to the next start.
  Task<void> stop();

 private:
  std::optional<SystemTime> plan_next(SyncResult& result, SystemTime now);
  Task<void> commit(circuit::feeds::v1::Sync sync, state::Batch batch);
  Task<void> commit_later(circuit::feeds::v1::Sync sync);
  Task<std::unique_ptr<StoredFeed>> load(std::string feed);

  EngineSeams& seams_;
  const EngineOptions& options_;
  std::unordered_map<std::string, circuit::feeds::v1::Sync> unwritten_;
  QuietPolls quiet_polls_;
  bool stopping_ = false;
  TaskGroup later_;
};

} // namespace circuit::sync
