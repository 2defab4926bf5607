#include "ingest/sync/run_status.h"

#include "ingest/state/error_message.h"

namespace circuit::sync {

circuit::feeds::v1::SyncError to_sync_error(const Error& error) { return state::to_message(error); }

} // namespace circuit::sync
