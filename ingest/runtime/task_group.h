#pragma once
// Structured concurrency: coroutines that somebody owns, waits for, and whose errors somebody sees.

#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

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

// Runs `work` beside the tasks of the group, which read for it, or write for it, and waits for them too,
// however it ends: frames must not outlive what they refer to. `at_end` is called when `work` has ended, with
// whether it threw, which it also does when the caller is cancelled: there the tasks are told to end. Throws
// what `work` threw, and otherwise the first error of a task.
Task<void> run_and_see_out(TaskGroup& tasks, Task<void> work, std::function<void(bool failed)> at_end);

// The same for tasks that nobody needs any more when `work` has ended: they are cancelled.
Task<void> run_beside(TaskGroup& tasks, Task<void> work);

namespace detail {

template <class Items, class Make>
Task<void> spawn_each(TaskGroup& tasks, Items& items, size_t limit, Make make) {
  for (auto& item : items) {
    co_await tasks.wait_below(limit);
    tasks.spawn(make(item));
  }
}

} // namespace detail

// Calls `make(item)` for each item, at most `limit` of the resulting tasks at a time; waits for all. The
// first exception stops new ones from starting, and is thrown when those that run have ended.
template <class Items, class Make>
Task<void> for_each_concurrent(boost::asio::any_io_executor executor, Items& items, size_t limit, Make make) {
  TaskGroup tasks(executor);
  auto spawning = detail::spawn_each(tasks, items, limit, std::move(make));
  std::function<void(bool)> at_end = [&tasks](bool failed) {
    if (failed) tasks.cancel();
  };
  auto all = run_and_see_out(tasks, std::move(spawning), std::move(at_end));
  co_await std::move(all);
}

} // namespace circuit
