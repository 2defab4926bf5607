#include "ingest/runtime/event.h"

#include <algorithm>

namespace circuit {

Task<void> Event::wait() {
  return suspend(
      [this](std::unique_ptr<PendingWait> wait) {
        waiting_.push_back({next_id_, std::move(wait)});
        return next_id_++;
      },
      [this](uint64_t id) -> std::unique_ptr<PendingWait> {
        const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                        [id](const Entry& entry) { return entry.id == id; });
        if (found == waiting_.end()) return nullptr;
        auto wait = std::move(found->wait);
        waiting_.erase(found);
        return wait;
      });
}

void Event::notify_one() {
  if (waiting_.empty()) return;
  auto wait = std::move(waiting_.front().wait);
  waiting_.pop_front();
  wait->complete({});
}

void Event::notify_all() {
  if (waiting_.empty()) return;
  auto all = std::move(waiting_);
  waiting_.clear();
  for (auto& entry : all) entry.wait->complete({});
}

bool Credit::try_acquire(uint64_t amount) {
  if (!line_.empty() || !fits(amount)) return false;
  take(amount);
  return true;
}

Task<void> Credit::acquire(uint64_t amount) {
  if (try_acquire(amount)) co_return;
  const uint64_t ticket = next_ticket_++;
  line_.push_back(ticket);
  // Leaves the line however this coroutine ends, and lets the next in line look.
  struct Place {
    Credit* credit;
    uint64_t ticket;
    ~Place() {
      credit->line_.remove(ticket);
      credit->changed_.notify_all();
    }
  } const place{this, ticket};
  while (line_.front() != ticket || !fits(amount)) co_await changed_.wait();
  take(amount);
}

void Credit::release(uint64_t amount) {
  in_use_ -= std::min(amount, in_use_);
  changed_.notify_all();
}

void Credit::set_capacity(uint64_t capacity) {
  capacity_ = capacity;
  changed_.notify_all();
}

void Credit::take(uint64_t amount) {
  in_use_ += amount;
  peak_ = std::max(peak_, in_use_);
}

} // namespace circuit
