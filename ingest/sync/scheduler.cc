#include "ingest/sync/scheduler.h"

#include <utility>

#include "ingest/state/records.h"
#include "ingest/sync/feed_connections.h"
#include "ingest/sync/sink_anew.h"

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

const std::string& Scheduler::NameOfSync::operator()(const Active& active) const { return active.sync(); }
const std::string& Scheduler::NameOfFeed::operator()(const Active& active) const { return active.feed(); }

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

Scheduler::Scheduler(EngineSeams& seams, const EngineOptions& options, SinkPool& sinks, Planned planned,
                     BeginPoll begin_poll)
    : seams_(seams),
      options_(options),
      sinks_(sinks),
      planned_(std::move(planned)),
      begin_poll_(std::move(begin_poll)),
      delivery_credit_(options.delivery_credit_bytes),
      body_credit_(seams.loop.clock(), options.body_credit_bytes),
      places_(options.max_running_syncs),
      ends_(seams, options),
      background_(seams.loop.executor()),
      runs_(seams.loop.executor()) {}

Scheduler::~Scheduler() = default;

void Scheduler::submit(v1::Sync sync, std::string fairness_key) {
  enqueue(std::move(sync), std::move(fairness_key), std::nullopt);
}

void Scheduler::submit_retraction(v1::Sync sync, std::string fairness_key, std::string reason) {
  enqueue(std::move(sync), std::move(fairness_key), std::move(reason));
}

void Scheduler::submit_poll(std::string feed, const std::string& fairness_key) {
  constexpr int kPriority = 0;
  queue_.push({nullptr, std::move(feed)}, fairness_key, kPriority);
  dispatch();
}

void Scheduler::enqueue(v1::Sync sync, std::string fairness_key, std::optional<std::string> retract_reason) {
  const int priority = sync.priority();
  ActivePtr active = add(std::move(sync), std::move(fairness_key));
  active->retract_reason = std::move(retract_reason);
  queue_.push({active, {}}, active->fairness_key, priority);
  dispatch();
}

Scheduler::ActivePtr Scheduler::add(v1::Sync sync, std::string fairness_key) {
  auto active = std::make_shared<Active>(seams_.loop.executor());
  active->fairness_key = std::move(fairness_key);
  active->status->sync = std::move(sync);
  by_sync_.insert(active);
  by_feed_.insert(active);
  return active;
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
    ActivePtr active = std::move(next->item.sync);
    if (!active) {
      auto poll = begin_poll_(next->item.polled_feed);
      if (!poll) {
        places_.release(1);
        continue;
      }
      active = add(*std::move(poll), std::move(next->fairness_key));
    }
    // From here on the place counts for its key, also before the coroutine has begun.
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
  SyncResult result = co_await execute(active, *place);
  co_await finish(active, std::move(result));
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

Task<SyncResult> Scheduler::execute(ActivePtr active, RunPlace& place) {
  SyncResult result;
  auto stored = co_await load_feed_apart(seams_.store, active->feed());
  if (!stored) {
    result.error = std::move(stored).error();
    co_return result;
  }
  result.feed = std::move(*stored);
  const bool asked_for = result.feed->state.active_sync() == active->sync();
  if (asked_for && !active->retract_reason) {
    auto meeting = meet_gone_sink(seams_.store, sinks_, options_.default_sink, active->status->sync.mode(),
                                  result.feed.get());
    result.error = co_await std::move(meeting);
    if (result.error) co_return result;
  }
  if (active->cancel_requested || stopping_) { // while it was loaded, when there was no run to tell
    result.error = stopped_before_it_began();
    co_return result;
  }
  if (active->retract_reason) {
    Retraction retraction(*active->retract_reason);
    co_await run(active, place, retraction, v1::Connection::default_instance(), result);
    co_return result;
  }
  const v1::Feed& settings = result.feed->settings();
  const Provider* provider = find_provider(seams_, settings.provider());
  if (provider == nullptr) {
    result.error = make_error(ErrorClass::kInvalid, "PROVIDER_UNKNOWN",
                              "This worker has no provider \"" + settings.provider() + "\"",
                              "Use a worker that has it, or delete the feed.");
    co_return result;
  }
  std::optional<v1::Connection> connection;
  if (!settings.connection().empty()) {
    auto loaded = co_await load_connection(seams_.store, settings.connection());
    if (!loaded) {
      result.error = std::move(loaded).error();
      co_return result;
    }
    connection = *std::move(loaded);
    result.error = unusable(*connection);
    if (result.error) co_return result;
  }
  const auto feed = provider->make_feed(settings);
  const v1::Connection& account = connection ? *connection : v1::Connection::default_instance();
  co_await run(active, place, *feed, account, result);
  co_return result;
}

Task<void> Scheduler::run(ActivePtr active, RunPlace& place, Feed& feed, const v1::Connection& connection,
                          SyncResult& result) {
  const v1::Feed& settings = result.feed->settings();
  const int64_t epoch = result.feed->state.epoch();
  Run run(run_seams(settings, place, epoch), settings, connection, std::move(result.feed->state),
          active->status);
  active->run = &run;
  active->task.spawn(run_into(&run, &feed, &result.error));
  co_await active->task.join();
  active->run = nullptr;
  result.feed->state = run.take_state();
  result.suggested = run.suggested_next_sync();
  result.ended_reason = run.ended_reason();
  result.incomplete = run.was_incomplete();
  result.wrote = run.has_written();
}

Task<void> Scheduler::finish(ActivePtr active, SyncResult result) {
  const bool stopped = result.error && result.error->cls == ErrorClass::kCancelled;
  const bool is_taken_up_again = stopped && stopping_ && !active->cancel_requested;
  std::optional<SystemTime> next;
  if (!is_taken_up_again) {
    if (!ends_.end_quietly(*active->status, result, active->settings_changed, &next)) {
      auto writing = ends_.write(active->status, std::move(result), &active->settings_changed);
      next = co_await std::move(writing);
    }
    seams_.observer.sync_ended(active->status->sync);
  }
  by_sync_.erase(active);
  by_feed_.erase(active);
  active->status->publish();
  active->status->ended.notify_all();
  planned_(active->feed(), next);
}

Task<void> Scheduler::finish_unstarted(ActivePtr active) {
  SyncResult result;
  result.error = stopped_before_it_began();
  auto stored = co_await load_feed_apart(seams_.store, active->feed());
  if (stored) result.feed = std::move(*stored);
  co_await finish(std::move(active), std::move(result));
}

std::shared_ptr<RunStatus> Scheduler::active_of_feed(const std::string& feed) const {
  const auto found = by_feed_.find(feed);
  return found == by_feed_.end() ? nullptr : (*found)->status;
}

std::shared_ptr<RunStatus> Scheduler::active(const std::string& sync) const {
  const auto found = by_sync_.find(sync);
  return found == by_sync_.end() ? nullptr : (*found)->status;
}

std::vector<std::shared_ptr<RunStatus>> Scheduler::all_active() const {
  std::vector<std::shared_ptr<RunStatus>> all;
  all.reserve(by_sync_.size());
  for (const ActivePtr& active : by_sync_) all.push_back(active->status);
  return all;
}

void Scheduler::cancel(const std::string& sync) {
  const auto found = by_sync_.find(sync);
  if (found == by_sync_.end() || (*found)->cancel_requested) return;
  ActivePtr active = *found;
  active->cancel_requested = true;
  if (!active->started) {
    queue_.remove({active, {}});
    background_.spawn(finish_unstarted(std::move(active)));
    return;
  }
  request_stop(*active);
  background_.spawn(abandon_after_grace(std::move(active)));
}

void Scheduler::settings_changed(const std::string& feed) {
  const auto found = by_feed_.find(feed);
  if (found != by_feed_.end()) (*found)->settings_changed = true;
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
    for (const ActivePtr& active : by_sync_) {
      if (!active->started) continue;
      *active->status->sync.mutable_heartbeat_at() = now;
      active->status->publish();
    }
  }
}

Task<void> Scheduler::stop() {
  stopping_ = true;
  co_await ends_.stop();
  background_.cancel();
  co_await background_.join();
  std::vector<ActivePtr> running;
  for (const ActivePtr& active : by_sync_) {
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
