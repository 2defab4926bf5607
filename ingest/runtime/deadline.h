#pragma once
// No wait without an end: runs an operation and cancels it when its time is up.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task_group.h"

namespace circuit {
namespace detail {

template <class T>
struct DeadlineState {
  std::optional<Result<T>> result;
  bool finished = false;
  Event done;
};

template <class T>
Task<void> run_into(DeadlineState<T>* state, Task<Result<T>> operation) {
  std::exception_ptr failure;
  try {
    state->result.emplace(co_await std::move(operation));
  } catch (...) { // handed on below
    failure = std::current_exception();
  }
  state->finished = true;
  state->done.notify_all();
  if (failure) std::rethrow_exception(failure);
}

template <class T>
Task<void> expire(DeadlineState<T>* state, Clock* clock, SteadyTime at) {
  co_await clock->sleep_until(at);
  state->done.notify_all();
}

} // namespace detail

// The operation's result, or `on_timeout` when `limit` passed first; the operation has ended in either case.
template <class T>
Task<Result<T>> with_deadline(boost::asio::any_io_executor executor, Clock& clock, Duration limit,
                              Task<Result<T>> operation, Error on_timeout) {
  detail::DeadlineState<T> state;
  const SteadyTime at = clock.steady_now() + limit;
  TaskGroup group(executor);
  group.spawn(detail::run_into(&state, std::move(operation)));
  group.spawn(detail::expire(&state, &clock, at));
  std::exception_ptr failure;
  try {
    while (!state.finished && clock.steady_now() < at) co_await state.done.wait();
  } catch (...) { // cancelled from outside: thrown below, when both tasks have ended
    failure = std::current_exception();
  }
  group.cancel();
  // A cancelled coroutine may await nothing until this; both tasks have still to be seen out.
  if (failure) {
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  }
  co_await boost::asio::this_coro::throw_if_cancelled(false); // or it would not be called
  co_await group.join();
  if (failure) std::rethrow_exception(failure);
  if (state.result) co_return std::move(*state.result);
  co_return std::move(on_timeout);
}

} // namespace circuit
