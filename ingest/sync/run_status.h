#pragma once
// What others may see of a sync while it is active: its message, and an event for whoever watches. On the
// engine's loop.

#include <memory>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/event.h"
#include "ingest/state/timestamp.h"

namespace circuit::sync {

struct RunStatus {
  circuit::feeds::v1::Sync sync;
  Event changed;
  Event ended; // it is not active any more

  // Something that a watcher would want to know.
  void publish() { changed.notify_all(); }
};

using state::from_timestamp;
using state::to_timestamp;

circuit::feeds::v1::SyncError to_sync_error(const Error& error);

} // namespace circuit::sync
