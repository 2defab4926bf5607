#pragma once
// A loop: one thread's worth of coroutines, timers and (in SystemLoop) sockets. A sync lives on one loop from
// its first line to its last, so nothing in it needs a lock.
//
// executor() and post() are safe from any thread; all else belongs to the thread that runs the loop.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/timer_heap.h"

namespace circuit {

class Loop {
 public:
  Loop();
  virtual ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // What is posted here from another thread wakes the loop.
  boost::asio::any_io_executor executor();
  void post(std::function<void()> work);
  virtual Clock& clock() = 0;

  // The loop that runs the calling thread; null elsewhere.
  static Loop* current();

  boost::asio::io_context& context() { return context_; }
  TimerHeap& timers() { return timers_; }
  const TimerHeap& timers() const { return timers_; }
  // Makes the loop look for work; any thread.
  virtual void wake() = 0;
  // wake(), unless the caller is the loop's own thread or the loop is going away.
  void wake_from_outside();

 protected:
  // Marks the calling thread as this loop's while it lives.
  class Running {
   public:
    explicit Running(Loop* loop);
    ~Running();

   private:
    Loop* before_;
  };

  // Drops every suspended coroutine and everything queued. Derived destructors call it first.
  void abandon_work();

 private:
  std::atomic<bool> abandoned_{false};
  TimerHeap timers_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
};

} // namespace circuit
