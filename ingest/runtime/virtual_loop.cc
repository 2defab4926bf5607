#include "ingest/runtime/virtual_loop.h"

namespace circuit {

class VirtualLoop::VirtualClock final : public Clock {
 public:
  VirtualClock(TimerHeap& timers, SystemTime start) : timers_(timers), start_(start) {}
  SystemTime now() const override { return start_ + steady_.time_since_epoch(); }
  SteadyTime steady_now() const override { return steady_; }
  Task<void> sleep_until(SteadyTime time) override {
    return suspend(
        [this, time](std::unique_ptr<PendingWait> wait) { return timers_.add(time, std::move(wait)); },
        [this](TimerHeap::Id id) { return timers_.remove(id); });
  }
  void advance_to(SteadyTime time) {
    if (time > steady_) steady_ = time;
  }
  void jump(Duration by) { start_ += by; }

 private:
  TimerHeap& timers_;
  SystemTime start_;
  SteadyTime steady_{};
};

VirtualLoop::VirtualLoop(SystemTime start) : clock_(std::make_unique<VirtualClock>(timers(), start)) {}
VirtualLoop::~VirtualLoop() { abandon_work(); }

Clock& VirtualLoop::clock() { return *clock_; }

void VirtualLoop::jump_wall_clock(Duration by) { clock_->jump(by); }

void VirtualLoop::run_ready() {
  const Running running(this);
  while (context().poll_one() != 0) {
  }
}

bool VirtualLoop::run(const std::function<bool()>& done, Duration limit) {
  const Running running(this);
  const SteadyTime end = clock_->steady_now() + limit;
  for (;;) {
    if (done && done()) return true;
    if (context().poll_one() != 0) continue;
    const auto due = timers().next_due();
    if (!due) return !done;
    if (*due > end) return false;
    clock_->advance_to(*due);
    timers().fire(*due);
  }
}

} // namespace circuit
