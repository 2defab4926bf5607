#pragma once
// Work that is fed by tasks which run beside it. On one loop.

#include <exception>

#include "ingest/runtime/task_group.h"

namespace circuit::feeds::azure_blob {

// Runs `work`; when it ends, in whatever way, the tasks are stopped and seen out. Throws what `work` threw.
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
  co_await tasks.join();
  if (failure) std::rethrow_exception(failure);
}

} // namespace circuit::feeds::azure_blob
