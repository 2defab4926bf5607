// Documents a second through the gRPC sink, against a bare stream that sends the same messages to the same
// program. The receiving side is another process; it reads, and acknowledges what came with a Hello.
// grpc_bench [DOCUMENTS [WINDOW]]

#include <grpcpp/create_channel.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>

#include "circuit/feeds/v1/sink.grpc.pb.h"
#include "ingest/runtime/task_group.h"
#include "sinks/grpc.h"
#include "tests/sinks/sink_fixture.h"

namespace {

using namespace circuit;
namespace v1 = circuit::feeds::v1;
namespace fixture = circuit::sinks::testing;
constexpr int kBatch = 32;

class BlackHole final : public v1::DocumentSink::CallbackService {
  class Stream final : public grpc::ServerBidiReactor<v1::DeliverRequest, v1::DeliverResponse> {
   public:
    Stream() { StartRead(&request_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      v1::DeliverResponse response;
      if (request_.has_hello()) {
        acknowledges_ = true;
        response.mutable_grant()->set_credit_bytes(int64_t{16} << 20);
        send(std::move(response));
      } else if (acknowledges_) {
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
    bool acknowledges_ = false;
    std::mutex mutex_;
    std::deque<v1::DeliverResponse> responses_;
  };
  grpc::ServerBidiReactor<v1::DeliverRequest, v1::DeliverResponse>* Deliver(
      grpc::CallbackServerContext*) override {
    return new Stream;
  }
};

[[noreturn]] void serve(int port_pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  BlackHole service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  if (::write(port_pipe, &port, sizeof port) != sizeof port) std::abort();
  server->Wait();
  std::exit(0);
}

// What gRPC can do: one message after another, answers read and dropped, no credit and no waiting for
// answers.
class BareStream final : public grpc::ClientBidiReactor<v1::DeliverRequest, v1::DeliverResponse> {
 public:
  BareStream(v1::DocumentSink::Stub& stub, const v1::DeliverRequest& request, int times)
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

Task<void> deliver_repeatedly(sync::SinkSession* session, std::shared_ptr<const sync::DeliverBatch> batch,
                              int* left) {
  while ((*left)-- > 0) {
    const auto ack = co_await session->deliver(batch);
    if (!ack) {
      std::fprintf(stderr, "%s\n", ack.error().to_string().c_str());
      std::abort();
    }
  }
}

Task<bool> deliver_all(SystemLoop* loop, sync::Sink* sink, int batches, int window,
                       std::shared_ptr<const sync::DeliverBatch> batch) {
  sync::SessionRequest request{"feeds/bench", 1};
  auto opened = co_await sink->open(std::move(request));
  TaskGroup group(loop->executor());
  for (int i = 0; i < window; ++i) group.spawn(deliver_repeatedly(opened->get(), batch, &batches));
  co_await group.join();
  co_return true;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int documents = argc > 1 ? std::atoi(argv[1]) : 320'000;
  const int window = argc > 2 ? std::atoi(argv[2]) : 8;
  const int batches = documents / kBatch;
  int port_pipe[2];
  if (::pipe(port_pipe) != 0) return 1;
  const pid_t receiver = ::fork(); // before gRPC has threads
  if (receiver == 0) serve(port_pipe[1]);
  int port = 0;
  if (::read(port_pipe[0], &port, sizeof port) != sizeof port) return 1;
  const std::string address = "127.0.0.1:" + std::to_string(port);

  std::vector<v1::Change> changes;
  for (int i = 0; i < kBatch; ++i) {
    changes.push_back(
        fixture::upsert("bench", "https://example.org/" + std::to_string(i), i, std::string(2048, 'x')));
  }
  const auto batch = fixture::batch_of(changes);
  v1::DeliverRequest request;
  request.mutable_batch()->set_feed("feeds/bench");
  for (const auto& change : changes) *request.mutable_batch()->add_changes() = change;

  SystemLoop loop;
  auto sink = sinks::make_grpc_sink("grpc:" + address, address, {});
  if (!sink || !fixture::run(loop, (*sink)->recover(""))) return 1;
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  const auto stub = v1::DocumentSink::NewStub(channel);

  std::vector<double> ratios;
  for (int round = 0; round < 5; ++round) { // side by side, so that the machine is the same for both
    auto start = std::chrono::steady_clock::now();
    BareStream bare(*stub, request, batches);
    bare.wait();
    const double bare_rate = documents / seconds_since(start);
    start = std::chrono::steady_clock::now();
    fixture::run(loop, deliver_all(&loop, sink->get(), batches, window, batch));
    const double sink_rate = documents / seconds_since(start);
    ratios.push_back(sink_rate / bare_rate);
    std::printf("bare stream %.0f documents/s, sink %.0f documents/s, ratio %.2f\n", bare_rate, sink_rate,
                ratios.back());
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("median ratio %.2f\n", ratios[ratios.size() / 2]);
  sink->reset();
  ::kill(receiver, SIGKILL);
  ::waitpid(receiver, nullptr, 0);
}
