#pragma once
// Completion<T>: the outcome of work that another thread does for a coroutine. Set once, from any thread;
// awaited by one coroutine, which resumes on its own loop.
//
// Shared by the two sides, because either may go first: a cancelled waiter leaves the other side to finish in
// peace.

#include <boost/asio/error.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "ingest/runtime/pending.h"
#include "ingest/runtime/task.h"

namespace circuit::sinks {

template <class T>
class Completion {
 public:
  // The first call counts.
  void set(T value) {
    std::unique_ptr<PendingWait> waiter;
    {
      const std::lock_guard lock(mutex_);
      if (value_) return;
      value_.emplace(std::move(value));
      waiter = std::move(waiter_);
    }
    if (waiter) waiter->complete({});
  }

  // Cancellable.
  static Task<T> wait(std::shared_ptr<Completion> self) {
    auto parked = suspend(
        [self](std::unique_ptr<PendingWait> waiter) {
          self->park(std::move(waiter));
          return 0;
        },
        [self](int) { return self->unpark(); });
    co_await std::move(parked);
    co_return self->take();
  }

 private:
  void park(std::unique_ptr<PendingWait> waiter) {
    {
      const std::lock_guard lock(mutex_);
      if (!value_) {
        waiter_ = std::move(waiter);
        return;
      }
    }
    waiter->complete({});
  }
  std::unique_ptr<PendingWait> unpark() {
    const std::lock_guard lock(mutex_);
    return std::move(waiter_);
  }
  T take() {
    const std::lock_guard lock(mutex_);
    return std::move(*value_);
  }

  std::mutex mutex_;
  std::optional<T> value_;
  std::unique_ptr<PendingWait> waiter_;
};

} // namespace circuit::sinks
