#pragma once
// Errors of ours as a receiver says them. Pure; any thread.

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/error.h"

namespace circuit::sinks {

inline void fill_sync_error(const Error& error, circuit::feeds::v1::SyncError& out) {
  out.set_error_class(error_class_name(error.cls));
  out.set_reason(error.reason);
  out.set_message(error.message);
  out.set_next_step(error.next_step);
}

} // namespace circuit::sinks
