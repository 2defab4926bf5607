#pragma once
// A suspended coroutine, type-erased: what timers and events keep of whoever waits for them.
// Destroying one without completing it destroys the waiting coroutine, which is how a simulated crash ends
// it.

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <utility>

#include "ingest/runtime/task.h"

namespace circuit {

class PendingWait {
 public:
  virtual ~PendingWait() = default;
  // Resumes the coroutine from its loop, soon; operation_aborted makes its await throw. At most once.
  virtual void complete(boost::system::error_code code) = 0;
};

namespace detail {

template <class Handler>
class PendingHandler final : public PendingWait {
 public:
  explicit PendingHandler(Handler handler) : handler_(std::move(handler)) {}
  void complete(boost::system::error_code code) override {
    auto executor = boost::asio::get_associated_executor(handler_);
    boost::asio::post(executor, boost::asio::append(std::move(handler_), code));
  }

 private:
  Handler handler_;
};

} // namespace detail

// Suspends the caller. `start(pending)` keeps the wait and returns an id; `cancel(id)` must give the wait
// back (or null when it was completed already), and is called when the coroutine is cancelled.
template <class Start, class Cancel>
Task<void> suspend(Start start, Cancel cancel) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(boost::system::error_code)>(
      [start = std::move(start), cancel = std::move(cancel)](auto handler) mutable {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        using Handler = std::decay_t<decltype(handler)>;
        const auto id = start(std::make_unique<detail::PendingHandler<Handler>>(std::move(handler)));
        if (slot.is_connected()) {
          slot.assign([cancel = std::move(cancel), id](boost::asio::cancellation_type) mutable {
            if (auto wait = cancel(id)) wait->complete(boost::asio::error::operation_aborted);
          });
        }
      },
      boost::asio::use_awaitable);
}

} // namespace circuit
