#include "ingest/runtime/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace circuit {
namespace {

bool is_abort(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    return e.code() == boost::asio::error::operation_aborted;
  } catch (...) { // any other exception is no abort; it is kept by the caller
    return false;
  }
}

} // namespace

TaskGroup::TaskGroup(boost::asio::any_io_executor executor)
    : executor_(std::move(executor)), running_(std::make_unique<Entries>()) {}

TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(Task<void> task) {
  running_->emplace_back();
  const auto entry = std::prev(running_->end());
  boost::asio::co_spawn(
      executor_, std::move(task),
      boost::asio::bind_cancellation_slot(
          entry->stop.slot(), [this, entry](std::exception_ptr error) { finished(entry, error); }));
}

void TaskGroup::finished(Entries::iterator entry, std::exception_ptr error) {
  // A cancellation on its way to the task was posted, and refers to the entry's signal: the entry goes after
  // it.
  Entries ended;
  ended.splice(ended.begin(), *running_, entry);
  boost::asio::post(executor_, [ended = std::move(ended)] {});
  if (error && !first_error_ && !(cancelled_ && is_abort(error))) first_error_ = std::move(error);
  changed_.notify_all();
}

Task<void> TaskGroup::wait_below(size_t limit) {
  while (running_->size() >= limit && !first_error_) co_await changed_.wait();
  if (first_error_) std::rethrow_exception(first_error_);
}

Task<void> TaskGroup::join() {
  // A cancelled join still has to see its tasks end: frames must not outlive what they refer to.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  bool passed_on = false;
  while (!running_->empty()) {
    bool aborted = false;
    try {
      co_await changed_.wait();
    } catch (const boost::system::system_error&) { // the only thing that ends a wait early is cancellation
      aborted = true;
    }
    if ((aborted || state.cancelled() != boost::asio::cancellation_type::none) && !passed_on) {
      passed_on = true;
      cancel();
      co_await boost::asio::this_coro::reset_cancellation_state();
    }
  }
  co_await boost::asio::this_coro::throw_if_cancelled(true);
  if (first_error_) std::rethrow_exception(std::exchange(first_error_, nullptr));
  if (passed_on) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

Task<void> run_and_see_out(TaskGroup& tasks, Task<void> work, std::function<void(bool failed)> at_end) {
  std::exception_ptr failure;
  try {
    co_await std::move(work);
  } catch (...) { // kept, and thrown below: co_await is not allowed in here
    failure = std::current_exception();
  }
  at_end(failure != nullptr);
  // A cancelled coroutine may await nothing until this; the tasks have still to be seen out.
  if (failure)
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  // A cancellation can come with the end of the work: then the join would not be called.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await tasks.join();
  if (failure) std::rethrow_exception(failure);
}

Task<void> run_beside(TaskGroup& tasks, Task<void> work) {
  std::function<void(bool)> at_end = [&tasks](bool) { tasks.cancel(); };
  auto both = run_and_see_out(tasks, std::move(work), std::move(at_end));
  co_await std::move(both);
}

void TaskGroup::cancel() {
  cancelled_ = true;
  // A task may end inside emit(): walk over a snapshot of what is there now.
  std::vector<Entries::iterator> entries;
  for (auto it = running_->begin(); it != running_->end(); ++it) entries.push_back(it);
  for (const auto& entry : entries) entry->stop.emit(boost::asio::cancellation_type::all);
}

} // namespace circuit
