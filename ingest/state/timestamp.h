#pragma once
// Times as records and messages have them. Pure functions; any thread.

#include <google/protobuf/timestamp.pb.h>

#include "ingest/runtime/clock.h"

namespace circuit::state {

inline google::protobuf::Timestamp to_timestamp(SystemTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp out;
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<int32_t>(std::chrono::nanoseconds(time - seconds).count()));
  return out;
}

inline SystemTime from_timestamp(const google::protobuf::Timestamp& time) {
  return SystemTime(std::chrono::seconds(time.seconds()) +
                    std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(time.nanos())));
}

} // namespace circuit::state
