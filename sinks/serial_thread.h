#pragma once
// One thread that runs what it is given, one after another: where a sink blocks in write() and fsync() so
// that no loop has to.
//
// post() is safe from any thread. The destructor runs what is queued and joins. Signals that a failed write()
// would send (SIGPIPE, SIGXFSZ) are blocked on the thread, so that the failure arrives as an errno.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace circuit::sinks {

class SerialThread {
 public:
  SerialThread();
  ~SerialThread();
  SerialThread(const SerialThread&) = delete;
  SerialThread& operator=(const SerialThread&) = delete;

  void post(std::function<void()> work);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::thread thread_; // last: starts when all above is there
};

} // namespace circuit::sinks
