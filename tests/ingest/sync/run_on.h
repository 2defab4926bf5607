#pragma once
// Runs a coroutine on a virtual loop until it ends, and gives its result.

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <stdexcept>

#include "ingest/runtime/virtual_loop.h"

namespace circuit::sync::testing {
namespace detail {

template <class T>
Task<void> keep(Task<T> task, std::optional<T>* out) {
  out->emplace(co_await std::move(task));
}

} // namespace detail

template <class T>
T run_on(VirtualLoop& loop, Task<T> task) {
  std::optional<T> out;
  std::exception_ptr error;
  bool ended = false;
  boost::asio::co_spawn(loop.executor(), detail::keep(std::move(task), &out), [&](std::exception_ptr e) {
    error = e;
    ended = true;
  });
  if (!loop.run([&] { return ended; })) throw std::runtime_error("the coroutine never ended");
  if (error) std::rethrow_exception(error);
  return std::move(*out);
}

inline void run_on(VirtualLoop& loop, Task<void> task) {
  std::exception_ptr error;
  bool ended = false;
  boost::asio::co_spawn(loop.executor(), std::move(task), [&](std::exception_ptr e) {
    error = e;
    ended = true;
  });
  if (!loop.run([&] { return ended; })) throw std::runtime_error("the coroutine never ended");
  if (error) std::rethrow_exception(error);
}

} // namespace circuit::sync::testing
