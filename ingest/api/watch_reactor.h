#pragma once
// One Syncs.Watch: the states of a sync, written one at a time. The next state is asked for when the one
// before is written, so that a slow client costs one message of memory and skips states.

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "ingest/api/unary.h"

namespace circuit::api {

// Deletes itself when gRPC is done with it.
class WatchReactor final : public grpc::ServerWriteReactor<circuit::feeds::v1::Sync> {
 public:
  explicit WatchReactor(const Desk& desk);
  // Before it is given to gRPC.
  void open(const circuit::feeds::v1::WatchSyncRequest& request);

 private:
  // How the write in flight went; shared with gRPC's thread, read and written on the loop.
  struct Write {
    bool done = false;
    bool ok = false;
    Event changed;
  };

  void OnCancel() override { desk_.calls->cancel(id_); }
  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

  Task<grpc::Status> follow(circuit::feeds::v1::WatchSyncRequest request);
  Task<bool> write(circuit::feeds::v1::Sync state);

  const Desk& desk_;
  Calls::Id id_ = 0;
  circuit::feeds::v1::Sync message_; // gRPC's until the write is done
  std::shared_ptr<Write> write_ = std::make_shared<Write>();
};

} // namespace circuit::api
