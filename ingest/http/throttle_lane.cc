#include "ingest/http/throttle_lane.h"

#include <utility>

namespace circuit::http {

// A place in the line, left however its coroutine ends.
struct ThrottleLane::InLine {
  ThrottleLane* lane;
  Waiter waiter;
  std::list<Waiter*>::iterator place;

  explicit InLine(ThrottleLane* of) : lane(of), place(of->line_.insert(of->line_.end(), &waiter)) {}
  InLine(const InLine&) = delete;
  InLine& operator=(const InLine&) = delete;
  ~InLine() {
    lane->line_.erase(place);
    lane->wake_first();
  }
  bool is_first() const { return lane->line_.front() == &waiter; }
};

ThrottleLane::ThrottleLane(Clock& clock, const ThrottleLimits& limits, std::string throttle_key,
                           std::string host)
    : clock_(clock),
      throttle_key_(std::move(throttle_key)),
      host_(std::move(host)),
      limit_(limits.initial_concurrency, limits.max_concurrency),
      rate_(limits.per_second, limits.burst) {}

bool ThrottleLane::take_place(SteadyTime now) {
  if (in_flight_ >= limit_.limit() || parked_until_ > now || !rate_.try_take(now)) return false;
  ++in_flight_;
  return true;
}

bool ThrottleLane::try_enter() { return line_.empty() && take_place(clock_.steady_now()); }

Task<bool> ThrottleLane::enter(Duration longest_wait) {
  InLine here(this);
  for (;;) {
    const SteadyTime now = clock_.steady_now();
    if (parked_until_ > now + longest_wait) co_return false;
    if (here.is_first() && take_place(now)) co_return true;
    if (!here.is_first() || in_flight_ >= limit_.limit()) {
      co_await here.waiter.turn.wait();
    } else if (parked_until_ > now) {
      co_await clock_.sleep_until(parked_until_);
    } else {
      const SteadyTime next = rate_.next_token(now);
      co_await clock_.sleep_until(next);
    }
  }
}

void ThrottleLane::leave() {
  --in_flight_;
  wake_first();
}

bool ThrottleLane::park(SteadyTime until) {
  if (until <= parked_until_) return false;
  parked_until_ = until;
  // Those for whom it is too long now want to know.
  for (Waiter* waiter : line_) waiter->turn.notify_all();
  return true;
}

void ThrottleLane::abandon_line() {
  // A waiter is part of the coroutine that its own event keeps: whoever takes the event away ends both.
  for (auto waiter = line_.begin(); waiter != line_.end();) {
    const Event doomed = std::move((*waiter++)->turn);
  }
}

void ThrottleLane::wake_first() {
  if (!line_.empty()) line_.front()->turn.notify_all();
}

} // namespace circuit::http
