#pragma once
// Runs syncs: queues them, gives each a place when its turn comes, drives its Run, and writes down how it
// ended. At most one sync per feed; fair between accounts and hosts; parked syncs give their place to others.
// On the engine's loop.

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ingest/runtime/task_group.h"
#include "ingest/sync/engine.h"
#include "ingest/sync/feed_records.h"
#include "ingest/sync/run.h"
#include "ingest/sync/run_queue.h"
#include "ingest/sync/sink_pool.h"
#include "ingest/sync/sync_end.h"

namespace circuit::sync {

class Scheduler {
 public:
  // Told when a feed's sync has ended, with when it is to be synced next unasked, if at all.
  using Planned = std::function<void(const std::string& feed, std::optional<SystemTime> next)>;
  // Asked when the turn of a feed's poll has come: the sync that it is to be; nullopt: none, after all.
  using BeginPoll = std::function<std::optional<circuit::feeds::v1::Sync>(const std::string& feed)>;

  Scheduler(EngineSeams& seams, const EngineOptions& options, SinkPool& sinks, Planned planned,
            BeginPoll begin_poll);
  ~Scheduler();

  // Queues a sync. Its feed must not be active.
  void submit(circuit::feeds::v1::Sync sync, std::string fairness_key);
  // Queues a poll, which is no sync before its turn has come: of many that are due at once those that wait
  // take no more than their names.
  void submit_poll(std::string feed, const std::string& fairness_key);
  // The same as submit(), but it reads nothing: it delivers a removal of every document that the feed has
  // delivered.
  void submit_retraction(circuit::feeds::v1::Sync sync, std::string fairness_key, std::string reason);
  // Null if it is not queued or running.
  std::shared_ptr<RunStatus> active_of_feed(const std::string& feed) const;
  std::shared_ptr<RunStatus> active(const std::string& sync) const;
  std::vector<std::shared_ptr<RunStatus>> all_active() const;
  // How a sync has ended that the store does not know of yet; null: it knows, or the sync has not.
  const circuit::feeds::v1::Sync* unwritten_end(const std::string& sync) const {
    return ends_.unwritten(sync);
  }
  // Polls whose ends the store does not know of, because they changed nothing.
  QuietPolls& quiet_polls() { return ends_.quiet_polls(); }
  const QuietPolls& quiet_polls() const { return ends_.quiet_polls(); }
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
  class Place;
  using ActivePtr = std::shared_ptr<Active>;
  // Found by a name that they have, of their sync or their feed.
  struct NameOfSync {
    const std::string& operator()(const Active& active) const;
  };
  struct NameOfFeed {
    const std::string& operator()(const Active& active) const;
  };
  template <class Name>
  struct HashOf {
    using is_transparent = void;
    size_t operator()(const ActivePtr& active) const { return (*this)(Name()(*active)); }
    size_t operator()(const std::string& name) const { return std::hash<std::string>()(name); }
  };
  template <class Name>
  struct EqualBy {
    using is_transparent = void;
    bool operator()(const ActivePtr& a, const ActivePtr& b) const { return Name()(*a) == Name()(*b); }
    bool operator()(const ActivePtr& a, const std::string& name) const { return Name()(*a) == name; }
    bool operator()(const std::string& name, const ActivePtr& a) const { return Name()(*a) == name; }
  };
  template <class Name>
  using ActiveSet = std::unordered_set<ActivePtr, HashOf<Name>, EqualBy<Name>>;

  // What waits for its turn: a sync, or a feed's poll.
  struct Waiting {
    ActivePtr sync; // null: a poll
    std::string polled_feed;

    friend bool operator==(const Waiting&, const Waiting&) = default;
  };

  void enqueue(circuit::feeds::v1::Sync sync, std::string fairness_key,
               std::optional<std::string> retract_reason);
  ActivePtr add(circuit::feeds::v1::Sync sync, std::string fairness_key);
  void dispatch();
  Task<void> drive(ActivePtr active, std::unique_ptr<RunPlace> place);
  Task<SyncResult> execute(ActivePtr active, RunPlace& place);
  Task<void> run(ActivePtr active, RunPlace& place, Feed& feed,
                 const circuit::feeds::v1::Connection& connection, SyncResult& result);
  Task<void> finish(ActivePtr active, SyncResult result);
  Task<void> finish_unstarted(ActivePtr active);
  void request_stop(Active& active);
  Task<void> abandon_after_grace(ActivePtr active);
  Task<void> beat();
  RunSeams run_seams(const circuit::feeds::v1::Feed& settings, RunPlace& place, int64_t epoch);

  EngineSeams& seams_;
  const EngineOptions& options_;
  SinkPool& sinks_;
  Planned planned_;
  BeginPoll begin_poll_;
  Credit delivery_credit_;
  http::BodyCredit body_credit_;
  Credit places_;
  RunQueue<Waiting> queue_;
  std::unordered_map<std::string, uint64_t> running_per_key_;
  ActiveSet<NameOfSync> by_sync_;
  ActiveSet<NameOfFeed> by_feed_;
  SyncEnds ends_;
  bool stopping_ = false;
  uint64_t parked_ = 0;
  TaskGroup background_;
  TaskGroup runs_;
};

// The provider of that catalog id; null if this worker has none.
const Provider* find_provider(const EngineSeams& seams, const std::string& name);

} // namespace circuit::sync
