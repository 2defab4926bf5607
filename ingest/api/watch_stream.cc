#include "ingest/api/watch_stream.h"

#include <utility>

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

WatchStream::WatchStream(Loop& loop, std::shared_ptr<InFlight> in_flight, v1::WatchSyncRequest request)
    : loop_(loop), in_flight_(std::move(in_flight)), request_(std::move(request)) {}

void WatchStream::start(v1::Syncs::StubInterface& stub) {
  while_open_ = shared_from_this();
  in_flight_id_ = in_flight_->add({while_open_, &context_});
  stub.async()->Watch(&context_, &request_, this);
  StartRead(&incoming_);
  StartCall();
}

Task<WatchStream::Step> WatchStream::next() {
  while (true) {
    if (std::optional<Step> step = taken()) co_return std::move(*step);
    co_await changed_.wait();
  }
}

std::optional<WatchStream::Step> WatchStream::taken() {
  const std::lock_guard lock(mutex_);
  if (latest_) return Step{std::exchange(latest_, std::nullopt), {}};
  if (ended_) return Step{std::nullopt, *ended_};
  return std::nullopt;
}

void WatchStream::OnReadDone(bool ok) {
  if (!ok) return; // OnDone follows
  {
    const std::lock_guard lock(mutex_);
    latest_.emplace().Swap(&incoming_);
  }
  wake_taker();
  StartRead(&incoming_);
}

void WatchStream::OnDone(const grpc::Status& status) {
  const std::shared_ptr<InFlight> in_flight = in_flight_;
  const InFlight::Id id = in_flight_id_;
  {
    const std::lock_guard lock(mutex_);
    ended_ = status;
  }
  // Moved, so that the stream never ends on gRPC's thread.
  loop_.post([self = std::move(while_open_)] { self->changed_.notify_all(); });
  in_flight->remove(id);
}

void WatchStream::wake_taker() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(wake_posted_, true)) return;
  }
  loop_.post([self = shared_from_this()] {
    {
      const std::lock_guard lock(self->mutex_);
      self->wake_posted_ = false;
    }
    self->changed_.notify_all();
  });
}

} // namespace circuit::api
