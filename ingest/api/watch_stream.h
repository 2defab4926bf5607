#pragma once
// The client's end of one Syncs.Watch: keeps the latest state that arrived until somebody takes it. Reading
// goes on meanwhile, so that a slow taker costs one message of memory, skips states, and does not hold the
// server up.

#include <grpcpp/support/client_callback.h>

#include <memory>
#include <mutex>
#include <optional>

#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/api/in_flight.h"
#include "ingest/runtime/event.h"
#include "ingest/runtime/loop.h"

namespace circuit::api {

class WatchStream final : public grpc::ClientReadReactor<circuit::feeds::v1::Sync>,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  WatchStream(Loop& loop, std::shared_ptr<InFlight> in_flight, circuit::feeds::v1::WatchSyncRequest request);

  // On the loop, all of them.
  void start(circuit::feeds::v1::Syncs::StubInterface& stub);
  void cancel() { context_.TryCancel(); }
  struct Step {
    std::optional<circuit::feeds::v1::Sync> state;
    grpc::Status ended; // if there is no state any more
  };
  Task<Step> next(); // cancellable

 private:
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  void wake_taker();
  std::optional<Step> taken();

  Loop& loop_;
  const std::shared_ptr<InFlight> in_flight_;
  InFlight::Id in_flight_id_ = 0;
  const circuit::feeds::v1::WatchSyncRequest request_;
  grpc::ClientContext context_;
  std::shared_ptr<WatchStream> while_open_; // gRPC's share
  circuit::feeds::v1::Sync incoming_;       // gRPC's while it reads
  Event changed_;                           // on the loop

  std::mutex mutex_; // guards the rest
  std::optional<circuit::feeds::v1::Sync> latest_;
  std::optional<grpc::Status> ended_;
  bool wake_posted_ = false;
};

} // namespace circuit::api
