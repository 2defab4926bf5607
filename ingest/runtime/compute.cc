#include "ingest/runtime/compute.h"

#include <exception>
#include <utility>

#include "ingest/runtime/pending.h"

namespace circuit {

struct ComputePool::Job {
  std::function<void()> work;
  std::exception_ptr error;
  std::unique_ptr<PendingWait> waiter;
};

ComputePool::ComputePool(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

ComputePool::~ComputePool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

Task<void> ComputePool::run(std::function<void()> work) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  auto done = suspend(
      [this, job](std::unique_ptr<PendingWait> wait) {
        job->waiter = std::move(wait);
        {
          const std::lock_guard lock(mutex_);
          queue_.push_back(job);
        }
        wake_.notify_one();
        return 0;
      },
      [](int) { return std::unique_ptr<PendingWait>(); });
  co_await std::move(done);
  if (job->error) std::rethrow_exception(job->error);
}

void ComputePool::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const auto job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    try {
      job->work();
    } catch (...) { // thrown again where it is awaited
      job->error = std::current_exception();
    }
    job->work = nullptr; // with what it holds, before the caller goes on
    auto waiter = std::move(job->waiter);
    waiter->complete({});
    lock.lock();
  }
}

} // namespace circuit
