#include "ingest/runtime/timer_heap.h"

namespace circuit {

TimerHeap::Id TimerHeap::add(SteadyTime due, std::unique_ptr<PendingWait> wait) {
  const Id id{due, next_id_++};
  timers_.emplace(id, std::move(wait));
  return id;
}

std::unique_ptr<PendingWait> TimerHeap::remove(Id id) {
  auto node = timers_.extract(id);
  return node ? std::move(node.mapped()) : nullptr;
}

std::optional<SteadyTime> TimerHeap::next_due() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

size_t TimerHeap::fire(SteadyTime now) {
  size_t fired = 0;
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    auto wait = std::move(timers_.extract(timers_.begin()).mapped());
    wait->complete({});
    ++fired;
  }
  return fired;
}

} // namespace circuit
