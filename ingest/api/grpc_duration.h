#pragma once
// Durations as gRPC's channel arguments want them. Private to this folder.

#include <chrono>

#include "ingest/runtime/clock.h"

namespace circuit::api {

inline int grpc_milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

} // namespace circuit::api
