#pragma once
// The timers of one loop, nearest first. Used by that loop's thread alone.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/pending.h"

namespace circuit {

class TimerHeap {
 public:
  using Id = std::pair<SteadyTime, uint64_t>;

  Id add(SteadyTime due, std::unique_ptr<PendingWait> wait);
  // The wait, back to the caller; null when it has fired.
  std::unique_ptr<PendingWait> remove(Id id);

  std::optional<SteadyTime> next_due() const;
  // Completes every timer that is due at `now`, in order; how many.
  size_t fire(SteadyTime now);
  size_t size() const { return timers_.size(); }
  void clear() { timers_.clear(); }

 private:
  std::map<Id, std::unique_ptr<PendingWait>> timers_;
  uint64_t next_id_ = 0;
};

} // namespace circuit
