#include "ingest/runtime/due_times.h"

#include <algorithm>
#include <utility>

namespace circuit {
namespace {

// The wall clock may be set while we sleep; look at it again at least this often.
constexpr Duration kLongestSleep = std::chrono::minutes(1);
// What a clock is set back by. Less is a clock that is being kept right.
constexpr Duration kSmallestStep = std::chrono::seconds(1);
// Told of before other work of the loop has its turn.
constexpr int kAtATime = 256;

} // namespace

DueTimes::DueTimes(boost::asio::any_io_executor executor, Clock& clock, Due due)
    : clock_(clock),
      due_(std::move(due)),
      looked_at_(clock.now()),
      looked_at_steady_(clock.steady_now()),
      sleepers_(std::move(executor)) {}

void DueTimes::begin() {
  running_ = true;
  fire();
}

void DueTimes::look_at_clock() {
  const SystemTime now = clock_.now();
  const SteadyTime steady = clock_.steady_now();
  const Duration step = (now - looked_at_) - (steady - looked_at_steady_);
  looked_at_ = now;
  looked_at_steady_ = steady;
  if (step > -kSmallestStep) return;
  for (Turn& turn : queue_) turn.time += step; // all of them, so that they keep their order
}

void DueTimes::plan(const std::string& name, std::optional<SystemTime> time) {
  look_at_clock(); // what is planned by the clock as it is now is not set back
  const bool wanted = time && !stopped_;
  const auto known = wanted ? plans_.try_emplace(name).first : plans_.find(name);
  if (known == plans_.end()) return;
  Plan& plan = known->second;
  if (plan.turn != 0) --planned_;
  plan.turn = 0;
  plan.is_forgotten = !wanted;
  if (wanted) {
    ++planned_;
    ++plan.turns;
    plan.turn = ++last_turn_;
    queue_.push_back({*time, plan.turn, &*known});
    std::push_heap(queue_.begin(), queue_.end());
  } else if (plan.turns == 0) {
    plans_.erase(known);
  }
  drop_replaced();
  if (wanted) tell();
}

void DueTimes::let_go(Plans::value_type& plan) {
  if (--plan.second.turns == 0 && plan.second.is_forgotten) plans_.erase(plan.first);
}

DueTimes::Turn DueTimes::take_first() {
  std::pop_heap(queue_.begin(), queue_.end());
  const Turn turn = queue_.back();
  queue_.pop_back();
  return turn;
}

// When they are more than those that count.
void DueTimes::drop_replaced() {
  constexpr size_t kFew = 64;
  if (queue_.size() < 2 * planned_ + kFew) return;
  const auto replaced =
      std::partition(queue_.begin(), queue_.end(), [](const Turn& turn) { return turn.counts(); });
  std::for_each(replaced, queue_.end(), [this](const Turn& turn) { let_go(*turn.of); });
  queue_.erase(replaced, queue_.end());
  std::make_heap(queue_.begin(), queue_.end());
}

void DueTimes::fire() {
  look_at_clock();
  tell();
}

void DueTimes::tell() {
  const SystemTime now = looked_at_;
  for (int told = 0; told < kAtATime && running_ && !queue_.empty();) {
    if (queue_.front().counts() && queue_.front().time > now) break;
    const Turn turn = take_first();
    if (turn.counts()) {
      ++told;
      --planned_;
      turn.of->second.turn = 0;
      due_(turn.of->first);
    }
    let_go(*turn.of); // not before: who is told may plan the name again
  }
  if (queue_.empty() || !running_) return;
  const SystemTime next = std::min(queue_.front().time, now + kLongestSleep);
  if (sleeping_until_ && *sleeping_until_ <= next) return;
  sleeping_until_ = next;
  sleepers_.spawn(sleep_until(next));
}

Task<void> DueTimes::sleep_until(SystemTime time) {
  co_await clock_.sleep_until_system(time);
  // An earlier one may have been planned since; its sleeper does the work then.
  if (sleeping_until_ == time) sleeping_until_.reset();
  fire();
}

Task<void> DueTimes::stop() {
  stopped_ = true;
  running_ = false;
  sleepers_.cancel();
  co_await sleepers_.join();
}

} // namespace circuit
