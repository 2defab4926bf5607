#pragma once
// No wait without an end: runs an operation and cancels it when its time is up.

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

template <class T>
Task<void> wait_for_either(DeadlineState<T>* state, Clock* clock, SteadyTime at) {
  while (!state->finished && clock->steady_now() < at) co_await state->done.wait();
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
  auto waiting = detail::wait_for_either(&state, &clock, at);
  auto all = run_beside(group, std::move(waiting));
  co_await std::move(all);
  if (state.result) co_return std::move(*state.result);
  co_return std::move(on_timeout);
}

} // namespace circuit
