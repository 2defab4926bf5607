#include "ingest/http/retry_policy.h"

#include <gtest/gtest.h>

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(FullJitter, SpreadsOverTheWholeOfABoundThatDoublesUpToTheCap) {
  const RetryPolicy policy{.base = milliseconds(500), .cap = seconds(4)};
  const Duration bounds[] = {milliseconds(500), seconds(1), seconds(2), seconds(4), seconds(4), seconds(4)};
  for (int attempts = 1; attempts <= 6; ++attempts) {
    EXPECT_EQ(full_jitter(policy, attempts, 0), Duration::zero());
    EXPECT_EQ(full_jitter(policy, attempts, 0.5), bounds[attempts - 1] / 2) << attempts;
    EXPECT_LT(full_jitter(policy, attempts, 0.999999), bounds[attempts - 1]) << attempts;
  }
}

TEST(FullJitter, DoesNotOverflow) {
  const RetryPolicy policy{.base = seconds(1), .cap = std::chrono::hours(24 * 365 * 1000)};
  EXPECT_GT(full_jitter(policy, 1'000'000, 0.9), Duration::zero());
}

TEST(JitteredRetryAfter, IsNeverEarlierThanAsked) {
  const RetryPolicy policy{.base = milliseconds(500)};
  EXPECT_EQ(jittered_retry_after(policy, seconds(7), 0), seconds(7));
  EXPECT_EQ(jittered_retry_after(policy, seconds(7), 0.5), milliseconds(7250));
}

TEST(MayRepeat, DependsOnTheStatusAndOnTheRequest) {
  Request get;
  Request post;
  post.method = "POST";
  post.idempotent = false;
  struct {
    int status;
    bool get, post;
  } const cases[] = {
      {200, false, false}, {301, false, false}, {304, false, false}, {400, false, false}, {401, false, false},
      {403, false, false}, {404, false, false}, {408, true, false},  {410, false, false}, {425, true, true},
      {429, true, true},   {500, true, false},  {501, false, false}, {502, true, false},  {503, true, false},
      {504, true, false},  {505, false, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(may_repeat(get, c.status), c.get) << c.status;
    EXPECT_EQ(may_repeat(post, c.status), c.post) << c.status;
  }
  post.idempotent = true;
  EXPECT_TRUE(may_repeat(post, 503));
  get.idempotent = false;
  EXPECT_TRUE(may_repeat(get, 503)) << "GET is idempotent whatever is said";
}

TEST(MayRepeat, WhatCannotHaveArrivedMayBeSentAgain) {
  Request post;
  post.method = "POST";
  post.idempotent = false;
  const auto error = [](ErrorClass cls, const char* reason) { return make_error(cls, reason, "", ""); };
  EXPECT_TRUE(may_repeat(post, error(ErrorClass::kTransient, "CONNECT_FAILED")));
  EXPECT_FALSE(may_repeat(post, error(ErrorClass::kTransient, "CONNECTION_RESET")));
  EXPECT_FALSE(may_repeat(post, error(ErrorClass::kTransient, "TIMEOUT")));
  EXPECT_TRUE(may_repeat(Request{}, error(ErrorClass::kTransient, "TIMEOUT")));
  EXPECT_FALSE(may_repeat(Request{}, error(ErrorClass::kInvalid, "BODY_TOO_LARGE")));
  EXPECT_FALSE(may_repeat(Request{}, error(ErrorClass::kThrottled, "PROVIDER_THROTTLED")));
}

} // namespace
} // namespace circuit::http
