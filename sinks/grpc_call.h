#pragma once
// One Deliver call over the callback API: raw buffers out, responses in.
//
// It keeps itself alive from start() until the listener has heard of its end, so any reference to it is safe
// to use. start() once; then, or before, cancel() from any thread. The listener is called from gRPC's
// threads, never from within a call of ours and never with a lock of this class held.

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <memory>
#include <mutex>

#include "circuit/feeds/v1/sink.pb.h"

namespace circuit::sinks {

class GrpcCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, circuit::feeds::v1::DeliverResponse> {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_response(GrpcCall& call, const circuit::feeds::v1::DeliverResponse& response) = 0;
    virtual void on_written(GrpcCall& call) = 0;
    virtual void on_ended(GrpcCall& call, const grpc::Status& status) = 0; // last
  };

  // `hold` is let go of when nothing of the call is left, its reference to the channel included.
  GrpcCall(std::shared_ptr<Listener> listener, std::shared_ptr<void> hold)
      : hold_(std::move(hold)), listener_(std::move(listener)) {}

  // Must be owned by a shared_ptr, which is given. The listener hears from it from now on.
  static void start(const std::shared_ptr<GrpcCall>& call, const std::shared_ptr<grpc::Channel>& channel);

  // One message at a time: the next after on_written(). Nothing happens once the stream has ended.
  void write(grpc::ByteBuffer message);
  // Tells the receiver that no more comes. Not while a write is under way.
  void finish_writing();
  void cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnWritesDoneDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  bool begin_write();
  bool end_write(); // whether the call goes on

  const std::shared_ptr<void> hold_; // first: outlives the context, which refers to the channel
  grpc::ClientContext context_;
  std::shared_ptr<Listener> listener_;
  std::shared_ptr<GrpcCall> self_; // until OnDone
  circuit::feeds::v1::DeliverResponse response_;
  grpc::ByteBuffer message_; // gRPC reads it until OnWriteDone

  // The call's hold keeps OnDone away while a write may still be started. It goes when reading has ended and
  // no write is under way.
  std::mutex mutex_;
  bool writing_ = false;
  bool ended_ = false;
};

} // namespace circuit::sinks
