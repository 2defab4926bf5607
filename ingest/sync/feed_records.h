#pragma once
// A feed's two records together, and the message the API shows of them. On the engine's loop.

#include <memory>
#include <optional>
#include <string>

#include "circuit/feeds/state/v1/records.pb.h"
#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/result.h"
#include "ingest/state/store.h"

namespace circuit::sync {

struct StoredFeed {
  circuit::feeds::state::v1::FeedRecord record;
  circuit::feeds::state::v1::FeedStateRecord state;

  const circuit::feeds::v1::Feed& settings() const { return record.settings(); }
  // Synced without being asked.
  bool is_polled() const {
    return settings().has_poll_interval() && !record.paused() && state.ended_reason().empty();
  }
};

// nullopt: there is no such feed.
Task<Result<std::optional<StoredFeed>>> find_feed(state::StateStore& store, std::string name);
// NOT_FOUND FEED_NOT_FOUND if there is none.
Task<Result<StoredFeed>> load_feed(state::StateStore& store, std::string name);
// The same, for whoever hands it on: to move records of this size costs as much as to read them.
Task<Result<std::unique_ptr<StoredFeed>>> load_feed_apart(state::StateStore& store, std::string name);

// The account that a feed reads through; of name "" an empty one. NOT_FOUND CONNECTION_NOT_FOUND.
Task<Result<circuit::feeds::v1::Connection>> load_connection(state::StateStore& store, std::string name);

// As the API shows it; `syncing` says whether a sync is queued or running.
circuit::feeds::v1::Feed show_feed(const StoredFeed& feed, bool syncing);

// To begin from nothing, under the next epoch: what its state becomes, and the end of all else that a feed
// has of its own besides its two records.
circuit::feeds::state::v1::FeedStateRecord next_epoch(
    const circuit::feeds::state::v1::FeedStateRecord& state);
void forget_progress(state::Batch& batch, const std::string& feed);

// Settings alone: without what the worker sets.
void keep_settings_only(circuit::feeds::v1::Feed& feed);

} // namespace circuit::sync
