#include "ingest/api/watch_reactor.h"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

WatchReactor::WatchReactor(const Desk& desk) : desk_(desk) {}

void WatchReactor::open(const v1::WatchSyncRequest& request) {
  id_ = desk_.calls->open(
      Calls::Kind::kStream, [this, request] { return follow(request); },
      [this](grpc::Status status) { Finish(std::move(status)); });
}

void WatchReactor::OnWriteDone(bool ok) {
  desk_.calls->loop().post([write = write_, ok] {
    write->done = true;
    write->ok = ok;
    write->changed.notify_all();
  });
}

Task<grpc::Status> WatchReactor::follow(v1::WatchSyncRequest request) {
  const std::unique_ptr<SyncWatch> watch = desk_.control.watch_sync(std::move(request));
  while (true) {
    Answer<v1::Sync> next = watch->next();
    const Result<v1::Sync> state = co_await std::move(next);
    if (!state) co_return to_status(state.error(), desk_.calls->loop().clock().now());
    Task<bool> writing = write(*state);
    const bool written = co_await std::move(writing);
    if (!written)
      throw boost::system::system_error(boost::asio::error::operation_aborted); // the client has gone
    if (has_ended(*state)) co_return grpc::Status();
  }
}

// Not cancelled itself: the message is gRPC's until the write is done. When the client goes, gRPC fails the
// write.
Task<bool> WatchReactor::write(v1::Sync state) {
  // A share of this frame's, so that no handler which a loop drops at its end takes the frame with it.
  const std::shared_ptr<Write> pending = write_;
  message_ = std::move(state);
  pending->done = false;
  StartWrite(&message_);
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  while (!pending->done) {
    try {
      co_await pending->changed.wait();
    } catch (const boost::system::system_error&) { // cancelled: seen at the next wait after the write
    }
  }
  co_await boost::asio::this_coro::throw_if_cancelled(true);
  co_return pending->ok;
}

} // namespace circuit::api
