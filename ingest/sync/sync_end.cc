#include "ingest/sync/sync_end.h"

#include <algorithm>
#include <utility>

#include "ingest/runtime/crash_point.h"
#include "ingest/state/records.h"
#include "ingest/sync/poll_plan.h"
#include "ingest/sync/run_records.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

bool is_passing(const Error& error) {
  return error.cls == ErrorClass::kTransient || error.cls == ErrorClass::kExhausted;
}

bool was_stopped(const SyncResult& result) {
  return result.error && result.error->cls == ErrorClass::kCancelled;
}

void note_end_of_sync(const SyncResult& result, SystemTime now, v1::Sync& sync) {
  sync.set_state(!result.error         ? v1::Sync::SUCCEEDED
                 : was_stopped(result) ? v1::Sync::CANCELLED
                                       : v1::Sync::FAILED);
  *sync.mutable_ended_at() = to_timestamp(now);
  sync.clear_activity();
  sync.clear_parked_until();
  sync.set_complete(!result.error && !result.incomplete);
  if (result.error) *sync.mutable_error() = to_sync_error(*result.error);
}

// What the end of a sync says of its feed.
void note_end_of_feed(const v1::Sync& sync, SyncResult& result) {
  st::FeedStateRecord& state = result.feed->state;
  state.clear_active_sync();
  state.set_last_sync(sync.name());
  if (!result.error) {
    state.set_failures(0);
    state.clear_retry_dead_letters();
    state.set_ended_reason(result.ended_reason);
  } else if (!was_stopped(result)) {
    state.set_failures(state.failures() + 1);
  }
}

// A poll that changed nothing of what the store has, and whose end will not, but for its own times.
bool was_quiet(const SyncResult& result) {
  if (result.error || result.incomplete || result.wrote || !result.feed) return false;
  const st::FeedStateRecord& state = result.feed->state;
  const bool asked_for = !state.active_sync().empty(); // or another one was, and never ended
  return !asked_for && state.failures() == 0 && !state.retry_dead_letters() && state.ended_reason().empty() &&
         result.ended_reason.empty();
}

} // namespace

std::optional<SystemTime> SyncEnds::plan_next(SyncResult& result, SystemTime now) {
  st::FeedStateRecord& state = result.feed->state;
  SyncOutcome facts{result.error, result.suggested, state.failures()};
  if (was_stopped(result)) facts.error.reset();
  auto next = plan_next_sync(result.feed->settings(), facts, now, options_, seams_.random);
  if (result.feed->record.paused() || !state.ended_reason().empty()) next.reset();
  state.clear_next_sync_at();
  if (next) *state.mutable_next_sync_at() = to_timestamp(*next);
  return next;
}

bool SyncEnds::end_quietly(RunStatus& status, SyncResult& result, bool settings_changed,
                           std::optional<SystemTime>* next) {
  if (!was_quiet(result) || settings_changed) return false;
  const SystemTime now = seams_.loop.clock().now();
  note_end_of_sync(result, now, status.sync);
  note_end_of_feed(status.sync, result);
  *next = plan_next(result, now);
  quiet_polls_.keep(status.sync, *next);
  return true;
}

Task<std::optional<SystemTime>> SyncEnds::write(std::shared_ptr<RunStatus> status, SyncResult result,
                                                bool* settings_changed) {
  const SystemTime now = seams_.loop.clock().now();
  v1::Sync sync = status->sync;
  note_end_of_sync(result, now, sync);
  if (!result.feed) result.feed = co_await load(sync.feed());
  if (result.feed) note_end_of_feed(sync, result);
  std::optional<SystemTime> next;
  do {
    if (result.feed && std::exchange(*settings_changed, false)) {
      auto fresh = co_await load(sync.feed());
      if (fresh) result.feed->record = std::move(fresh->record);
    }
    // Where the feed could not be loaded, a poll will find out more.
    next = result.feed ? plan_next(result, now) : now + options_.failure_backoff_min;
    state::Batch batch;
    put_run(batch, sync);
    if (result.feed) state::put_record(batch, state::feed_key(sync.feed()), result.feed->state);
    co_await prune_runs(seams_, options_, sync.feed(), &batch);
    crash_point("sync.end.committing");
    co_await commit(sync, std::move(batch));
    quiet_polls_.forget(sync.feed());
  } while (result.feed && *settings_changed);
  status->sync = std::move(sync);
  crash_point("sync.end.committed");
  co_return next;
}

const v1::Sync* SyncEnds::unwritten(const std::string& sync) const {
  const auto found = unwritten_.find(sync);
  return found == unwritten_.end() ? nullptr : &found->second;
}

Task<void> SyncEnds::stop() {
  stopping_ = true;
  later_.cancel();
  co_await later_.join();
}

// A restart before the record is written takes the sync up again; what it has done is checkpointed.
Task<void> SyncEnds::commit(v1::Sync sync, state::Batch batch) {
  auto written = co_await seams_.store.commit(std::move(batch));
  if (written) co_return;
  const bool passes = is_passing(written.error());
  seams_.observer.warning(std::move(written).error().while_doing("writing the end of " + sync.name()));
  unwritten_[sync.name()] = sync;
  if (passes && !stopping_) later_.spawn(commit_later(std::move(sync)));
}

Task<void> SyncEnds::commit_later(v1::Sync sync) {
  constexpr Duration kLongest = std::chrono::minutes(1);
  for (Duration wait = std::chrono::seconds(1);; wait = std::min(wait * 2, kLongest)) {
    co_await seams_.loop.clock().sleep_for(wait);
    state::Batch batch;
    put_run(batch, sync);
    auto written = co_await seams_.store.commit(std::move(batch));
    if (written) {
      unwritten_.erase(sync.name());
      co_return;
    }
    if (!is_passing(written.error())) co_return;
  }
}

// The feed of a sync that could not even load it.
Task<std::unique_ptr<StoredFeed>> SyncEnds::load(std::string feed) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto stored = co_await load_feed_apart(seams_.store, feed);
    if (stored) co_return std::move(*stored);
    if (!is_passing(stored.error()) || stopping_ || attempt == kAttempts) break;
    co_await seams_.loop.clock().sleep_for(std::chrono::seconds(1));
  }
  co_return nullptr;
}

} // namespace circuit::sync
