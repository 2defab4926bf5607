#include "ingest/sync/run_status.h"

namespace circuit::sync {

google::protobuf::Timestamp to_timestamp(SystemTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp out;
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<int32_t>(std::chrono::nanoseconds(time - seconds).count()));
  return out;
}

SystemTime from_timestamp(const google::protobuf::Timestamp& time) {
  return SystemTime(std::chrono::seconds(time.seconds()) +
                    std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(time.nanos())));
}

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
