#include "tests/bench/bare_stream.h"

#include <grpcpp/create_channel.h>

#include <condition_variable>
#include <mutex>

namespace circuit::bench {
namespace {

namespace v1 = circuit::feeds::v1;

class Call final : public grpc::ClientBidiReactor<v1::DeliverRequest, v1::DeliverResponse> {
 public:
  Call(v1::DocumentSink::Stub& stub, const v1::DeliverRequest& request, int times)
      : request_(request), left_(times) {
    hello_.mutable_hello();
    stub.async()->Deliver(&context_, this);
    StartRead(&response_);
    StartWrite(&hello_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (ok) StartRead(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (ok && left_-- > 0) return StartWrite(&request_);
    StartWritesDone();
  }
  void OnDone(const grpc::Status&) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    ended_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return done_; });
  }

 private:
  v1::DeliverRequest hello_;
  const v1::DeliverRequest& request_;
  v1::DeliverResponse response_;
  int left_;
  grpc::ClientContext context_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
};

} // namespace

BareStream::BareStream(const std::string& address)
    : stub_(v1::DocumentSink::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {}

void BareStream::send(const v1::DeliverRequest& request, int times) {
  Call call(*stub_, request, times);
  call.wait();
}

} // namespace circuit::bench
