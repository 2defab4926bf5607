#include "ingest/sync/scheduler.h"

#include <utility>

#include "ingest/runtime/crash_point.h"
#include "ingest/state/records.h"
#include "ingest/sync/feed_connections.h"
#include "ingest/sync/poll_plan.h"
#include "ingest/sync/run_records.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

struct Scheduler::Active {
  explicit Active(boost::asio::any_io_executor executor) : task(std::move(executor)) {}

  std::shared_ptr<RunStatus> status = std::make_shared<RunStatus>();
  std::string fairness_key;
  std::optional<std::string> retract_reason; // reads nothing and removes everything, for that reason
  bool started = false;
  bool settings_changed = false; // since it loaded them
  bool cancel_requested = false; // by somebody, not by shutdown
  Run* run = nullptr;            // while it executes
  TaskGroup task;                // the run, to be cancelled alone

  const std::string& sync() const { return status->sync.name(); }
  const std::string& feed() const { return status->sync.feed(); }
  void abandon() {
    if (run != nullptr) run->abandon();
    task.cancel();
  }
};

struct Scheduler::Outcome {
  std::optional<Error> error;
  std::optional<StoredFeed> feed; // nullopt: it could not be read
  std::optional<SystemTime> suggested;
  std::string ended_reason;
  bool incomplete = false;
  bool wrote = true; // to the store
};

// A run's place: one of the worker's, and one of its key's.
class Scheduler::Place final : public RunPlace {
 public:
  Place(Scheduler& scheduler, std::string key) : scheduler_(scheduler), key_(std::move(key)) {
    ++scheduler_.running_per_key_[key_]; // the worker's was taken by dispatch()
  }
  ~Place() override {
    if (parked_) {
      --scheduler_.parked_;
    } else {
      give_back();
    }
  }
  void leave() override {
    parked_ = true;
    ++scheduler_.parked_;
    give_back();
  }
  Task<void> take() override {
    co_await scheduler_.places_.acquire(1);
    ++scheduler_.running_per_key_[key_];
    --scheduler_.parked_;
    parked_ = false;
  }

 private:
  void give_back() {
    const auto running = scheduler_.running_per_key_.find(key_);
    if (--running->second == 0) scheduler_.running_per_key_.erase(running);
    scheduler_.places_.release(1);
    scheduler_.dispatch();
  }

  Scheduler& scheduler_;
  std::string key_;
  bool parked_ = false;
};

const Provider* find_provider(const EngineSeams& seams, const std::string& name) {
  for (const Provider* candidate : seams.providers) {
    if (candidate->description().name() == name) return candidate;
  }
  return nullptr;
}

Scheduler::Scheduler(EngineSeams& seams, const EngineOptions& options, SinkPool& sinks, Planned planned)
    : seams_(seams),
      options_(options),
      sinks_(sinks),
      planned_(std::move(planned)),
      delivery_credit_(options.delivery_credit_bytes),
      body_credit_(seams.loop.clock(), options.body_credit_bytes),
      places_(options.max_running_syncs),
      background_(seams.loop.executor()),
      runs_(seams.loop.executor()) {}

Scheduler::~Scheduler() = default;

void Scheduler::submit(v1::Sync sync, std::string fairness_key) {
  enqueue(std::move(sync), std::move(fairness_key), std::nullopt);
}

void Scheduler::submit_retraction(v1::Sync sync, std::string fairness_key, std::string reason) {
  enqueue(std::move(sync), std::move(fairness_key), std::move(reason));
}

void Scheduler::enqueue(v1::Sync sync, std::string fairness_key, std::optional<std::string> retract_reason) {
  auto active = std::make_shared<Active>(seams_.loop.executor());
  active->fairness_key = std::move(fairness_key);
  active->retract_reason = std::move(retract_reason);
  active->status->sync = std::move(sync);
  by_sync_[active->sync()] = active;
  by_feed_[active->feed()] = active;
  queue_.push({active->sync(), active->fairness_key, active->status->sync.priority()});
  dispatch();
}

void Scheduler::dispatch() {
  const auto has_room = [this](const std::string& key) {
    const auto found = running_per_key_.find(key);
    return found == running_per_key_.end() || found->second < options_.max_running_per_key;
  };
  while (!stopping_ && queue_.size() > 0 && places_.try_acquire(1)) {
    auto next = queue_.pop(has_room);
    if (!next) {
      places_.release(1);
      return;
    }
    // From here on the place counts for its key, also before the coroutine has begun.
    auto active = by_sync_.at(next->sync);
    active->started = true;
    auto place = std::make_unique<Place>(*this, active->fairness_key);
    runs_.spawn(drive(std::move(active), std::move(place)));
  }
}

Task<void> Scheduler::drive(ActivePtr active, std::unique_ptr<RunPlace> place) {
  auto& sync = active->status->sync;
  sync.set_state(v1::Sync::RUNNING);
  *sync.mutable_started_at() = to_timestamp(seams_.loop.clock().now());
  *sync.mutable_heartbeat_at() = sync.started_at();
  active->status->publish();
  seams_.observer.sync_started(sync);
  Outcome outcome = co_await execute(active, *place);
  co_await finish(active, std::move(outcome));
  // The place is given back last: whoever is next finds this sync ended.
}

RunSeams Scheduler::run_seams(const v1::Feed& settings, RunPlace& place, int64_t epoch) {
  const std::string sink = settings.sink().empty() ? options_.default_sink : settings.sink();
  Delivery::Open open = [this, sink, feed = settings.name(), epoch] {
    return sinks_.open(sink, SessionRequest{feed, epoch});
  };
  return RunSeams{seams_.loop.executor(),
                  seams_.loop.clock(),
                  seams_.store,
                  seams_.http,
                  delivery_credit_,
                  body_credit_,
                  place,
                  seams_.compute,
                  std::move(open),
                  sink,
                  options_};
}

namespace {

bool is_passing(const Error& error) {
  return error.cls == ErrorClass::kTransient || error.cls == ErrorClass::kExhausted;
}

Error stopped_before_it_began() {
  return make_error(ErrorClass::kCancelled, "SYNC_STOPPED", "The sync was cancelled before it began",
                    "Start it again when it is wanted.");
}

// A feed whose source is, so to speak, empty.
class Retraction final : public Feed {
 public:
  explicit Retraction(std::string reason) : reason_(std::move(reason)) {}
  Task<void> pull(Pull& pull) override { co_await static_cast<Run&>(pull).retract(reason_); }

 private:
  std::string reason_;
};

Task<void> run_into(Run* run, Feed* feed, std::optional<Error>* error) {
  *error = co_await run->execute(*feed);
}

} // namespace

Task<Scheduler::Outcome> Scheduler::execute(ActivePtr active, RunPlace& place) {
  Outcome outcome;
  auto stored = co_await load_feed(seams_.store, active->feed());
  if (!stored) {
    outcome.error = std::move(stored).error();
    co_return outcome;
  }
  outcome.feed = std::move(*stored);
  if (active->cancel_requested || stopping_) { // while it was loaded, when there was no run to tell
    outcome.error = stopped_before_it_began();
    co_return outcome;
  }
  if (active->retract_reason) {
    Retraction retraction(*active->retract_reason);
    co_await run(active, place, retraction, {}, outcome);
    co_return outcome;
  }
  const v1::Feed& settings = outcome.feed->settings();
  const Provider* provider = find_provider(seams_, settings.provider());
  if (provider == nullptr) {
    outcome.error = make_error(ErrorClass::kInvalid, "PROVIDER_UNKNOWN",
                               "This worker has no provider \"" + settings.provider() + "\"",
                               "Use a worker that has it, or delete the feed.");
    co_return outcome;
  }
  auto connection = co_await load_connection(seams_.store, settings.connection());
  if (!connection) {
    outcome.error = std::move(connection).error();
    co_return outcome;
  }
  outcome.error = unusable(*connection);
  if (outcome.error) co_return outcome;
  const auto feed = provider->make_feed(settings);
  co_await run(active, place, *feed, *std::move(connection), outcome);
  co_return outcome;
}

Task<void> Scheduler::run(ActivePtr active, RunPlace& place, Feed& feed, v1::Connection connection,
                          Outcome& outcome) {
  const v1::Feed& settings = outcome.feed->settings();
  Run run(run_seams(settings, place, outcome.feed->state.epoch()), settings, std::move(connection),
          outcome.feed->state, active->status);
  active->run = &run;
  active->task.spawn(run_into(&run, &feed, &outcome.error));
  co_await active->task.join();
  active->run = nullptr;
  outcome.feed->state = run.state();
  outcome.suggested = run.suggested_next_sync();
  outcome.ended_reason = run.ended_reason();
  outcome.incomplete = run.was_incomplete();
  outcome.wrote = run.has_written();
}

// A poll that changed nothing of what the store has, and whose end will not, but for its own times.
bool Scheduler::was_quiet(const Outcome& outcome) {
  if (outcome.error || outcome.incomplete || outcome.wrote || !outcome.feed) return false;
  const st::FeedStateRecord& state = outcome.feed->state;
  const bool asked_for = !state.active_sync().empty(); // or another one was, and never ended
  return !asked_for && state.failures() == 0 && !state.retry_dead_letters() && state.ended_reason().empty() &&
         outcome.ended_reason.empty();
}

// What the end of a sync says about its feed.
void Scheduler::note_end(const v1::Sync& sync, Outcome& outcome) {
  st::FeedStateRecord& state = outcome.feed->state;
  state.clear_active_sync();
  state.set_last_sync(sync.name());
  if (!outcome.error) {
    state.set_failures(0);
    state.clear_retry_dead_letters();
    state.set_ended_reason(outcome.ended_reason);
  } else if (outcome.error->cls != ErrorClass::kCancelled) {
    state.set_failures(state.failures() + 1);
  }
}

std::optional<SystemTime> Scheduler::plan_next(Outcome& outcome, SystemTime now) {
  st::FeedStateRecord& state = outcome.feed->state;
  SyncOutcome facts{outcome.error, outcome.suggested, state.failures()};
  if (outcome.error && outcome.error->cls == ErrorClass::kCancelled) facts.error.reset();
  auto next = plan_next_sync(outcome.feed->settings(), facts, now, options_, seams_.random);
  if (outcome.feed->record.paused() || !state.ended_reason().empty()) next.reset();
  state.clear_next_sync_at();
  if (next) *state.mutable_next_sync_at() = to_timestamp(*next);
  return next;
}

Task<void> Scheduler::finish(ActivePtr active, Outcome outcome) {
  const SystemTime now = seams_.loop.clock().now();
  const bool stopped = outcome.error && outcome.error->cls == ErrorClass::kCancelled;
  // Shown as ended only when it is, so that whoever sees the end can start the next one.
  v1::Sync sync = active->status->sync;
  std::optional<SystemTime> next;
  if (!(stopped && stopping_ && !active->cancel_requested)) {
    sync.set_state(!outcome.error ? v1::Sync::SUCCEEDED : stopped ? v1::Sync::CANCELLED : v1::Sync::FAILED);
    *sync.mutable_ended_at() = to_timestamp(now);
    sync.clear_activity();
    sync.clear_parked_until();
    sync.set_complete(!outcome.error && !outcome.incomplete);
    if (outcome.error) *sync.mutable_error() = to_sync_error(*outcome.error);

    if (!outcome.feed) outcome.feed = co_await load_for_end(sync.feed());
    const bool quiet = was_quiet(outcome);
    if (outcome.feed) note_end(sync, outcome);
    do {
      if (outcome.feed && std::exchange(active->settings_changed, false)) {
        auto fresh = co_await load_for_end(sync.feed());
        if (fresh) outcome.feed->record = std::move(fresh->record);
      }
      // Where the feed could not be loaded, a poll will find out more.
      next = outcome.feed ? plan_next(outcome, now) : now + options_.failure_backoff_min;
      if (quiet) {
        quiet_polls_.keep(sync, next);
        continue;
      }
      state::Batch batch;
      put_run(batch, sync);
      if (outcome.feed) state::put_record(batch, state::feed_key(sync.feed()), outcome.feed->state);
      co_await prune_runs(seams_, options_, sync.feed(), &batch);
      crash_point("sync.end.committing");
      co_await write_end(sync, std::move(batch));
      quiet_polls_.forget(sync.feed());
    } while (outcome.feed && active->settings_changed);
    crash_point("sync.end.committed");
    seams_.observer.sync_ended(sync);
  }
  active->status->sync = std::move(sync);
  by_sync_.erase(active->sync());
  by_feed_.erase(active->feed());
  active->status->publish();
  planned_(active->feed(), next);
}

Task<void> Scheduler::finish_unstarted(ActivePtr active) {
  Outcome outcome;
  outcome.error = stopped_before_it_began();
  auto stored = co_await load_feed(seams_.store, active->feed());
  if (stored) outcome.feed = std::move(*stored);
  co_await finish(std::move(active), std::move(outcome));
}

// Nobody is kept waiting for a store that has a bad moment: the sync is shown as ended, and its record
// follows. A restart before that takes the sync up again; what it has done is checkpointed.
Task<void> Scheduler::write_end(v1::Sync sync, state::Batch batch) {
  auto written = co_await seams_.store.commit(std::move(batch));
  if (written) co_return;
  const bool passes = is_passing(written.error());
  seams_.observer.warning(std::move(written).error().while_doing("writing the end of " + sync.name()));
  unwritten_ends_[sync.name()] = sync;
  if (passes && !stopping_) background_.spawn(write_record_later(std::move(sync)));
}

Task<void> Scheduler::write_record_later(v1::Sync sync) {
  constexpr Duration kLongest = std::chrono::minutes(1);
  for (Duration wait = std::chrono::seconds(1);; wait = std::min(wait * 2, kLongest)) {
    co_await seams_.loop.clock().sleep_for(wait);
    state::Batch batch;
    put_run(batch, sync);
    auto written = co_await seams_.store.commit(std::move(batch));
    if (written) {
      unwritten_ends_.erase(sync.name());
      co_return;
    }
    if (!is_passing(written.error())) co_return;
  }
}

// The feed of a sync that could not even load it.
Task<std::optional<StoredFeed>> Scheduler::load_for_end(std::string feed) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto stored = co_await load_feed(seams_.store, feed);
    if (stored) co_return std::optional<StoredFeed>(std::move(*stored));
    if (!is_passing(stored.error()) || stopping_ || attempt == kAttempts) break;
    co_await seams_.loop.clock().sleep_for(std::chrono::seconds(1));
  }
  co_return std::optional<StoredFeed>();
}

std::shared_ptr<RunStatus> Scheduler::active_of_feed(const std::string& feed) const {
  const auto found = by_feed_.find(feed);
  return found == by_feed_.end() ? nullptr : found->second->status;
}

std::shared_ptr<RunStatus> Scheduler::active(const std::string& sync) const {
  const auto found = by_sync_.find(sync);
  return found == by_sync_.end() ? nullptr : found->second->status;
}

const v1::Sync* Scheduler::unwritten_end(const std::string& sync) const {
  const auto found = unwritten_ends_.find(sync);
  return found == unwritten_ends_.end() ? nullptr : &found->second;
}

void Scheduler::cancel(const std::string& sync) {
  const auto found = by_sync_.find(sync);
  if (found == by_sync_.end() || found->second->cancel_requested) return;
  const ActivePtr active = found->second;
  active->cancel_requested = true;
  if (!active->started) {
    queue_.remove(sync);
    background_.spawn(finish_unstarted(active));
    return;
  }
  request_stop(*active);
  background_.spawn(abandon_after_grace(active));
}

void Scheduler::settings_changed(const std::string& feed) {
  const auto found = by_feed_.find(feed);
  if (found != by_feed_.end()) found->second->settings_changed = true;
}

void Scheduler::request_stop(Active& active) {
  if (active.run == nullptr || active.run->request_stop()) active.abandon();
}

Task<void> Scheduler::abandon_after_grace(ActivePtr active) {
  co_await seams_.loop.clock().sleep_for(options_.shutdown_grace);
  active->abandon();
}

void Scheduler::begin() { background_.spawn(beat()); }

Task<void> Scheduler::beat() {
  for (;;) {
    co_await seams_.loop.clock().sleep_for(options_.heartbeat_interval);
    const auto now = to_timestamp(seams_.loop.clock().now());
    for (auto& [name, active] : by_sync_) {
      if (!active->started) continue;
      *active->status->sync.mutable_heartbeat_at() = now;
      active->status->publish();
    }
  }
}

Task<void> Scheduler::stop() {
  stopping_ = true;
  background_.cancel();
  co_await background_.join();
  std::vector<ActivePtr> running;
  for (auto& [name, active] : by_sync_) {
    if (active->started) running.push_back(active);
  }
  for (auto& active : running) {
    request_stop(*active);
    background_.spawn(abandon_after_grace(active));
  }
  co_await runs_.join();
  background_.cancel();
  co_await background_.join();
}

Engine::Gauges Scheduler::gauges() const {
  Engine::Gauges gauges;
  gauges.queued = queue_.size();
  gauges.parked = parked_;
  gauges.running = places_.in_use();
  gauges.delivery_bytes = delivery_credit_.in_use();
  gauges.delivery_bytes_peak = delivery_credit_.peak();
  gauges.body_bytes = body_credit_.in_use();
  gauges.body_bytes_peak = body_credit_.peak();
  return gauges;
}

} // namespace circuit::sync
