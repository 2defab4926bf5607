// The Syncs service's requests, and the syncs that nobody asked for.

#include <iterator>
#include <map>
#include <utility>

#include "ingest/runtime/crash_point.h"
#include "ingest/runtime/deadline.h"
#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"
#include "ingest/sync/core.h"
#include "ingest/sync/feed_connections.h"
#include "ingest/sync/names.h"
#include "ingest/sync/run_records.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

constexpr int32_t kMaxPriority = 10;

Error already_running(const std::string& feed, const std::string& sync) {
  auto error =
      make_error(ErrorClass::kConflict, "SYNC_ALREADY_RUNNING", feed + " is syncing already (" + sync + ")",
                 "Watch that sync, or cancel it first.");
  return std::move(error).with("feed", feed).with("sync", sync);
}

Result<void> check_start(const v1::StartSyncRequest& request) {
  auto id = check_request_id(request.request_id());
  if (!id) return id;
  if (request.priority() < -kMaxPriority || request.priority() > kMaxPriority) {
    return make_error(ErrorClass::kInvalid, "PRIORITY_OUT_OF_RANGE", "priority is not between -10 and 10",
                      "Use 0 for normal work.");
  }
  if (request.mode() < v1::SYNC_MODE_UNSPECIFIED || request.mode() > v1::RESEND) {
    return make_error(ErrorClass::kInvalid, "SYNC_MODE_UNKNOWN", "This worker does not know that sync mode",
                      "Use INCREMENTAL, FULL or RESEND.");
  }
  if (request.target_case() == v1::StartSyncRequest::TARGET_NOT_SET) {
    return make_error(ErrorClass::kInvalid, "SYNC_TARGET_MISSING", "The request names no feed",
                      "Set feed to the name of one, or inline_feed to its settings.");
  }
  return {};
}

// The feed to sync: as stored, or new from the request's settings.
Task<Result<StoredFeed>> target_feed(Core& core, std::string name, v1::Feed settings, bool inline_feed,
                                     bool& is_new) {
  is_new = false;
  if (!inline_feed) co_return co_await load_feed(core.seams.store, name);
  auto existing = co_await find_feed(core.seams.store, name);
  if (!existing) co_return std::move(existing).error();
  if (!*existing) {
    is_new = true;
    auto checked = co_await check_connection(core, settings);
    if (!checked) co_return std::move(checked).error();
    co_return co_await new_feed(core, std::move(settings));
  }
  const Provider* provider = find_provider(core.seams, settings.provider());
  const v1::Feed& stored = (*existing)->settings();
  const bool same = stored.provider() == settings.provider() &&
                    stored.connection() == settings.connection() && stored.sink() == settings.sink() &&
                    provider->identity(stored) == provider->identity(settings);
  if (!same) {
    auto taken =
        make_error(ErrorClass::kConflict, "FEED_EXISTS", name + " exists with another selection or sink",
                   "Leave the name out to have one made, choose another, or update the feed.");
    co_return std::move(taken).with("feed", name);
  }
  co_return std::move(**existing);
}

v1::Sync new_sync(Core& core, const std::string& feed, v1::SyncMode mode, int32_t priority) {
  v1::Sync sync;
  sync.set_name(new_sync_name(core.now(), core.seams.random));
  sync.set_feed(feed);
  sync.set_mode(mode == v1::SYNC_MODE_UNSPECIFIED ? v1::INCREMENTAL : mode);
  sync.set_state(v1::Sync::QUEUED);
  sync.set_priority(priority);
  *sync.mutable_created_at() = to_timestamp(core.now());
  return sync;
}

std::string fairness_key(Core& core, const v1::Feed& settings) {
  const Provider* provider = find_provider(core.seams, settings.provider());
  return provider == nullptr ? "" : provider->fairness_key(settings);
}

void submit(Core& core, const v1::Feed& settings, v1::Sync sync) {
  expect_no_poll(core, settings.name());
  core.scheduler.submit(std::move(sync), fairness_key(core, settings));
}

// When somebody may be changing the feed, or its polls are not expected.
Task<void> look_and_start_poll(Core& core, std::string name) {
  const auto hold = co_await core.locks.lock(name);
  if (core.scheduler.stopping() || core.scheduler.active_of_feed(name) != nullptr) co_return;
  auto feed = co_await load_feed(core.seams.store, name);
  if (!feed && feed.error().cls != ErrorClass::kNotFound) {
    core.seams.observer.warning(feed.error());
    // Nobody else would think of it again.
    core.poller.plan(name, core.now() + core.options.failure_backoff_min);
    co_return;
  }
  if (!feed || !feed->is_polled()) {
    expect_no_poll(core, name);
    co_return;
  }
  expect_polls(core, feed->settings());
  // At once a sync: whoever waits for the lock finds it active, and does not look again.
  submit(core, feed->settings(), new_sync(core, name, v1::INCREMENTAL, 0));
}

// A sync that another process left active, and that nobody took up again, has ended: the new one does its
// work.
Task<Result<void>> end_superseded(Core& core, std::string name, state::Batch* batch) {
  if (name.empty()) co_return Result<void>();
  auto record = co_await state::load_record<st::RunRecord>(core.seams.store, state::run_key(name));
  if (!record) co_return std::move(record).error();
  if (!*record) co_return Result<void>();
  v1::Sync& sync = *(*record)->mutable_sync();
  if (sync.state() >= v1::Sync::SUCCEEDED) co_return Result<void>(); // and its feed could not be told
  sync.set_state(v1::Sync::CANCELLED);
  *sync.mutable_ended_at() = to_timestamp(core.now());
  const Error why =
      make_error(ErrorClass::kCancelled, "SYNC_SUPERSEDED", "The worker stopped in the middle of it",
                 "Nothing to do: the sync that was started after it goes on from its last checkpoint.");
  *sync.mutable_error() = to_sync_error(why);
  state::put_record(*batch, state::run_key(name), **record);
  co_return Result<void>();
}

// Stores the sync as the feed's active one, then queues it. The caller holds the feed's lock and knows it is
// idle.
Task<Result<v1::Sync>> begin_sync(Core& core, StoredFeed feed, v1::Sync sync, state::Batch batch) {
  auto superseded = co_await end_superseded(core, feed.state.active_sync(), &batch);
  if (!superseded) co_return std::move(superseded).error();
  feed.state.set_active_sync(sync.name());
  state::put_record(batch, state::feed_key(feed.settings().name()), feed.state);
  put_run(batch, sync);
  crash_point("sync.begin.committing");
  auto written = co_await core.seams.store.commit(std::move(batch));
  if (!written) co_return std::move(written).error();
  crash_point("sync.begin.committed");
  submit(core, feed.settings(), sync);
  co_return sync;
}

Error shutting_down() {
  return make_error(ErrorClass::kTransient, "WORKER_STOPPING", "The worker is shutting down",
                    "Try again when it is back, or use another worker.");
}

} // namespace

Task<Result<v1::Sync>> start_sync(Core& core, v1::StartSyncRequest request) {
  auto checked = check_start(request);
  if (!checked) co_return std::move(checked).error();
  if (core.scheduler.stopping()) co_return shutting_down();
  const bool inline_feed = request.has_inline_feed();
  v1::Feed settings = request.inline_feed();
  if (inline_feed) {
    checked = canonicalize_feed(core, settings);
    if (!checked) co_return std::move(checked).error();
  }
  const std::string name = inline_feed ? settings.name() : request.feed();
  v1::StartSyncRequest hashed = request;
  hashed.clear_request_id();
  const std::string hash = sha256(state::serialize(hashed));

  const auto hold = co_await core.locks.lock(name);
  auto answered = co_await find_request(core, request.request_id(), hash);
  if (!answered) co_return std::move(answered).error();
  if (*answered) {
    v1::GetSyncRequest again;
    again.set_name(**answered);
    co_return co_await get_sync(core, std::move(again));
  }
  bool is_new = false;
  auto feed = co_await target_feed(core, name, std::move(settings), inline_feed, is_new);
  if (!feed) co_return std::move(feed).error();
  if (const auto active = core.scheduler.active_of_feed(name))
    co_return already_running(name, active->sync.name());
  const bool ended = !feed->state.ended_reason().empty();
  if (ended && request.mode() != v1::FULL && request.mode() != v1::RESEND) {
    co_return make_error(ErrorClass::kConflict, "FEED_ENDED",
                         name + " has ended: " + feed->state.ended_reason(),
                         "Start it with mode FULL to try the source once more, or delete the feed.");
  }
  v1::Sync sync = new_sync(core, name, request.mode(), request.priority());
  if (request.validate_only()) {
    sync.clear_name();
    co_return sync;
  }
  state::Batch batch;
  if (is_new) put_new_feed(batch, *feed);
  put_request(core, batch, request.request_id(), hash, sync.name());
  co_return co_await begin_sync(core, std::move(*feed), std::move(sync), std::move(batch));
}

Task<Result<v1::Sync>> get_sync(Core& core, v1::GetSyncRequest request) {
  if (const auto active = core.scheduler.active(request.name())) co_return active->sync;
  if (const auto* ended = core.scheduler.unwritten_end(request.name())) co_return *ended;
  if (auto ended = core.scheduler.quiet_polls().find(request.name())) co_return *std::move(ended);
  auto record = co_await state::load_record<st::RunRecord>(core.seams.store, state::run_key(request.name()));
  if (!record) co_return std::move(record).error();
  if (!*record) {
    auto missing = make_error(ErrorClass::kNotFound, "SYNC_NOT_FOUND",
                              "There is no sync " + request.name().substr(0, 100),
                              "List the feed's syncs; only the latest of each feed are kept.");
    co_return std::move(missing).with("sync", request.name().substr(0, 100));
  }
  co_return std::move(*(*record)->mutable_sync());
}

namespace {

// What the store may not have, where the list has it: key and sync. Polls that changed nothing, and what is
// active: a poll is not written before it has something to say. The first so many of them.
std::map<std::string, v1::Sync> not_stored_after(const Core& core, const std::string& feed,
                                                 const std::string& after, size_t most) {
  std::map<std::string, v1::Sync> syncs;
  const auto add = [&](v1::Sync sync) {
    std::string key = feed.empty()
                          ? state::run_key(sync.name())
                          : state::run_by_feed_key(feed, from_timestamp(sync.created_at()), sync.name());
    if (key <= after || (syncs.size() == most && key > std::prev(syncs.end())->first)) return;
    syncs.emplace(std::move(key), std::move(sync));
    if (syncs.size() > most) syncs.erase(std::prev(syncs.end()));
  };
  const QuietPolls& quiet = core.scheduler.quiet_polls();
  if (feed.empty()) {
    for (v1::Sync& sync : quiet.all()) add(std::move(sync));
    for (const auto& active : core.scheduler.all_active()) add(active->sync);
    return syncs;
  }
  if (auto sync = quiet.of_feed(feed)) add(*std::move(sync));
  if (const auto active = core.scheduler.active_of_feed(feed)) add(active->sync);
  return syncs;
}

} // namespace

Task<Result<v1::ListSyncsResponse>> list_syncs(Core& core, v1::ListSyncsRequest request) {
  const std::string list = "syncs " + request.feed();
  auto page = read_page(list, request.page_size(), request.page_token());
  if (!page) co_return std::move(page).error();
  // Of one feed by its index, of all by the syncs' names: both newest first.
  const bool of_feed = !request.feed().empty();
  state::ScanRequest scan;
  scan.table = of_feed ? state::Table::kRunsByFeed : state::Table::kRuns;
  if (of_feed) scan.prefix = state::run_by_feed_prefix(request.feed());
  scan.after = page->after;
  scan.limit = page->size;
  auto rows = co_await core.seams.store.scan(std::move(scan));
  if (!rows) co_return std::move(rows).error();
  std::vector<std::string> keys;
  for (const auto& row : *rows) {
    const auto indexed = of_feed ? state::read_run_by_feed_key(row.key) : std::nullopt;
    keys.push_back(indexed ? state::run_key(indexed->sync) : row.key);
  }
  auto records = co_await state::load_records<st::RunRecord>(core.seams.store, keys);
  if (!records) co_return std::move(records).error();
  v1::ListSyncsResponse response;
  // A page of them, and as many as rows may stand for and have been pruned.
  const auto others = not_stored_after(core, request.feed(), page->after, page->size + rows->size());
  auto other = others.begin();
  const std::string* last = &page->after;
  const auto size = static_cast<int>(page->size);
  const auto add_others_before = [&](const std::string* key) {
    for (; other != others.end() && response.syncs_size() < size && (key == nullptr || other->first < *key);
         ++other) {
      *response.add_syncs() = other->second;
      last = &other->first;
    }
  };
  for (size_t i = 0; i < rows->size() && response.syncs_size() < size; ++i) {
    add_others_before(&(*rows)[i].key);
    if (response.syncs_size() == size) break;
    if (other != others.end() && other->first == (*rows)[i].key) ++other; // written meanwhile
    last = &(*rows)[i].key;
    const auto& record = (*records)[i];
    if (!record) continue; // pruned in between
    const auto active = core.scheduler.active(record->sync().name());
    *response.add_syncs() = active ? active->sync : record->sync();
  }
  if (rows->size() < page->size) add_others_before(nullptr);
  const bool more = rows->size() == page->size || response.syncs_size() == size;
  if (more) response.set_next_page_token(page_token_after(list, *last));
  co_return response;
}

Task<Result<v1::Sync>> cancel_sync(Core& core, v1::CancelSyncRequest request) {
  core.scheduler.cancel(request.name());
  v1::GetSyncRequest get;
  get.set_name(request.name());
  co_return co_await get_sync(core, std::move(get));
}

Task<Result<v1::Sync>> confirm_removals(Core& core, v1::ConfirmRemovalsRequest request) {
  const auto hold = co_await core.locks.lock(request.feed());
  auto feed = co_await load_feed(core.seams.store, request.feed());
  if (!feed) co_return std::move(feed).error();
  if (const auto active = core.scheduler.active_of_feed(request.feed())) {
    co_return already_running(request.feed(), active->sync.name());
  }
  if (!feed->state.has_held() || feed->state.held().token() != request.token()) {
    co_return make_error(ErrorClass::kConflict, "NO_SUCH_HELD_REMOVALS",
                         request.feed() + " holds no removals under that token",
                         "Get the feed, look at held_removals, and confirm its token.");
  }
  feed->state.set_confirmed_removals(feed->state.held().would_remove());
  v1::Sync sync = new_sync(core, request.feed(), v1::FULL, 0);
  state::Batch batch;
  co_return co_await begin_sync(core, std::move(*feed), std::move(sync), std::move(batch));
}

Task<Result<v1::Sync>> retry_dead_letters(Core& core, v1::RetryDeadLettersRequest request) {
  const std::string hash = sha256("retry" + request.feed());
  const auto hold = co_await core.locks.lock(request.feed());
  auto answered = co_await find_request(core, request.request_id(), hash);
  if (!answered) co_return std::move(answered).error();
  if (*answered) {
    v1::GetSyncRequest again;
    again.set_name(**answered);
    co_return co_await get_sync(core, std::move(again));
  }
  auto feed = co_await load_feed(core.seams.store, request.feed());
  if (!feed) co_return std::move(feed).error();
  if (const auto active = core.scheduler.active_of_feed(request.feed())) {
    co_return already_running(request.feed(), active->sync.name());
  }
  feed->state.set_retry_dead_letters(true);
  v1::Sync sync = new_sync(core, request.feed(), v1::INCREMENTAL, 0);
  state::Batch batch;
  put_request(core, batch, request.request_id(), hash, sync.name());
  co_return co_await begin_sync(core, std::move(*feed), std::move(sync), std::move(batch));
}

namespace {

Task<Result<void>> until_ended(std::shared_ptr<RunStatus> status) {
  co_await status->ended.wait();
  co_return Result<void>();
}

} // namespace

Task<Result<v1::Sync>> next_update(Core& core, std::string sync, v1::Sync seen) {
  constexpr Duration kAtMostEvery = std::chrono::milliseconds(100);
  const auto active = core.scheduler.active(sync);
  if (active) {
    const auto same = [&] { return state::serialize(active->sync) == state::serialize(seen); };
    if (!seen.name().empty()) { // its end is shown at once
      auto& loop = core.seams.loop;
      auto end = until_ended(active);
      auto not_yet = make_error(ErrorClass::kTransient, "", "", "");
      auto pause =
          with_deadline(loop.executor(), loop.clock(), kAtMostEvery, std::move(end), std::move(not_yet));
      co_await std::move(pause);
    }
    while (core.scheduler.active(sync) != nullptr && same()) co_await active->changed.wait();
    co_return active->sync;
  }
  v1::GetSyncRequest get;
  get.set_name(std::move(sync));
  co_return co_await get_sync(core, std::move(get));
}

void expect_polls(Core& core, const v1::Feed& settings) {
  core.polled[settings.name()].fairness_key = fairness_key(core, settings);
}

void expect_no_poll(Core& core, const std::string& name) {
  core.poller.plan(name, std::nullopt);
  const auto polled = core.polled.find(name);
  if (polled != core.polled.end()) polled->second.is_waiting = false;
}

void queue_poll(Core& core, const std::string& name) {
  const auto polled = core.polled.find(name);
  if (polled == core.polled.end()) {
    core.tasks.spawn(look_and_start_poll(core, name));
    return;
  }
  if (std::exchange(polled->second.is_waiting, true)) return;
  core.scheduler.submit_poll(name, polled->second.fairness_key);
}

// A poll is not stored: one that a crash interrupts is due again by next_sync_at.
std::optional<v1::Sync> begin_poll(Core& core, const std::string& name) {
  const auto polled = core.polled.find(name);
  if (polled == core.polled.end() || !std::exchange(polled->second.is_waiting, false)) return std::nullopt;
  if (core.locks.is_held(name)) {
    core.tasks.spawn(look_and_start_poll(core, name));
    return std::nullopt;
  }
  if (core.scheduler.active_of_feed(name) != nullptr) return std::nullopt;
  return new_sync(core, name, v1::INCREMENTAL, 0);
}

Task<Result<bool>> resume_sync(Core& core, const StoredFeed& feed) {
  auto record =
      co_await state::load_record<st::RunRecord>(core.seams.store, state::run_key(feed.state.active_sync()));
  if (!record) co_return std::move(record).error();
  // One that has ended all the same, and whose feed could not be told, is not taken up.
  if (!*record || (*record)->sync().state() >= v1::Sync::SUCCEEDED) co_return false;
  v1::Sync sync = (*record)->sync();
  sync.set_state(v1::Sync::QUEUED);
  submit(core, feed.settings(), std::move(sync));
  co_return true;
}

} // namespace circuit::sync
