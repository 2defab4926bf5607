#include "tests/providers/simulated_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/runtime/task_group.h"
#include "ingest/runtime/virtual_loop.h"
#include "tests/providers/fault_plan.h"
#include "tests/providers/faulty_provider.h"
#include "tests/providers/gzip.h"

namespace circuit::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// One page of 40,000 bytes, compressed for those who ask; "/pieces" makes it as it goes.
class OnePage final : public SimulatedProvider {
 public:
  SimResponse respond(const SimRequest& request, SystemTime, std::optional<ContentFault>) override {
    last = request;
    if (request.path() == "/pieces") {
      SimResponse response = text_response(200, "text/plain", "");
      response.body = nullptr;
      response.pieces = std::make_unique<Pieces>();
      return response;
    }
    if (request.path() == "/nothing") {
      SimResponse response;
      response.status = 304;
      return response;
    }
    const bool plain = request.path() == "/plain";
    SimResponse response = text_response(status, "text/plain", plain ? page : gzip(page));
    if (request.path() == "/half") response = text_response(status, "text/plain", gzip(page).substr(0, 30));
    if (request.path() == "/none") response = text_response(status, "text/plain", "this is not gzip");
    if (!plain) response.fields.emplace_back("Content-Encoding", "gzip");
    return response;
  }
  const std::string page = std::string(40'000, 'p');
  int status = 200;
  SimRequest last;

 private:
  class Pieces final : public BodyPieces {
   public:
    std::string next() override { return left_-- > 0 ? std::string(1000, 'q') : std::string(); }

   private:
    int left_ = 40;
  };
};

class SimulatedTransportTest : public testing::Test {
 protected:
  SimulatedTransportTest() { transport_.route("feeds.example", faulty_); }

  static http::Request get(const std::string& url) {
    http::Request request;
    request.url = url;
    return request;
  }
  Result<http::Response> send(http::Request request) {
    std::optional<Result<http::Response>> result;
    TaskGroup group(loop_.executor());
    group.spawn(send_into(&transport_, std::move(request), &result));
    EXPECT_TRUE(loop_.run([&] { return result.has_value(); }));
    loop_.run_ready();
    return result ? std::move(*result) : make_error(ErrorClass::kInternal, "NO_ANSWER", "", "");
  }
  std::string reason_of(const Result<http::Response>& result) {
    return result ? "(none)" : result.error().reason;
  }
  Result<std::string> read_once(http::BodyStream& stream) {
    std::optional<Result<std::string>> result;
    TaskGroup group(loop_.executor());
    group.spawn(read_into(&stream, &result));
    loop_.run([&] { return result.has_value(); });
    loop_.run_ready();
    return std::move(*result);
  }
  Duration elapsed() { return loop_.clock().steady_now().time_since_epoch(); }

  static Task<void> send_into(SimulatedTransport* transport, http::Request request,
                              std::optional<Result<http::Response>>* out) {
    out->emplace(co_await transport->send(std::move(request)));
  }
  static Task<void> read_into(http::BodyStream* stream, std::optional<Result<std::string>>* out) {
    out->emplace(co_await stream->read());
  }

  VirtualLoop loop_;
  OnePage page_;
  FaultPlan plan_{5, FaultRates::none()};
  FaultyProvider faulty_{page_, plan_};
  SimulatedTransport transport_{loop_.clock(), 9, {milliseconds(10), milliseconds(20)}};
};

TEST_F(SimulatedTransportTest, BringsResponsesDecompressedAfterTheirLatency) {
  const auto response = send(get("https://feeds.example:8443/a?b=c#d"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, page_.page);
  EXPECT_LT(response->wire_bytes, 1000u);
  EXPECT_GT(response->wire_bytes, 0u);
  EXPECT_EQ(page_.last.host, "feeds.example");
  EXPECT_EQ(page_.last.target, "/a?b=c");
  EXPECT_GE(elapsed(), milliseconds(10));
  EXPECT_LE(elapsed(), milliseconds(20));
  EXPECT_EQ(transport_.in_flight(), 0u);
  EXPECT_EQ(transport_.in_flight_peak(), 1u);
}

TEST_F(SimulatedTransportTest, RefusesWhatIsNoUrlAndKnowsOnlyItsHosts) {
  EXPECT_EQ(reason_of(send(get("feeds.example/a"))), "URL_MALFORMED");
  EXPECT_EQ(reason_of(send(get("http:///a"))), "URL_MALFORMED");
  EXPECT_EQ(reason_of(send(get("file:///etc/passwd"))), "URL_SCHEME_REFUSED");
  EXPECT_EQ(reason_of(send(get("http://other.example/"))), "DNS_FAILED");
  transport_.route("*.many.example", faulty_);
  EXPECT_TRUE(send(get("http://h7.Many.example")));
  EXPECT_EQ(reason_of(send(get("http://many.example/"))), "DNS_FAILED");
}

TEST_F(SimulatedTransportTest, TurnsFaultsIntoTheErrorsOfTheContract) {
  const auto reason_with = [&](Fault fault) {
    plan_.force(fault);
    return reason_of(send(get("http://feeds.example/plain")));
  };
  EXPECT_EQ(reason_with(Fault::kRefused), "CONNECT_FAILED");
  EXPECT_EQ(reason_with(Fault::kReset), "CONNECTION_RESET");
  EXPECT_EQ(reason_with(Fault::kTruncated), "BODY_TRUNCATED");
  EXPECT_EQ(reason_with(Fault::kStalled), "TIMEOUT");
  EXPECT_EQ(transport_.in_flight(), 0u);
}

TEST_F(SimulatedTransportTest, KeepsDeadlines) {
  http::Request request = get("http://feeds.example/plain");
  request.idle_timeout = seconds(4);
  plan_.force(Fault::kStalled);
  EXPECT_EQ(reason_of(send(request)), "TIMEOUT");
  EXPECT_EQ(elapsed(), seconds(4));
  // A slow body takes a second or more.
  request.total_timeout = milliseconds(500);
  plan_.force(Fault::kSlow);
  EXPECT_EQ(reason_of(send(request)), "TIMEOUT");
  EXPECT_LE(elapsed(), milliseconds(4500));
}

TEST_F(SimulatedTransportTest, CountsBodiesAfterDecompressionAgainstTheirLimit) {
  for (const char* url :
       {"http://feeds.example/", "http://feeds.example/plain", "http://feeds.example/pieces"}) {
    http::Request request = get(url);
    request.max_body_bytes = 39'999;
    EXPECT_EQ(reason_of(send(request)), "BODY_TOO_LARGE") << url;
    request.max_body_bytes = 40'000;
    EXPECT_TRUE(send(request)) << url;
  }
}

TEST_F(SimulatedTransportTest, TellsWhatWasCutBeforeItWasSentAndHidesNoStatusBehindIt) {
  const auto cut = send(get("http://feeds.example/half"));
  ASSERT_EQ(reason_of(cut), "BODY_TRUNCATED");
  EXPECT_EQ(cut.error().metadata.at("cut"), "COMPRESSION");
  EXPECT_EQ(reason_of(send(get("http://feeds.example/none"))), "BAD_ENCODING");
  page_.status = 503;
  for (const char* path : {"half", "none"}) {
    const auto sent = send(get(std::string("http://feeds.example/") + path));
    ASSERT_TRUE(sent) << path << ": " << sent.error().reason;
    EXPECT_EQ(sent->status, 503);
  }
}

TEST_F(SimulatedTransportTest, HeadAnd304BringNoBody) {
  http::Request head = get("http://feeds.example/plain");
  head.method = "HEAD";
  const auto response = send(head);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(response->headers.get("content-length"), "40000");
  const auto unchanged = send(get("http://feeds.example/nothing"));
  EXPECT_EQ(unchanged->status, 304);
  EXPECT_FALSE(unchanged->headers.has("Content-Length"));
}

TEST_F(SimulatedTransportTest, StreamsCountAsInFlightUntilTheyAreGivenUp) {
  http::Request request = get("http://feeds.example/pieces");
  request.stream_body = true;
  auto response = send(request);
  ASSERT_TRUE(response->stream);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(transport_.in_flight(), 1u);
  EXPECT_EQ(read_once(*response->stream)->size(), 1000u);
  response->stream.reset();
  EXPECT_EQ(transport_.in_flight(), 0u);
}

TEST_F(SimulatedTransportTest, ATruncatedStreamGivesWhatCameAndThenFails) {
  http::Request request = get("http://feeds.example/plain");
  request.stream_body = true;
  plan_.force(Fault::kTruncated);
  auto response = send(request);
  ASSERT_TRUE(response);
  const auto first = read_once(*response->stream);
  ASSERT_TRUE(first);
  EXPECT_LT(first->size(), 40'000u);
  const auto second = read_once(*response->stream);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "BODY_TRUNCATED");
}

TEST_F(SimulatedTransportTest, ACancelledRequestLeavesNothingBehind) {
  std::optional<Result<http::Response>> result;
  TaskGroup group(loop_.executor());
  group.spawn(send_into(&transport_, get("http://feeds.example/"), &result));
  loop_.run_ready();
  EXPECT_EQ(transport_.in_flight(), 1u);
  group.cancel();
  loop_.run_ready();
  EXPECT_EQ(transport_.in_flight(), 0u);
  EXPECT_FALSE(result);
  EXPECT_EQ(loop_.timers().size(), 0u);
}

TEST_F(SimulatedTransportTest, TheSameSeedMakesTheSameTrace) {
  const auto trace = [this](uint64_t seed) {
    VirtualLoop loop;
    FaultPlan plan(seed, FaultRates::uniform(0.5));
    FaultyProvider faulty(page_, plan);
    SimulatedTransport transport(loop.clock(), seed, {});
    transport.route("feeds.example", faulty);
    std::string lines;
    transport.observe([&](const Exchange& exchange) {
      lines += std::to_string(exchange.ended.time_since_epoch().count()) + " " +
               std::to_string(exchange.status) + exchange.reason + "\n";
    });
    std::vector<std::optional<Result<http::Response>>> results(100);
    TaskGroup group(loop.executor());
    for (auto& result : results) group.spawn(send_into(&transport, get("http://feeds.example/"), &result));
    loop.run([&] { return group.running() == 0; });
    EXPECT_EQ(transport.in_flight(), 0u);
    return lines;
  };
  EXPECT_EQ(trace(1), trace(1));
  EXPECT_NE(trace(1), trace(2));
}

} // namespace
} // namespace circuit::providers
