#pragma once
// Before a sync that somebody asked for: whether its sink still has what the feed counts on. On the engine's
// loop, by whoever runs the sync.

#include <optional>
#include <string>

#include "ingest/sync/feed_records.h"
#include "ingest/sync/sink_pool.h"

namespace circuit::sync {

// Nothing, where something is left, or nobody counts on what is gone: the first delivery begins it anew. With
// RESEND and no other feed that does, the feed itself gives up what it counts on, durably, by beginning an
// epoch: a sync that breaks off half way leaves nothing out of the next one. An error else, the sink's own
// with the feeds that it concerns.
Task<std::optional<Error>> meet_gone_sink(state::StateStore& store, SinkPool& sinks, std::string default_sink,
                                          circuit::feeds::v1::SyncMode mode, StoredFeed* feed);

} // namespace circuit::sync
