#pragma once
// Structured concurrency: coroutines that somebody owns, waits for, and whose errors somebody sees.

#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>

#include "ingest/runtime/event.h"
#include "ingest/runtime/task.h"

namespace circuit {

// Runs tasks side by side on one loop. join() must have returned before the group goes, or the loop must be
// gone.
class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void spawn(Task<void> task);
  // Waits until fewer than `limit` tasks run.
  Task<void> wait_below(size_t limit);
  // Waits for all, then throws the first exception that any of them ended with. Cancelling the join cancels
  // the tasks, and still waits for them.
  Task<void> join();
  // Asks every task to stop; they end with operation_aborted, which join() does not count as an error of
  // theirs.
  void cancel();
  size_t running() const { return running_->size(); }

 private:
  struct Entry {
    boost::asio::cancellation_signal stop;
  };
  using Entries = std::list<Entry>;

  void finished(Entries::iterator entry, std::exception_ptr error);

  boost::asio::any_io_executor executor_;
  std::unique_ptr<Entries> running_;
  std::exception_ptr first_error_;
  bool cancelled_ = false;
  Event changed_;
};

// Calls `make(item)` for each item, at most `limit` of the resulting tasks at a time; waits for all. The
// first exception stops new ones from starting, and is thrown when those that run have ended.
template <class Items, class Make>
Task<void> for_each_concurrent(boost::asio::any_io_executor executor, Items& items, size_t limit, Make make) {
  TaskGroup group(executor);
  std::exception_ptr failure;
  try {
    for (auto& item : items) {
      co_await group.wait_below(limit);
      group.spawn(make(item));
    }
  } catch (...) { // kept, and thrown below: co_await is not allowed in here
    failure = std::current_exception();
  }
  if (failure) {
    group.cancel();
    // A cancelled coroutine may await nothing until this; the tasks have still to be seen out.
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  }
  co_await boost::asio::this_coro::throw_if_cancelled(false); // or it would not be called
  co_await group.join();
  if (failure) std::rethrow_exception(failure);
}

// Runs `work`, which the tasks of the group read for, or write for; when it ends, in whatever way, they are
// stopped and seen out. Throws what `work` threw, and otherwise the first error of a task.
inline Task<void> run_beside(TaskGroup& tasks, Task<void> work) {
  std::exception_ptr failure;
  try {
    co_await std::move(work);
  } catch (...) { // kept, and thrown below: co_await is not allowed in here
    failure = std::current_exception();
  }
  tasks.cancel();
  // A cancelled coroutine may await nothing until this; the tasks have still to be seen out.
  if (failure)
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  co_await boost::asio::this_coro::throw_if_cancelled(false); // or it would not be called
  co_await tasks.join();
  if (failure) std::rethrow_exception(failure);
}

} // namespace circuit
