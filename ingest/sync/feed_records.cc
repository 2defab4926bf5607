#include "ingest/sync/feed_records.h"

#include <utility>

#include "ingest/state/records.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

// Whether there is one.
Task<Result<bool>> read_feed(state::StateStore* store, std::string name, StoredFeed* feed) {
  const std::string key = state::feed_key(name);
  auto bytes = co_await store->get(state::Table::kFeeds, key);
  if (!bytes) co_return std::move(bytes).error();
  if (!*bytes) co_return false;
  auto parsed = state::parse_record_into(feed->record, state::Table::kFeeds, key, **bytes);
  if (!parsed) co_return std::move(parsed).error();

  bytes = co_await store->get(state::Table::kFeedStates, key);
  if (!bytes) co_return std::move(bytes).error();
  if (*bytes) parsed = state::parse_record_into(feed->state, state::Table::kFeedStates, key, **bytes);
  if (!parsed) co_return std::move(parsed).error();
  co_return true;
}

Error no_feed(const std::string& name) {
  auto missing =
      make_error(ErrorClass::kNotFound, "FEED_NOT_FOUND", "There is no feed " + name.substr(0, 100),
                 "List the feeds to see their names, or create it.");
  return std::move(missing).with("feed", name.substr(0, 100));
}

} // namespace

Task<Result<std::optional<StoredFeed>>> find_feed(state::StateStore& store, std::string name) {
  StoredFeed feed;
  auto found = co_await read_feed(&store, std::move(name), &feed);
  if (!found) co_return std::move(found).error();
  if (!*found) co_return std::optional<StoredFeed>();
  co_return std::optional<StoredFeed>(std::move(feed));
}

Task<Result<std::unique_ptr<StoredFeed>>> load_feed_apart(state::StateStore& store, std::string name) {
  auto feed = std::make_unique<StoredFeed>();
  auto found = co_await read_feed(&store, name, feed.get());
  if (!found) co_return std::move(found).error();
  if (!*found) co_return no_feed(name);
  co_return feed;
}

Task<Result<StoredFeed>> load_feed(state::StateStore& store, std::string name) {
  auto feed = co_await load_feed_apart(store, std::move(name));
  if (!feed) co_return std::move(feed).error();
  co_return std::move(**feed);
}

Task<Result<v1::Connection>> load_connection(state::StateStore& store, std::string name) {
  if (name.empty()) co_return v1::Connection();
  auto record = co_await state::load_record<st::ConnectionRecord>(store, state::connection_key(name));
  if (!record) co_return std::move(record).error();
  if (!*record) {
    auto missing = make_error(ErrorClass::kNotFound, "CONNECTION_NOT_FOUND",
                              "There is no connection " + name.substr(0, 100),
                              "List the connections to see their names, or connect the account.");
    co_return std::move(missing).with("connection", name.substr(0, 100));
  }
  auto stands = co_await state::load_record<st::ConnectionStateRecord>(store, state::connection_key(name));
  if (!stands) co_return std::move(stands).error();
  v1::Connection connection = std::move(*(**record).mutable_settings());
  if (*stands) {
    connection.set_state((**stands).state());
    connection.set_account((**stands).account());
    if ((**stands).has_state_error()) *connection.mutable_state_error() = (**stands).state_error();
    *connection.mutable_properties() = (**stands).properties();
    *connection.mutable_granted_scopes() = (**stands).granted_scopes();
  }
  co_return connection;
}

st::FeedStateRecord next_epoch(const st::FeedStateRecord& state) {
  st::FeedStateRecord fresh;
  fresh.set_epoch(state.epoch() + 1);
  fresh.set_last_sync(state.last_sync());
  if (state.has_next_sync_at()) *fresh.mutable_next_sync_at() = state.next_sync_at();
  return fresh;
}

void forget_progress(state::Batch& batch, const std::string& feed) {
  batch.delete_prefixes.emplace_back(state::Table::kManifest, state::manifest_prefix(feed));
  batch.delete_prefixes.emplace_back(state::Table::kSeen, state::seen_prefix(feed));
  batch.delete_prefixes.emplace_back(state::Table::kDoubts, state::doubts_prefix(feed));
  batch.delete_prefixes.emplace_back(state::Table::kEnumerations, state::enumeration_prefix(feed));
  batch.delete_prefixes.emplace_back(state::Table::kCursorParts, state::cursor_part_prefix(feed));
  batch.delete_prefixes.emplace_back(state::Table::kDeadLetters, state::dead_letter_prefix(feed));
}

void keep_settings_only(v1::Feed& feed) {
  feed.clear_state();
  feed.clear_state_reason();
  feed.clear_created_at();
  feed.clear_updated_at();
  feed.clear_etag();
  feed.clear_next_sync_at();
  feed.clear_last_sync();
  feed.clear_document_count();
  feed.clear_dead_letter_count();
  feed.clear_epoch();
  feed.clear_held_removals();
}

v1::Feed show_feed(const StoredFeed& feed, bool syncing) {
  v1::Feed out = feed.settings();
  const st::FeedStateRecord& state = feed.state;
  out.set_last_sync(state.last_sync());
  out.set_document_count(state.document_count());
  out.set_dead_letter_count(state.dead_letter_count());
  out.set_epoch(state.epoch());
  if (state.has_next_sync_at()) *out.mutable_next_sync_at() = state.next_sync_at();
  if (state.has_held()) *out.mutable_held_removals() = state.held();
  if (syncing) {
    out.set_state(v1::Feed::SYNCING);
  } else if (!state.ended_reason().empty()) {
    out.set_state(v1::Feed::ENDED);
    out.set_state_reason(state.ended_reason());
  } else if (state.has_held()) {
    out.set_state(v1::Feed::REMOVALS_HELD);
    out.set_state_reason("A sweep would remove " + std::to_string(state.held().would_remove()) + " of " +
                         std::to_string(state.held().of_documents()) +
                         " documents. Confirm it with ConfirmRemovals, or mend the source and sync again.");
  } else if (feed.record.paused()) {
    out.set_state(v1::Feed::PAUSED);
    out.set_state_reason("Paused by its owner.");
  } else {
    out.set_state(v1::Feed::ACTIVE);
  }
  return out;
}

} // namespace circuit::sync
