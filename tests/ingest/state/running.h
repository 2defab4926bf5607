#pragma once
// Runs the engine's coroutines to their end in a test, on a real or a virtual loop.

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "ingest/runtime/result.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/runtime/task.h"
#include "ingest/runtime/virtual_loop.h"

namespace circuit::state::testing {

template <class T>
Task<void> keep(Task<T> task, std::optional<T>* value) {
  value->emplace(co_await std::move(task));
}

inline void drive(SystemLoop& loop, const bool& done) {
  loop.run_while([&done] { return !done; });
}
inline void drive(VirtualLoop& loop, const bool& done) {
  loop.run([&done] { return done; });
}

// What the task returns, or throws.
template <class AnyLoop, class T>
T run(AnyLoop& loop, Task<T> task) {
  std::optional<T> value;
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(loop.executor(), keep(std::move(task), &value), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  drive(loop, done);
  if (failure) std::rethrow_exception(failure);
  return *std::move(value);
}

// Side by side on one loop; the results in the order of the tasks.
template <class AnyLoop, class T>
std::vector<T> run_all(AnyLoop& loop, std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> values(tasks.size());
  std::exception_ptr failure;
  size_t left = tasks.size();
  bool done = tasks.empty();
  for (size_t i = 0; i < tasks.size(); ++i) {
    boost::asio::co_spawn(loop.executor(), keep(std::move(tasks[i]), &values[i]),
                          [&](std::exception_ptr error) {
                            if (error) failure = error;
                            done = --left == 0;
                          });
  }
  drive(loop, done);
  if (failure) std::rethrow_exception(failure);
  std::vector<T> results;
  for (auto& value : values) results.push_back(*std::move(value));
  return results;
}

} // namespace circuit::state::testing
