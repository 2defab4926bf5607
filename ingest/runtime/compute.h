#pragma once
// Work that burns CPU, off the loop: the seam, and the pool of threads behind it.
//
// Where there is no pool (nullptr), whoever has work does it at once, on the loop: simulations, and workers
// that are configured so. Nothing but time differs.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ingest/runtime/task.h"

namespace circuit {

class Compute {
 public:
  virtual ~Compute() = default;
  // Does `work` on another thread and returns, on the caller's loop, when it is done. What it throws is
  // thrown here. It may refer to the caller's variables, and to nothing that anybody else changes meanwhile.
  //
  // Cancellation takes effect in the caller's next await, and not in this one: the work refers to what the
  // caller would take with it. So keep each work short; milliseconds.
  virtual Task<void> run(std::function<void()> work) = 0;
};

// Works are taken in turn. Each caller waits for its own, so the queue is no longer than there are callers;
// the memory of what they work on is counted where they got it.
//
// run(): on a loop. The loop outlives whatever was run; the pool outlives whoever awaits it.
class ComputePool final : public Compute {
 public:
  explicit ComputePool(size_t threads); // at least one
  ~ComputePool() override;              // waits for what has begun; the rest is dropped
  Task<void> run(std::function<void()> work) override;

 private:
  struct Job;
  void serve();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace circuit
