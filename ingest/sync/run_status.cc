#include "ingest/sync/run_status.h"

namespace circuit::sync {

circuit::feeds::v1::SyncError to_sync_error(const Error& error) {
  circuit::feeds::v1::SyncError out;
  out.set_error_class(error_class_name(error.cls));
  out.set_reason(error.reason);
  out.set_message(error.message);
  out.set_next_step(error.next_step);
  for (const auto& [key, value] : error.metadata) (*out.mutable_metadata())[key] = value;
  return out;
}

} // namespace circuit::sync
