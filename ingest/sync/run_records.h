#pragma once
// The stored records of syncs. On the engine's loop.

#include <string>

#include "ingest/sync/engine.h"

namespace circuit::sync {

// The sync's record, and its place in the index of its feed.
void put_run(state::Batch& batch, const circuit::feeds::v1::Sync& sync);
// Takes away what is older than the latest that are kept of a feed. What cannot be read is a warning: the
// next one does it. The batch is the caller's.
Task<void> prune_runs(EngineSeams& seams, const EngineOptions& options, std::string feed,
                      state::Batch* batch);

} // namespace circuit::sync
