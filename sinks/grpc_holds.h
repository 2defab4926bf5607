#pragma once
// What gRPC's threads still hold of ours. The last reference to a channel must not go on one of them: gRPC
// then takes down its callback threads from within one, and the process dies.
//
// Any thread; wait_until_none() not from one of gRPC's.

#include <condition_variable>
#include <memory>
#include <mutex>

namespace circuit::sinks {

class GrpcHolds {
 public:
  // Counts until the last copy is gone, which may be after this object is.
  std::shared_ptr<void> hold() {
    const std::lock_guard lock(state_->mutex);
    ++state_->count;
    return {nullptr, [state = state_](void*) {
              const std::lock_guard release(state->mutex);
              --state->count;
              state->changed.notify_all();
            }};
  }
  void wait_until_none() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->count == 0; });
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

} // namespace circuit::sinks
