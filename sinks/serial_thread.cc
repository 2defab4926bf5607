#include "sinks/serial_thread.h"

#include <csignal>
#include <utility>

namespace circuit::sinks {

SerialThread::SerialThread() : thread_([this] { run(); }) {}

SerialThread::~SerialThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void SerialThread::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(work));
  changed_.notify_one(); // under the lock: once it is let go, the work may be done, and this thread be gone
}

void SerialThread::run() {
  sigset_t blocked;
  sigfillset(&blocked); // process-wide signals belong to the main thread as well
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    {
      const std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
    } // destroyed before the lock is taken: it may own what posts again
    lock.lock();
  }
}

} // namespace circuit::sinks
