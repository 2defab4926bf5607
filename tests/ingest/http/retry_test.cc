#include "ingest/http/retry.h"

#include <gmock/gmock.h>

#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

// Always the same jitter: half of what is possible.
class HalfRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = std::byte{0x80};
  }
};

struct RetryTest : ::testing::Test, LayerWorld {
  HalfRandom random;
  RetryPolicy policy{.max_attempts = 4, .base = seconds(1), .cap = seconds(3), .total = minutes(5)};
  RetryBudget::Options budget;
  std::optional<RetryLayer> layer;

  RetryLayer& retry() {
    if (!layer) layer.emplace(provider, loop.clock(), random, policy, budget);
    return *layer;
  }
  void fail_times(int count, int status) {
    for (int i = 0; i < count; ++i) provider.next.push_back(answer(status));
  }
};

TEST_F(RetryTest, AnAnswerIsReturnedAtOnce) {
  const Sent& sent = send(retry(), get("http://a.example/"));
  EXPECT_EQ(sent.status(), 200);
  EXPECT_EQ(provider.asked.size(), 1u);
}

TEST_F(RetryTest, TransientFailuresAreTriedAgainWithDoublingWaitsUpToTheCap) {
  fail_times(2, 503);
  provider.next.push_back(transient("CONNECTION_RESET"));
  Sent& sent = send(retry(), get("http://a.example/"));
  EXPECT_EQ(sent.status(), 200);
  EXPECT_EQ(sent.response().attempts, 4);
  const auto at = asked_at_ms();
  ASSERT_EQ(at.size(), 4u);
  EXPECT_NEAR(at[1] - at[0], 500, 5);
  EXPECT_NEAR(at[2] - at[1], 1000, 10);
  EXPECT_NEAR(at[3] - at[2], 1500, 10);
}

TEST_F(RetryTest, TheLastResponseIsReturnedAsItIs) {
  fail_times(10, 502);
  Sent& sent = send(retry(), get("http://a.example/"));
  EXPECT_EQ(sent.status(), 502);
  EXPECT_EQ(sent.response().attempts, 4);
  EXPECT_EQ(provider.asked.size(), 4u);
}

TEST_F(RetryTest, TheLastErrorSaysAfterHowManyAttempts) {
  for (int i = 0; i < 10; ++i) provider.next.push_back(transient("CONNECTION_RESET"));
  const Sent& sent = send(retry(), get("http://a.example/"));
  EXPECT_EQ(sent.reason(), "CONNECTION_RESET");
  EXPECT_THAT(sent.error().message, HasSubstr("after 4 attempts"));
}

TEST_F(RetryTest, WhatStaysWrongIsNotTriedAgain) {
  provider.next.push_back(make_error(ErrorClass::kInvalid, "BODY_TOO_LARGE", "", ""));
  EXPECT_EQ(send(retry(), get("http://a.example/")).reason(), "BODY_TOO_LARGE");
  provider.next.push_back(answer(404));
  EXPECT_EQ(send(retry(), get("http://a.example/")).status(), 404);
  EXPECT_EQ(provider.asked.size(), 2u);
}

TEST_F(RetryTest, ARequestThatMayDoHarmTwiceIsSentOnce) {
  Request post = get("http://a.example/");
  post.method = "POST";
  post.idempotent = false;
  fail_times(1, 503);
  EXPECT_EQ(send(retry(), post).status(), 503);
  EXPECT_EQ(provider.asked.size(), 1u);
}

TEST_F(RetryTest, RetryAfterIsHonouredInFull) {
  provider.next.push_back(answer(429, {{"Retry-After", "20"}}));
  Sent& sent = send(retry(), get("http://a.example/"));
  EXPECT_EQ(sent.status(), 200);
  const auto at = asked_at_ms();
  ASSERT_EQ(at.size(), 2u);
  EXPECT_NEAR(at[1], 20500, 5) << "20 s and half of the first backoff";
}

TEST_F(RetryTest, RetryAfterAsADateIsHonouredByTheServersClock) {
  provider.next.push_back(answer(
      503, {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"}}));
  EXPECT_EQ(send(retry(), get("http://a.example/")).status(), 200);
  ASSERT_EQ(provider.asked.size(), 2u);
  EXPECT_GE(provider.asked[1].at, seconds(30));
  EXPECT_LE(provider.asked[1].at, seconds(31));
}

TEST_F(RetryTest, ALongRetryAfterIsHandedToTheCallerAtOnce) {
  provider.next.push_back(answer(429, {{"Retry-After", "3600"}}));
  const SystemTime before = loop.clock().now();
  const Sent& sent = send(retry(), get("http://a.example/x?token=secret"));
  EXPECT_EQ(sent.reason(), "PROVIDER_THROTTLED");
  EXPECT_EQ(sent.error().cls, ErrorClass::kThrottled);
  EXPECT_EQ(sent.error().retry_at, before + seconds(3600));
  EXPECT_THAT(sent.error().message, HasSubstr("3600 s"));
  EXPECT_THAT(sent.error().message, ::testing::Not(HasSubstr("secret")));
  EXPECT_EQ(sent.at, Duration::zero());
}

TEST_F(RetryTest, AGarbledRetryAfterMeansTheUsualWait) {
  provider.next.push_back(answer(429, {{"Retry-After", "-1"}}));
  EXPECT_EQ(send(retry(), get("http://a.example/")).status(), 200);
  const auto at = asked_at_ms();
  ASSERT_EQ(at.size(), 2u);
  EXPECT_NEAR(at[1], 500, 5);
}

TEST_F(RetryTest, ThrottlingFromBelowIsPassedOn) {
  provider.next.push_back(make_error(ErrorClass::kThrottled, "PROVIDER_THROTTLED", "", ""));
  EXPECT_EQ(send(retry(), get("http://a.example/")).reason(), "PROVIDER_THROTTLED");
  EXPECT_EQ(provider.asked.size(), 1u);
}

TEST_F(RetryTest, NoAttemptStartsAfterTheTotalTime) {
  policy.max_attempts = 1000;
  policy.total = seconds(20);
  provider.takes = seconds(6);
  fail_times(1000, 500);
  const Sent& sent = send(retry(), get("http://a.example/"));
  EXPECT_EQ(sent.status(), 500);
  EXPECT_LE(provider.asked.back().at, seconds(20));
  EXPECT_GE(provider.asked.size(), 3u);
}

TEST_F(RetryTest, AHostThatOnlyFailsIsNotStormed) {
  budget.capacity = 5;
  fail_times(1000, 500);
  for (int i = 0; i < 100; ++i) start(retry(), get("http://a.example/" + std::to_string(i)));
  loop.run();
  EXPECT_EQ(provider.asked.size(), 105u) << "every first attempt, and five retries";
}

TEST_F(RetryTest, ComingBackWhenToldToCostsNoBudget) {
  budget.capacity = 1;
  for (int i = 0; i < 3; ++i) provider.next.push_back(answer(429, {{"Retry-After", "1"}}));
  EXPECT_EQ(send(retry(), get("http://a.example/")).status(), 200);
}

TEST_F(RetryTest, CancellingEndsTheWait) {
  fail_times(1, 500);
  Sent& sent = start(retry(), get("http://a.example/"));
  loop.run([&] { return !provider.asked.empty(); });
  loop.run_ready();
  sent.coroutine->cancel();
  loop.run();
  EXPECT_TRUE(sent.coroutine->ended);
  EXPECT_TRUE(sent.coroutine->error != nullptr);
  EXPECT_EQ(provider.asked.size(), 1u);
}

} // namespace
} // namespace circuit::http
