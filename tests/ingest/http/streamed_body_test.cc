// What the layers do with a response whose body is still to come: the throttle's lane has a single place
// here, so that whoever keeps a stream that nobody reads stops everything.

#include <gmock/gmock.h>

#include "ingest/http/stack.h"
#include "ingest/http/string_stream.h"
#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

using std::chrono::seconds;

class ProviderWire final : public HttpTransport {
 public:
  explicit ProviderWire(HttpTransport& provider) : provider_(provider) {}
  Task<Result<Response>> send(SharedRequest request) override { return provider_.send(std::move(request)); }

 private:
  HttpTransport& provider_;
};

// Has a newer credential once.
class RenewingAuthorizer final : public Authorizer {
 public:
  Task<Result<int64_t>> authorize(Request& request) override {
    request.headers.set("Authorization", "version " + std::to_string(version_));
    co_return version_;
  }
  Task<Result<bool>> refused(std::string, int64_t version) override {
    if (version == version_) ++version_;
    co_return true;
  }

 private:
  int64_t version_ = 1;
};

StackOptions one_at_a_time() {
  StackOptions options;
  options.throttle.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  return options;
}

struct StreamedBodyTest : ::testing::Test, LayerWorld {
  SeededRandom random{1};
  RenewingAuthorizer authorizer;
  HttpStack stack{std::make_unique<ProviderWire>(provider), loop.clock(), random, one_at_a_time()};

  StreamedBodyTest() { stack.auth().use(authorizer); }

  void will_answer(int status, HeaderList headers = {}) {
    Response response = answer(status, headers);
    response.stream = string_stream("the body of a " + std::to_string(status));
    provider.next.push_back(std::move(response));
  }
  Request request() {
    Request r = get("http://a.example/x");
    r.stream_body = true;
    r.max_redirects = 5;
    r.connection = r.throttle_key = "connections/one";
    return r;
  }
};

TEST_F(StreamedBodyTest, HoldsItsPlaceUntilItIsGone) {
  will_answer(200);
  will_answer(200);
  Sent& first = send(stack, request());
  ASSERT_EQ(first.status(), 200);
  Sent& second = start(stack, request());
  loop.run();
  EXPECT_FALSE(second.ended());
  first.response().stream.reset();
  loop.run();
  EXPECT_EQ(second.status(), 200);
}

TEST_F(StreamedBodyTest, OfAnAttemptThatIsRepeatedIsLetGoOfBeforeTheNext) {
  will_answer(503);
  will_answer(500, {{"Retry-After", "1"}});
  will_answer(200);
  const Sent& sent = send(stack, request());
  EXPECT_EQ(sent.status(), 200);
  EXPECT_EQ(provider.asked.size(), 3U);
}

TEST_F(StreamedBodyTest, OfARedirectIsLetGoOfBeforeTheHop) {
  will_answer(302, {{"Location", "http://a.example/y"}});
  will_answer(200);
  const Sent& sent = send(stack, request());
  EXPECT_EQ(sent.status(), 200);
}

TEST_F(StreamedBodyTest, OfARefusedCredentialIsLetGoOfBeforeTheNewerOneIsTried) {
  will_answer(401);
  will_answer(200);
  const Sent& sent = send(stack, request());
  EXPECT_EQ(sent.status(), 200);
  ASSERT_EQ(provider.asked.size(), 2U);
  EXPECT_EQ(provider.asked[1].request.headers.get("Authorization"), "version 2");
}

TEST_F(StreamedBodyTest, ThatBreaksOffLaterIsNobodysToRepeatButTheCallers) {
  class Breaking final : public BodyStream {
   public:
    Task<Result<std::string>> read() override { co_return transient("BODY_TRUNCATED"); }
  };
  Response response = answer(200);
  response.stream = std::make_unique<Breaking>();
  provider.next.push_back(std::move(response));
  Sent& sent = send(stack, request());
  ASSERT_EQ(sent.status(), 200);
  std::optional<Result<std::string>> piece;
  spawn([](BodyStream* stream, std::optional<Result<std::string>>* out) -> Task<void> {
    *out = co_await stream->read();
  }(sent.response().stream.get(), &piece));
  loop.run();
  EXPECT_EQ(piece->error().reason, "BODY_TRUNCATED");
  EXPECT_EQ(provider.asked.size(), 1U);
}

} // namespace
} // namespace circuit::http
