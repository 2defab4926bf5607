#pragma once
// The Clock seam: all that the engine knows of time. The real one is the machine's; in simulation time is a
// number that moves when nobody has anything else to do.
//
// now() may jump; measure durations and wait with steady_now() alone. One clock belongs to one loop: sleep
// only in coroutines of that loop. now() and steady_now() are safe from any thread.

#include <chrono>

#include "ingest/runtime/error.h"
#include "ingest/runtime/task.h"

namespace circuit {

using Duration = std::chrono::microseconds;
struct SteadyEpoch {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<SteadyEpoch>;
  static constexpr bool is_steady = true;
};
using SteadyTime = std::chrono::time_point<SteadyEpoch>; // since an arbitrary start

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SystemTime now() const = 0;
  virtual SteadyTime steady_now() const = 0;
  // Returns at or after `time`; at once if it has passed. Cancellable.
  virtual Task<void> sleep_until(SteadyTime time) = 0;

  Task<void> sleep_for(Duration duration) { return sleep_until(steady_now() + duration); }
  // Waits for a wall-clock time, as it looks from now.
  Task<void> sleep_until_system(SystemTime time) { return sleep_for(time - now()); }
};

} // namespace circuit
