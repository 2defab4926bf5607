#pragma once
// The loop of a simulated world: the same coroutines on one thread, with a clock that jumps to the next timer
// as soon as nobody has anything to do. The same inputs give the same order, every time.

#include <functional>
#include <memory>

#include "ingest/runtime/loop.h"

namespace circuit {

class VirtualLoop final : public Loop {
 public:
  explicit VirtualLoop(SystemTime start = SystemTime(std::chrono::seconds(1'700'000'000)));
  ~VirtualLoop() override;

  Clock& clock() override;
  void wake() override {}

  // Runs until nothing is ready and no timer is left, or until `done` holds, or until virtual time passes
  // `limit`. Returns whether `done` held (or, without it, whether the loop ran dry).
  bool run(const std::function<bool()>& done = {}, Duration limit = std::chrono::hours(24 * 365));

  // What is ready now, without moving time.
  void run_ready();
  // Moves the wall clock alone, as an administrator or NTP does.
  void jump_wall_clock(Duration by);

 private:
  class VirtualClock;
  std::unique_ptr<VirtualClock> clock_;
};

} // namespace circuit
