#pragma once
// When a feed is synced next without being asked. Pure functions; any thread.

#include <optional>

#include "circuit/feeds/state/v1/records.pb.h"
#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/random.h"
#include "ingest/sync/options.h"

namespace circuit::sync {

struct SyncOutcome {
  std::optional<Error> error;
  // What the source suggested.
  std::optional<SystemTime> suggested;
  int failures = 0; // in a row, this one included
};

// Requests that ask for more are refused; what was stored otherwise is taken as this.
constexpr Duration kLongestPollInterval = std::chrono::hours(366 * 24);

// The poll interval is the floor, the source's suggestion stretches it, failures stretch it further; a
// throttle's own time is kept to in full. A tenth of jitter spreads feeds that began together. nullopt: not
// polled.
std::optional<SystemTime> plan_next_sync(const circuit::feeds::v1::Feed& settings, const SyncOutcome& outcome,
                                         SystemTime now, const EngineOptions& options, Random& random);

// When a feed is due whose plan was stored. What fell due meanwhile is due now, all of it alike, so that it
// is read in the order in which it is stored. A plan that is further off than any plan reaches was made by a
// clock that ran ahead: it is due now too.
SystemTime stored_plan(const circuit::feeds::v1::Feed& settings,
                       const circuit::feeds::state::v1::FeedStateRecord& state, SystemTime now,
                       const EngineOptions& options);

} // namespace circuit::sync
