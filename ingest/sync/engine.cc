#include "ingest/sync/engine.h"

#include <iterator>
#include <map>
#include <utility>

#include "ingest/runtime/crash_point.h"
#include "ingest/state/pages.h"
#include "ingest/state/records.h"
#include "ingest/sync/core.h"
#include "ingest/sync/feed_connections.h"
#include "ingest/sync/poll_plan.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

Core::Core(EngineSeams seams_in, EngineOptions options_in)
    : seams(std::move(seams_in)),
      options(std::move(options_in)),
      sinks(seams.store, seams.make_sink, options.default_sink),
      poller(seams.loop.executor(), seams.loop.clock(),
             [this](const std::string& feed) { queue_poll(*this, feed); }),
      scheduler(
          seams, options, sinks,
          [this](const std::string& feed, std::optional<SystemTime> next) { poller.plan(feed, next); },
          [this](const std::string& feed) { return begin_poll(*this, feed); }),
      tasks(seams.loop.executor()) {}

struct Engine::Parts {
  Parts(EngineSeams seams, EngineOptions options) : core(std::move(seams), std::move(options)) {}
  Core core;
};

Engine::Engine(EngineSeams seams, EngineOptions options)
    : parts_(std::make_unique<Parts>(std::move(seams), std::move(options))) {}
Engine::~Engine() = default;

Task<Result<void>> Engine::start() {
  constexpr size_t kPage = 500;
  Core& core = parts_->core;
  const SystemTime now = core.now();
  std::string after;
  do {
    auto rows = co_await state::scan_records<st::FeedRecord>(core.seams.store, "", after, kPage);
    if (!rows) co_return std::move(rows).error();
    std::vector<std::string> keys;
    for (const auto& row : *rows) keys.push_back(row.key);
    auto states = co_await state::load_records<st::FeedStateRecord>(core.seams.store, keys);
    if (!states) co_return std::move(states).error();
    for (size_t i = 0; i < rows->size(); ++i) {
      StoredFeed feed;
      feed.record = std::move((*rows)[i].record);
      if ((*states)[i]) feed.state = std::move(*(*states)[i]);
      const std::string& name = feed.settings().name();
      bool resumed = false;
      if (!feed.state.active_sync().empty()) {
        auto taken_up = co_await resume_sync(core, feed);
        if (!taken_up) co_return std::move(taken_up).error();
        resumed = *taken_up;
        crash_point("engine.resumed");
      }
      if (!resumed && feed.is_polled()) {
        expect_polls(core, feed.settings());
        core.poller.plan(name, stored_plan(feed.settings(), feed.state, now, core.options));
      }
    }
    after = rows->size() == kPage ? keys.back() : "";
  } while (!after.empty());
  core.scheduler.begin();
  core.poller.begin();
  core.tasks.spawn(expire_requests(core));
  core.tasks.spawn(write_quiet_polls(core));
  co_return Result<void>();
}

Task<void> Engine::stop() {
  Core& core = parts_->core;
  co_await core.poller.stop();
  co_await core.scheduler.stop();
  core.tasks.cancel();
  co_await core.tasks.join();
  co_await write_quiet_polls_now(core, Prune::kNothing);
  co_await core.sinks.close();
}

Engine::FeedResult Engine::create_feed(v1::CreateFeedRequest r) {
  return sync::create_feed(parts_->core, std::move(r));
}
Engine::FeedResult Engine::get_feed(v1::GetFeedRequest r) {
  return sync::get_feed(parts_->core, std::move(r));
}
Task<Result<v1::ListFeedsResponse>> Engine::list_feeds(v1::ListFeedsRequest r) {
  return sync::list_feeds(parts_->core, std::move(r));
}
Engine::FeedResult Engine::update_feed(v1::UpdateFeedRequest r) {
  return sync::update_feed(parts_->core, std::move(r));
}
Task<Result<void>> Engine::delete_feed(v1::DeleteFeedRequest r) {
  return sync::delete_feed(parts_->core, std::move(r));
}
Engine::FeedResult Engine::reset_feed(v1::ResetFeedRequest r) {
  return sync::reset_feed(parts_->core, std::move(r));
}
Task<Result<v1::ListDeadLettersResponse>> Engine::list_dead_letters(v1::ListDeadLettersRequest r) {
  return sync::list_dead_letters(parts_->core, std::move(r));
}
Engine::SyncResult Engine::retry_dead_letters(v1::RetryDeadLettersRequest r) {
  return sync::retry_dead_letters(parts_->core, std::move(r));
}
Engine::SyncResult Engine::start_sync(v1::StartSyncRequest r) {
  return sync::start_sync(parts_->core, std::move(r));
}
Engine::SyncResult Engine::get_sync(v1::GetSyncRequest r) {
  return sync::get_sync(parts_->core, std::move(r));
}
Task<Result<v1::ListSyncsResponse>> Engine::list_syncs(v1::ListSyncsRequest r) {
  return sync::list_syncs(parts_->core, std::move(r));
}
Engine::SyncResult Engine::cancel_sync(v1::CancelSyncRequest r) {
  return sync::cancel_sync(parts_->core, std::move(r));
}
Engine::SyncResult Engine::confirm_removals(v1::ConfirmRemovalsRequest r) {
  return sync::confirm_removals(parts_->core, std::move(r));
}
Engine::SyncResult Engine::next_update(std::string sync_name, v1::Sync seen) {
  return sync::next_update(parts_->core, std::move(sync_name), std::move(seen));
}

Task<Result<std::vector<std::string>>> Engine::feeds_of_connection(std::string connection) {
  return sync::feeds_of_connection(parts_->core, std::move(connection));
}
Task<Result<void>> Engine::stop_syncs_of_connection(std::string connection) {
  return sync::stop_syncs_of_connection(parts_->core, std::move(connection));
}
Task<Result<int64_t>> Engine::retract_feed(std::string feed, std::string reason) {
  return sync::retract_feed(parts_->core, std::move(feed), std::move(reason));
}
Task<Result<void>> Engine::resume_polls_of_connection(std::string connection) {
  return sync::resume_polls_of_connection(parts_->core, std::move(connection));
}

Result<v1::Provider> Engine::get_provider(const v1::GetProviderRequest& request) const {
  const Provider* provider = find_provider(parts_->core.seams, request.name());
  if (provider != nullptr) return provider->description();
  return make_error(ErrorClass::kNotFound, "PROVIDER_UNKNOWN",
                    "This worker has no provider \"" + request.name().substr(0, 60) + "\"",
                    "List the providers to see what there is.");
}

// In the order of their names.
Result<v1::ListProvidersResponse> Engine::list_providers(const v1::ListProvidersRequest& request) const {
  constexpr std::string_view kList = "providers";
  auto page = state::read_page(kList, request.page_size(), request.page_token());
  if (!page) return std::move(page).error();
  std::map<std::string, const Provider*> by_name;
  for (const Provider* provider : parts_->core.seams.providers)
    by_name.emplace(provider->description().name(), provider);
  v1::ListProvidersResponse response;
  for (auto next = by_name.upper_bound(page->after); next != by_name.end(); ++next) {
    if (response.providers_size() == static_cast<int>(page->size)) {
      response.set_next_page_token(state::page_token_after(kList, std::prev(next)->first));
      break;
    }
    *response.add_providers() = next->second->description();
  }
  return response;
}

Engine::Gauges Engine::gauges() const { return parts_->core.scheduler.gauges(); }

} // namespace circuit::sync
