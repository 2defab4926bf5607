#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>

#include "tests/bench/bare_stream.h"

namespace circuit::bench {
namespace {

namespace v1 = circuit::feeds::v1;

constexpr int64_t kCreditBytes = int64_t{16} << 20;

// Acknowledges batches of those who said Hello with a session, and reads what bare streams send.
class Stream final : public grpc::ServerBidiReactor<v1::DeliverRequest, v1::DeliverResponse> {
 public:
  Stream() { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    v1::DeliverResponse response;
    if (request_.has_hello()) {
      response.mutable_grant()->set_credit_bytes(kCreditBytes);
      send(std::move(response));
    } else {
      response.mutable_ack()->set_batch_id(request_.batch().batch_id());
      send(std::move(response));
    }
    StartRead(&request_);
  }
  void OnWriteDone(bool) override {
    const std::lock_guard lock(mutex_);
    responses_.pop_front();
    if (!responses_.empty()) StartWrite(&responses_.front());
  }
  void OnDone() override { delete this; }

 private:
  void send(v1::DeliverResponse response) {
    const std::lock_guard lock(mutex_);
    responses_.push_back(std::move(response));
    if (responses_.size() == 1) StartWrite(&responses_.front());
  }
  v1::DeliverRequest request_;
  std::mutex mutex_;
  std::deque<v1::DeliverResponse> responses_;
};

class BlackHole final : public v1::DocumentSink::CallbackService {
  grpc::ServerBidiReactor<v1::DeliverRequest, v1::DeliverResponse>* Deliver(
      grpc::CallbackServerContext*) override {
    return new Stream;
  }
};

} // namespace

void serve_black_hole() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  BlackHole service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server->Wait();
  std::exit(0);
}

} // namespace circuit::bench
