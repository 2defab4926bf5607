#pragma once
// Errors as records and messages have them. Pure functions; any thread.

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/error.h"

namespace circuit::state {

circuit::feeds::v1::SyncError to_message(const Error& error);

// A class that is not known, as that of a newer worker, becomes `otherwise`.
Error from_message(const circuit::feeds::v1::SyncError& message,
                   ErrorClass otherwise = ErrorClass::kInternal);

} // namespace circuit::state
