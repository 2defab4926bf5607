#pragma once
// Exponential backoff with full jitter. Pure; any thread.

#include <algorithm>
#include <cmath>

#include "ingest/runtime/clock.h"

namespace circuit::sinks {

struct BackoffLimits {
  Duration initial = std::chrono::milliseconds(100);
  Duration max = std::chrono::seconds(10);
};

// How long to wait before attempt number `attempt` + 1, at least half of `initial`. `uniform` is in [0, 1).
inline Duration backoff_delay(const BackoffLimits& limits, int attempt, double uniform) {
  const double ceiling =
      std::min(static_cast<double>(limits.max.count()),
               static_cast<double>(limits.initial.count()) * std::exp2(std::min(attempt, 30)));
  const double floor = static_cast<double>(limits.initial.count()) / 2;
  return Duration(static_cast<Duration::rep>(std::max(floor, ceiling * uniform)));
}

} // namespace circuit::sinks
