// The server itself: where it listens, health, reflection, shutdown.

#include "ingest/api/server.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <future>
#include <optional>

#include "ingest/api/address.h"
#include "ingest/runtime/event.h"
#include "tests/ingest/api/worker_fixture.h"

namespace circuit::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ServerTest : public WorkerTest {
 protected:
  std::shared_ptr<grpc::Channel> channel() {
    return grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
  }

  // A unary call by name with the request's bytes: for services whose messages are not ours.
  struct Reply {
    grpc::Status status;
    std::string bytes;
  };
  static Reply call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                    const std::string& request) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + seconds(10));
    const grpc::Slice slice(request);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, {}, &sent, &received,
                   [&done](grpc::Status status) { done.set_value(std::move(status)); });
    Reply reply{done.get_future().get(), {}};
    grpc::Slice whole;
    if (reply.status.ok() && received.DumpToSingleSlice(&whole).ok()) {
      reply.bytes.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    return reply;
  }

  // grpc.health.v1: HealthCheckRequest { string service = 1; }, HealthCheckResponse { ServingStatus status =
  // 1; }.
  enum Health { kServing = 1, kNotServing = 2 };
  static int health(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
    std::string request;
    if (!service.empty()) request = std::string("\x0A") + static_cast<char>(service.size()) + service;
    const Reply reply = call(channel, "/grpc.health.v1.Health/Check", request);
    if (!reply.status.ok()) return -reply.status.error_code();
    return reply.bytes.size() == 2 && reply.bytes[0] == 0x08 ? reply.bytes[1] : 0;
  }

  Error refusal_at(const std::string& address) {
    ServerOptions options;
    options.address = address;
    return refusal(options);
  }
};

TEST_F(ServerTest, TellsThePortThatItGot) {
  serve();
  const Result<Address> address = parse_address(server_->address());
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_NE(address->port, 0);
}

TEST_F(ServerTest, RefusesToServeStrangersWithoutTlsUnlessTold) {
  EXPECT_EQ(refusal_at("0.0.0.0:0").reason, "INSECURE_ADDRESS");
  EXPECT_EQ(refusal_at("[::]:0").reason, "INSECURE_ADDRESS");
  ServerOptions options;
  options.address = "0.0.0.0:0";
  options.allow_insecure = true;
  serve(options);
}

TEST_F(ServerTest, SaysThatTheAddressIsTaken) {
  serve();
  const Error error = refusal_at(server_->address());
  EXPECT_EQ(error.cls, ErrorClass::kConflict);
  EXPECT_EQ(error.reason, "ADDRESS_IN_USE");
  EXPECT_THAT(error.message, testing::HasSubstr(server_->address()));
}

TEST_F(ServerTest, SaysThatTheAddressIsNotOfThisMachine) {
  ServerOptions options;
  options.address = "192.0.2.1:7300"; // of documentation, nobody's
  options.allow_insecure = true;
  EXPECT_EQ(refusal(options).reason, "ADDRESS_NOT_AVAILABLE");
  options.address = "no-such-host.invalid:7300";
  EXPECT_EQ(refusal(options).reason, "ADDRESS_NOT_AVAILABLE");
  EXPECT_EQ(refusal_at("7300").reason, "ADDRESS_INVALID");
}

TEST_F(ServerTest, HealthIsToldPerServiceAndFlipsForGood) {
  serve();
  const auto to = channel();
  for (const char* service :
       {"", "circuit.feeds.v1.Feeds", "circuit.feeds.v1.Syncs", "circuit.feeds.v1.Providers"}) {
    EXPECT_EQ(health(to, service), kServing) << service;
  }
  EXPECT_EQ(health(to, "circuit.feeds.v1.Nothing"), -grpc::StatusCode::NOT_FOUND);
  server_->set_serving(false);
  for (const char* service : {"", "circuit.feeds.v1.Feeds", "circuit.feeds.v1.Syncs"}) {
    EXPECT_EQ(health(to, service), kNotServing) << service;
  }
  server_->set_serving(true);
  EXPECT_EQ(health(to, ""), kNotServing);
}

// grpc.reflection.v1alpha: a request with list_services (field 7) set to "*"; the answer names the services.
TEST_F(ServerTest, ReflectionListsTheServicesWhenItIsOn) {
  ServerOptions options;
  options.reflection = true;
  serve(options);
  grpc::GenericStub stub(channel());
  grpc::ClientContext context;
  class Reader final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
   public:
    void OnReadDone(bool ok) override { got.set_value(ok); }
    void OnDone(const grpc::Status&) override { done.set_value(); }
    std::promise<bool> got;
    std::promise<void> done;
  } reader;
  const grpc::Slice slice(std::string("\x3A\x01*"));
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  stub.PrepareBidiStreamingCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                {}, &reader);
  reader.StartWriteLast(&sent, {});
  reader.StartRead(&received);
  reader.StartCall();
  ASSERT_TRUE(reader.got.get_future().get());
  reader.done.get_future().wait();
  grpc::Slice whole;
  ASSERT_TRUE(received.DumpToSingleSlice(&whole).ok());
  const std::string answer(reinterpret_cast<const char*>(whole.begin()), whole.size());
  for (const char* service :
       {"circuit.feeds.v1.Feeds", "circuit.feeds.v1.Syncs", "circuit.feeds.v1.Providers"}) {
    EXPECT_THAT(answer, testing::HasSubstr(service));
  }
}

TEST_F(ServerTest, ReflectionIsOffUnlessWanted) {
  serve();
  const Reply reply = call(channel(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerTest, AnotherProgramAtTheAddressIsNotTakenForAWorker) {
  serve();
  const Reply reply = call(channel(), "/circuit.feeds.v1.Feeds/Invent", "");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

Answer<v1::Feed> take_until(Event* released, std::promise<void>* began) {
  began->set_value();
  co_await released->wait();
  v1::Feed feed;
  feed.set_name("finished");
  co_return feed;
}

class Shutdown : public ServerTest {
 protected:
  Shutdown() {
    control_.on_get_feed = [this](v1::GetFeedRequest) { return take_until(&released_, &began_); };
  }
  void release() {
    thread_.loop().post([this] { released_.notify_all(); });
  }
  Pending<Result<v1::Feed>> ask() {
    auto pending = thread_.start(remote_->get_feed({}));
    began_.get_future().wait();
    return pending;
  }

  Event released_; // on the loop; keeps who waits, and must not be kept by him
  std::promise<void> began_;
};

TEST_F(Shutdown, LetsCallsEndThatAreOpenAndRefusesNewOnes) {
  serve_and_connect();
  auto pending = ask();
  const auto to = channel();
  ASSERT_EQ(health(to, ""), kServing);
  auto stopping = thread_.start(server_->shutdown(seconds(20)));
  while (health(to, "") == kServing) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(health(to, ""), kNotServing);
  const Result<v1::ListFeedsResponse> refused = thread_.run(remote_->list_feeds({}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "WORKER_STOPPING");
  EXPECT_TRUE(is_retryable(refused.error()));
  EXPECT_FALSE(stopping.ends_within(milliseconds(50)));
  release();
  const Result<v1::Feed> feed = pending.get();
  ASSERT_TRUE(feed) << feed.error().to_string();
  EXPECT_EQ(feed->name(), "finished");
  stopping.get();
}

TEST_F(Shutdown, CancelsWhatDoesNotEndWithinTheGrace) {
  serve_and_connect();
  auto pending = ask();
  const auto begun = std::chrono::steady_clock::now();
  thread_.run(server_->shutdown(milliseconds(200)));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(5));
  EXPECT_FALSE(pending.get());
}

TEST_F(Shutdown, FreesTheAddress) {
  serve();
  const std::string address = server_->address();
  thread_.run(server_->shutdown(seconds(1)));
  server_.reset();
  ServerOptions options;
  options.address = address;
  serve(options);
  EXPECT_EQ(server_->address(), address);
}

TEST_F(Shutdown, AServerThatIsDestroyedWithCallsOpenAnswersThem) {
  serve();
  LoopThread elsewhere;
  auto remote = RemoteControl::open(here(), elsewhere.loop());
  ASSERT_TRUE(remote);
  auto pending = elsewhere.start((*remote)->get_feed({}));
  began_.get_future().wait();
  thread_.stop();
  server_.reset();
  const Result<v1::Feed> answered = pending.get();
  ASSERT_FALSE(answered);
  EXPECT_EQ(answered.error().cls, ErrorClass::kCancelled);
  elsewhere.stop();
}

} // namespace
} // namespace circuit::api
