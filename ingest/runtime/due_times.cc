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
  for (auto& [name, time] : times_) time += step; // all of them, so that they keep their order
}

void DueTimes::plan(const std::string& name, std::optional<SystemTime> time) {
  look_at_clock(); // what is planned by the clock as it is now is not set back
  const bool wanted = time && !stopped_;
  auto known = times_.find(name);
  if (known != times_.end()) {
    order_.erase(&*known);
    if (!wanted) times_.erase(known);
  }
  if (!wanted) return;
  if (known == times_.end()) known = times_.emplace(name, *time).first;
  known->second = *time;
  order_.insert(&*known);
  tell();
}

void DueTimes::fire() {
  look_at_clock();
  tell();
}

void DueTimes::tell() {
  const SystemTime now = looked_at_;
  for (int told = 0; told < kAtATime && running_; ++told) {
    if (order_.empty() || (*order_.begin())->second > now) break;
    const Entry* entry = *order_.begin();
    order_.erase(order_.begin());
    const auto taken_off = times_.extract(entry->first);
    due_(taken_off.key());
  }
  if (order_.empty() || !running_) return;
  const SystemTime next = std::min((*order_.begin())->second, now + kLongestSleep);
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
