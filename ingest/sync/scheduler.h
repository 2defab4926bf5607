#pragma once
// Runs syncs: queues them, gives each a place when its turn comes, drives its Run, and writes down how it
// ended. At most one sync per feed; fair between accounts and hosts; parked syncs give their place to others.
// On the engine's loop.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "ingest/runtime/task_group.h"
#include "ingest/sync/engine.h"
#include "ingest/sync/feed_records.h"
#include "ingest/sync/quiet_polls.h"
#include "ingest/sync/run.h"
#include "ingest/sync/run_queue.h"
#include "ingest/sync/sink_pool.h"

namespace circuit::sync {

class Scheduler {
 public:
  // Told when a feed's sync has ended, with when it is to be synced next unasked, if at all.
  using Planned = std::function<void(const std::string& feed, std::optional<SystemTime> next)>;

  Scheduler(EngineSeams& seams, const EngineOptions& options, SinkPool& sinks, Planned planned);
  ~Scheduler();

  // Queues a sync. Its feed must not be active.
  void submit(circuit::feeds::v1::Sync sync, std::string fairness_key);
  // The same, but it reads nothing: it delivers a removal of every document that the feed has delivered.
  void submit_retraction(circuit::feeds::v1::Sync sync, std::string fairness_key, std::string reason);
  // Null if it is not queued or running.
  std::shared_ptr<RunStatus> active_of_feed(const std::string& feed) const;
  std::shared_ptr<RunStatus> active(const std::string& sync) const;
  // How a sync has ended that the store does not know of yet; null: it knows, or the sync has not.
  const circuit::feeds::v1::Sync* unwritten_end(const std::string& sync) const;
  // Polls whose ends the store does not know of, because they changed nothing.
  QuietPolls& quiet_polls() { return quiet_polls_; }
  const QuietPolls& quiet_polls() const { return quiet_polls_; }
  // Asks an active sync to stop at its next checkpoint, or at once if there is nothing to save.
  void cancel(const std::string& sync);

  // The feed's settings were changed: its active sync, if there is one, plans the next by the new ones.
  void settings_changed(const std::string& feed);

  // Heartbeats, until stop().
  void begin();
  // What runs stops at its next checkpoint or is abandoned after the grace time; the store still says that it
  // is active, so that the next start takes it up again.
  Task<void> stop();
  bool stopping() const { return stopping_; }

  Engine::Gauges gauges() const;

 private:
  struct Active;
  struct Outcome;
  class Place;
  using ActivePtr = std::shared_ptr<Active>;

  void enqueue(circuit::feeds::v1::Sync sync, std::string fairness_key,
               std::optional<std::string> retract_reason);
  void dispatch();
  Task<void> drive(ActivePtr active, std::unique_ptr<RunPlace> place);
  Task<Outcome> execute(ActivePtr active, RunPlace& place);
  Task<void> run(ActivePtr active, RunPlace& place, Feed& feed, circuit::feeds::v1::Connection connection,
                 Outcome& outcome);
  Task<void> finish(ActivePtr active, Outcome outcome);
  static bool was_quiet(const Outcome& outcome);
  void note_end(const circuit::feeds::v1::Sync& sync, Outcome& outcome);
  std::optional<SystemTime> plan_next(Outcome& outcome, SystemTime now);
  Task<void> finish_unstarted(ActivePtr active);
  Task<void> write_end(circuit::feeds::v1::Sync sync, state::Batch batch);
  Task<void> write_record_later(circuit::feeds::v1::Sync sync);
  Task<std::optional<StoredFeed>> load_for_end(std::string feed);
  void request_stop(Active& active);
  Task<void> abandon_after_grace(ActivePtr active);
  Task<void> beat();
  RunSeams run_seams(const circuit::feeds::v1::Feed& settings, RunPlace& place, int64_t epoch);

  EngineSeams& seams_;
  const EngineOptions& options_;
  SinkPool& sinks_;
  Planned planned_;
  Credit delivery_credit_;
  http::BodyCredit body_credit_;
  Credit places_;
  RunQueue queue_;
  std::unordered_map<std::string, uint64_t> running_per_key_;
  std::unordered_map<std::string, ActivePtr> by_sync_;
  std::unordered_map<std::string, ActivePtr> by_feed_;
  std::unordered_map<std::string, circuit::feeds::v1::Sync> unwritten_ends_;
  QuietPolls quiet_polls_;
  bool stopping_ = false;
  uint64_t parked_ = 0;
  TaskGroup background_;
  TaskGroup runs_;
};

// The provider of that catalog id; null if this worker has none.
const Provider* find_provider(const EngineSeams& seams, const std::string& name);

} // namespace circuit::sync
