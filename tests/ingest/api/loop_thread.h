#pragma once
// A real loop on a thread of its own, and a way for a test to wait for what runs there.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>

#include "ingest/runtime/result.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/runtime/task.h"

namespace circuit::api {

// The outcome of a coroutine that runs on the loop, and the means to cancel it.
template <class T>
class Pending {
 public:
  explicit Pending(SystemLoop& loop) : loop_(&loop) {}

  // Throws what the coroutine threw; runtime_error when it takes longer than any test should.
  T get() {
    if (future_.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
      throw std::runtime_error("the coroutine did not end");
    }
    return future_.get();
  }
  bool ends_within(std::chrono::milliseconds limit) const {
    return future_.wait_for(limit) == std::future_status::ready;
  }
  void cancel() {
    loop_->post([stop = stop_, loop = loop_] {
      stop->emit(boost::asio::cancellation_type::all);
      loop->post([stop] {}); // what emit() posted refers to it
    });
  }

 private:
  friend class LoopThread;
  SystemLoop* loop_;
  std::shared_ptr<std::promise<T>> promise_ = std::make_shared<std::promise<T>>();
  std::future<T> future_ = promise_->get_future();
  std::shared_ptr<boost::asio::cancellation_signal> stop_ =
      std::make_shared<boost::asio::cancellation_signal>();
};

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() { stop(); }

  SystemLoop& loop() { return loop_; }
  bool running() const { return thread_.joinable(); }
  void stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
  }

  template <class T>
  Pending<Result<T>> start(Task<Result<T>> task) {
    Pending<Result<T>> pending(loop_);
    spawn(pending, keep<Result<T>>(std::move(task), pending.promise_));
    return pending;
  }
  Pending<void> start(Task<void> task) {
    Pending<void> pending(loop_);
    spawn(pending, keep_void(std::move(task), pending.promise_));
    return pending;
  }
  template <class T>
  Result<T> run(Task<Result<T>> task) {
    return start(std::move(task)).get();
  }
  void run(Task<void> task) { start(std::move(task)).get(); }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::shared_ptr<std::promise<T>> promise) {
    try {
      promise->set_value(co_await std::move(task));
    } catch (...) { // handed to whoever gets the result
      promise->set_exception(std::current_exception());
    }
  }
  static Task<void> keep_void(Task<void> task, std::shared_ptr<std::promise<void>> promise) {
    try {
      co_await std::move(task);
      promise->set_value();
    } catch (...) { // handed to whoever gets the result
      promise->set_exception(std::current_exception());
    }
  }
  template <class T>
  void spawn(const Pending<T>& pending, Task<void> task) {
    auto shared = std::make_shared<Task<void>>(std::move(task));
    loop_.post([this, shared, stop = pending.stop_] {
      boost::asio::co_spawn(loop_.executor(), std::move(*shared),
                            boost::asio::bind_cancellation_slot(stop->slot(), [stop](std::exception_ptr) {}));
    });
  }

  SystemLoop loop_;
  std::thread thread_;
};

} // namespace circuit::api
