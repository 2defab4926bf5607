#include "sinks/grpc_call.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <utility>

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

void GrpcCall::start(const std::shared_ptr<GrpcCall>& call, const std::shared_ptr<grpc::Channel>& channel) {
  call->self_ = call;
  grpc::TemplatedGenericStub<grpc::ByteBuffer, v1::DeliverResponse> stub(channel);
  stub.PrepareBidiStreamingCall(&call->context_, "/circuit.feeds.v1.DocumentSink/Deliver",
                                grpc::StubOptions(), call.get());
  call->AddHold();
  call->StartRead(&call->response_);
  call->StartCall();
}

bool GrpcCall::begin_write() {
  const std::lock_guard lock(mutex_);
  if (ended_ || writing_) return false;
  return writing_ = true;
}

void GrpcCall::write(grpc::ByteBuffer message) {
  if (!begin_write()) return;
  message_.Swap(&message);
  StartWrite(&message_);
}

void GrpcCall::finish_writing() {
  if (begin_write()) StartWritesDone();
}

bool GrpcCall::end_write() {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ended_) return true;
  }
  RemoveHold();
  return false;
}

void GrpcCall::OnWriteDone(bool ok) {
  message_.Clear();
  if (end_write() && ok) listener_->on_written(*this); // a write that failed makes the read fail too
}

void GrpcCall::OnWritesDoneDone(bool) { end_write(); }

void GrpcCall::OnReadDone(bool ok) {
  if (ok) {
    listener_->on_response(*this, response_);
    StartRead(&response_);
    return;
  }
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    last = !writing_;
  }
  if (last) RemoveHold();
}

void GrpcCall::OnDone(const grpc::Status& status) {
  listener_->on_ended(*this, status);
  listener_.reset();
  const std::shared_ptr<GrpcCall> last_reference = std::move(self_);
}

} // namespace circuit::sinks
