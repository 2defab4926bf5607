#include "ingest/http/throttle.h"

#include <gmock/gmock.h>

#include "ingest/http/string_stream.h"
#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

struct Parked : ThrottleListener {
  struct Call {
    std::string key, host;
    SystemTime until;
  };
  std::vector<Call> calls;
  void on_parked(const std::string& key, const std::string& host, SystemTime until) override {
    calls.push_back({key, host, until});
  }
};

struct ThrottleTest : ::testing::Test, LayerWorld {
  Parked parked;
  ThrottleOptions options{.limits = {.initial_concurrency = 4, .max_concurrency = 8}, .listener = &parked};
  std::optional<ThrottleLayer> layer;

  ThrottleLayer& throttle() {
    if (!layer) layer.emplace(provider, loop.clock(), options);
    return *layer;
  }
  Request request(const std::string& path, const std::string& key = "one") {
    Request r = get("http://a.example/" + path);
    r.throttle_key = key;
    return r;
  }
  void start_many(int count) {
    for (int i = 0; i < count; ++i) start(throttle(), request(std::to_string(i)));
  }
  std::vector<std::string> paths() {
    std::vector<std::string> order;
    for (const auto& one : provider.asked)
      order.push_back(one.request.url.substr(sizeof "http://a.example/" - 1));
    return order;
  }
};

TEST_F(ThrottleTest, NoMoreThanTheLimitAreUnderWay) {
  provider.takes = seconds(1);
  options.limits = {.initial_concurrency = 3, .max_concurrency = 3};
  start_many(20);
  loop.run();
  EXPECT_EQ(provider.most_under_way(), 3u);
  EXPECT_EQ(provider.asked.size(), 20u);
}

TEST_F(ThrottleTest, TheFirstToComeIsTheFirstToGo) {
  provider.takes = seconds(1);
  options.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  start_many(5);
  loop.run();
  EXPECT_THAT(paths(), ElementsAre("0", "1", "2", "3", "4"));
}

TEST_F(ThrottleTest, KeysAndHostsDoNotWaitForEachOther) {
  provider.takes = seconds(1);
  options.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  start(throttle(), request("x", "one"));
  start(throttle(), request("x", "two"));
  start(throttle(), get("http://b.example/x"));
  loop.run();
  EXPECT_EQ(provider.most_under_way(), 3u);
}

TEST_F(ThrottleTest, TheLimitGrowsWhileAllGoesWellAndHalvesWhenTheHostComplains) {
  provider.takes = seconds(1);
  start_many(200);
  loop.run();
  EXPECT_EQ(throttle().concurrency("one", "a.example"), 8u);
  EXPECT_EQ(provider.most_under_way(), 8u);
  for (int i = 0; i < 8; ++i) provider.next.push_back(answer(429));
  start_many(8);
  loop.run();
  EXPECT_EQ(throttle().concurrency("one", "a.example"), 4u) << "eight complaints of one round count once";
  provider.next.push_back(transient("TIMEOUT"));
  send(throttle(), request("x"));
  EXPECT_EQ(throttle().concurrency("one", "a.example"), 2u);
}

TEST_F(ThrottleTest, ParksEveryoneForAllOfRetryAfter) {
  provider.takes = milliseconds(100);
  options.limits = {.initial_concurrency = 1, .max_concurrency = 8};
  provider.next.push_back(answer(429, {{"Retry-After", "30"}}));
  start_many(5);
  loop.run();
  ASSERT_EQ(provider.asked.size(), 5u);
  for (size_t i = 1; i < 5; ++i) EXPECT_GE(provider.asked[i].at, seconds(30) + milliseconds(100)) << i;
  ASSERT_EQ(parked.calls.size(), 1u);
  EXPECT_EQ(parked.calls[0].key, "one");
  EXPECT_EQ(parked.calls[0].host, "a.example");
}

TEST_F(ThrottleTest, AnotherKeyIsNotParked) {
  provider.next.push_back(answer(503, {{"Retry-After", "30"}}));
  send(throttle(), request("x", "one"));
  const Sent& other = send(throttle(), request("x", "two"));
  EXPECT_EQ(other.at, Duration::zero());
  EXPECT_TRUE(throttle().parked_until("one", "a.example").has_value());
  EXPECT_FALSE(throttle().parked_until("two", "a.example").has_value());
}

TEST_F(ThrottleTest, AWaitBeyondTheBoundIsReturnedAndNotWaited) {
  provider.next.push_back(answer(429, {{"Retry-After", "7200"}}));
  const SystemTime before = loop.clock().now();
  EXPECT_EQ(send(throttle(), request("x")).status(), 429) << "the answer itself is the caller's";
  const Sent& second = send(throttle(), request("y"));
  EXPECT_EQ(second.reason(), "PROVIDER_THROTTLED");
  EXPECT_EQ(second.error().retry_at, before + seconds(7200));
  EXPECT_EQ(provider.asked.size(), 1u);
}

TEST_F(ThrottleTest, ThoseWhoWaitAlreadyAreToldToo) {
  provider.takes = seconds(1);
  options.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  provider.next.push_back(answer(429, {{"Retry-After", "7200"}}));
  start_many(4);
  loop.run();
  EXPECT_EQ(provider.asked.size(), 1u);
  for (auto it = std::next(all_sent.begin()); it != all_sent.end(); ++it) {
    EXPECT_EQ(it->reason(), "PROVIDER_THROTTLED");
    EXPECT_EQ(it->at, seconds(1));
  }
}

TEST_F(ThrottleTest, AShorterParkingDoesNotShortenALongerOne) {
  throttle().park("one", "a.example", seconds(50));
  throttle().park("one", "a.example", seconds(5));
  const Sent& sent = send(throttle(), request("x"));
  EXPECT_EQ(sent.at, seconds(50));
  EXPECT_EQ(parked.calls.size(), 1u);
}

TEST_F(ThrottleTest, AStaticRateIsKept) {
  options.limits = {.initial_concurrency = 8, .max_concurrency = 8, .per_second = 10, .burst = 2};
  start_many(6);
  loop.run();
  EXPECT_THAT(asked_at_ms(), ElementsAre(0, 0, 100, 200, 300, 400));
}

TEST_F(ThrottleTest, AHostMayHaveLimitsOfItsOwn) {
  options.by_host["b.example"] = {.initial_concurrency = 1, .max_concurrency = 1};
  EXPECT_EQ(throttle().concurrency("one", "b.example"), 1u);
  EXPECT_EQ(throttle().concurrency("one", "a.example"), 4u);
}

TEST_F(ThrottleTest, ACancelledRequestLeavesTheLine) {
  provider.takes = seconds(10);
  options.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  start_many(3);
  loop.run([&] { return provider.asked.size() == 1; });
  loop.run_ready();
  std::next(all_sent.begin())->coroutine->cancel();
  loop.run();
  EXPECT_THAT(paths(), ElementsAre("0", "2"));
  EXPECT_TRUE(std::next(all_sent.begin())->coroutine->error != nullptr);
}

TEST_F(ThrottleTest, CancellingTheOneUnderWayLetsTheNextGo) {
  provider.takes = minutes(10);
  options.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  start_many(2);
  loop.run([&] { return provider.asked.size() == 1; });
  loop.run_ready();
  all_sent.front().coroutine->cancel();
  loop.run([&] { return provider.asked.size() == 2; }, seconds(1));
  EXPECT_EQ(provider.asked.size(), 2u);
}

TEST_F(ThrottleTest, AStreamedBodyHoldsItsPlaceUntilItIsGone) {
  options.limits = {.initial_concurrency = 1, .max_concurrency = 1};
  Response streamed = answer(200);
  streamed.stream = string_stream("body");
  provider.next.push_back(std::move(streamed));
  Sent& first = send(throttle(), request("0"));
  Sent& second = start(throttle(), request("1"));
  loop.run();
  EXPECT_FALSE(second.ended());
  first.response().stream.reset();
  loop.run();
  EXPECT_EQ(second.status(), 200);
}

TEST_F(ThrottleTest, IdleHostsAreForgottenAndParkedOnesAreNot) {
  options.max_idle_lanes = 10;
  throttle().park("one", "parked.example", minutes(30));
  for (int i = 0; i < 100; ++i) send(throttle(), get("http://host" + std::to_string(i) + ".example/"));
  EXPECT_LE(throttle().lanes(), 10u);
  EXPECT_TRUE(throttle().parked_until("one", "parked.example").has_value());
}

} // namespace
} // namespace circuit::http
