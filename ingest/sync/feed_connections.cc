#include "ingest/sync/feed_connections.h"

#include <utility>

#include "ingest/state/records.h"
#include "ingest/sync/names.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

Error disconnecting(const std::string& connection) {
  return make_error(ErrorClass::kAuth, "CONNECTION_DISCONNECTING", connection + " is being disconnected",
                    "Connect the account anew, and name that connection.")
      .with("connection", connection);
}

// What the connection itself says of its state, as an error of a sync.
Error stored_error(const v1::Connection& connection, ErrorClass cls, const std::string& reason,
                   const std::string& message, const std::string& next_step) {
  const v1::SyncError& said = connection.state_error();
  const bool approval = cls == ErrorClass::kAdminApproval && !said.reason().empty();
  Error error = make_error(cls, approval ? said.reason() : reason,
                           said.message().empty() ? message : message + ": " + said.message(),
                           said.next_step().empty() ? next_step : said.next_step());
  error.metadata.insert(said.metadata().begin(), said.metadata().end());
  if (!said.reason().empty()) error.metadata["cause"] = said.reason();
  error.metadata["connection"] = connection.name();
  return error;
}

} // namespace

std::optional<Error> unusable(const v1::Connection& connection) {
  const std::string& name = connection.name();
  switch (connection.state()) {
    case v1::Connection::PENDING:
      return make_error(ErrorClass::kAuth, "CONNECTION_PENDING", "Nobody has authorized " + name + " yet",
                        "Finish the authorization that was started, or start it again.")
          .with("connection", name);
    case v1::Connection::NEEDS_REAUTHORIZATION:
      return stored_error(connection, ErrorClass::kAuth, "CONNECTION_NEEDS_REAUTHORIZATION",
                          name + " does not work any more",
                          "Connect it again: circuit-feeds connect PROVIDER --name NAME.");
    case v1::Connection::ADMIN_APPROVAL:
      return stored_error(connection, ErrorClass::kAdminApproval, "ADMIN_APPROVAL_REQUIRED",
                          "An administrator must approve " + name + " first",
                          "circuit-feeds connections approve-help NAME says who, where and how.");
    case v1::Connection::DISCONNECTING:
      return disconnecting(name);
    default:
      return std::nullopt;
  }
}

Task<Result<void>> check_connection(Core& core, v1::Feed feed) {
  const Provider* provider = find_provider(core.seams, feed.provider());
  if (feed.connection().empty()) {
    if (!provider->needs_connection()) co_return Result<void>();
    auto missing = make_error(ErrorClass::kInvalid, "CONNECTION_REQUIRED",
                              "Feeds of " + feed.provider() + " are read through a connection",
                              "Connect an account, and name it in the feed's connection.");
    co_return std::move(missing).with("provider", feed.provider());
  }
  auto connection = co_await load_connection(core.seams.store, feed.connection());
  if (!connection) co_return std::move(connection).error();
  if (connection->provider() != feed.provider()) {
    auto other = make_error(
        ErrorClass::kInvalid, "CONNECTION_PROVIDER_MISMATCH",
        feed.connection() + " is an account at " + connection->provider() + ", not " + feed.provider(),
        provider->needs_connection() ? "Name a connection of the feed's provider."
                                     : "Leave the connection out: this provider needs none.");
    co_return std::move(other)
        .with("connection", feed.connection())
        .with("connection_provider", connection->provider())
        .with("provider", feed.provider());
  }
  if (connection->state() == v1::Connection::DISCONNECTING) co_return disconnecting(feed.connection());
  co_return Result<void>();
}

Task<Result<std::vector<std::string>>> feeds_of_connection(Core& core, std::string connection) {
  constexpr size_t kPage = 500;
  std::vector<std::string> feeds;
  std::string after;
  do {
    auto rows = co_await state::scan_records<st::FeedRecord>(core.seams.store, "", after, kPage);
    if (!rows) co_return std::move(rows).error();
    for (const auto& row : *rows) {
      if (row.record.settings().connection() == connection) feeds.push_back(row.record.settings().name());
    }
    after = rows->size() == kPage ? rows->back().key : "";
  } while (!after.empty());
  co_return feeds;
}

namespace {

Task<void> until_idle(Core& core, std::string feed) {
  while (const auto active = core.scheduler.active_of_feed(feed)) {
    core.scheduler.cancel(active->sync.name());
    while (core.scheduler.active_of_feed(feed) == active) co_await active->changed.wait();
  }
}

} // namespace

Task<Result<void>> stop_syncs_of_connection(Core& core, std::string connection) {
  const auto feeds = co_await feeds_of_connection(core, connection);
  if (!feeds) co_return feeds.error();
  // All are told before any is waited for.
  for (const std::string& feed : *feeds) {
    expect_no_poll(core, feed);
    if (const auto active = core.scheduler.active_of_feed(feed)) core.scheduler.cancel(active->sync.name());
  }
  for (const std::string& feed : *feeds) co_await until_idle(core, feed);
  co_return Result<void>();
}

Task<Result<int64_t>> retract_feed(Core& core, std::string feed, std::string reason) {
  std::shared_ptr<RunStatus> status;
  {
    const auto hold = co_await core.locks.lock(feed);
    co_await until_idle(core, feed);
    const auto stored = co_await load_feed(core.seams.store, feed);
    if (!stored) co_return stored.error();
    if (stored->state.document_count() == 0) co_return int64_t{0};
    v1::Sync sync;
    sync.set_name(new_sync_name(core.now(), core.seams.random));
    sync.set_feed(feed);
    sync.set_mode(v1::INCREMENTAL);
    sync.set_state(v1::Sync::QUEUED);
    *sync.mutable_created_at() = to_timestamp(core.now());
    const Provider* provider = find_provider(core.seams, stored->settings().provider());
    const std::string key = provider == nullptr ? "" : provider->fairness_key(stored->settings());
    core.scheduler.submit_retraction(std::move(sync), key, std::move(reason));
    status = core.scheduler.active_of_feed(feed);
  }
  while (core.scheduler.active_of_feed(feed) == status) co_await status->changed.wait();
  if (status->sync.state() == v1::Sync::SUCCEEDED) co_return status->sync.counts().removed();
  co_return make_error(
      ErrorClass::kTransient, "RETRACTION_FAILED",
      "The removals of " + feed + " were not all delivered: " + status->sync.error().message(),
      "Mend the feed's sink; the worker goes on where it stopped.")
      .with("feed", feed)
      .with("cause", status->sync.error().reason());
}

Task<Result<void>> resume_polls_of_connection(Core& core, std::string connection) {
  const auto feeds = co_await feeds_of_connection(core, connection);
  if (!feeds) co_return feeds.error();
  for (const std::string& name : *feeds) {
    const auto hold = co_await core.locks.lock(name);
    auto feed = co_await load_feed(core.seams.store, name);
    if (!feed) continue; // deleted since
    if (!feed->is_polled() || core.scheduler.active_of_feed(name) != nullptr) continue;
    core.poller.plan(name, core.now());
  }
  co_return Result<void>();
}

} // namespace circuit::sync
