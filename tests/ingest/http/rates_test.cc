// What a host is thought to take: adaptive concurrency, static rates, retries that were earned.

#include <gtest/gtest.h>

#include "ingest/http/adaptive_limit.h"
#include "ingest/http/retry_budget.h"
#include "ingest/http/token_bucket.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SteadyTime at(Duration since_start) { return SteadyTime(std::chrono::hours(1)) + since_start; }

TEST(AdaptiveLimit, GrowsByOneForEachFullRound) {
  AdaptiveLimit limit(4, 8);
  for (int i = 0; i < 4; ++i) limit.succeeded(4);
  EXPECT_EQ(limit.limit(), 4u) << "a whole round needs a little more than 4, since the limit grows meanwhile";
  limit.succeeded(4);
  EXPECT_EQ(limit.limit(), 5u);
}

TEST(AdaptiveLimit, DoesNotGrowWhileItIsNotReached) {
  AdaptiveLimit limit(4, 8);
  for (int i = 0; i < 100; ++i) limit.succeeded(3);
  EXPECT_EQ(limit.limit(), 4u);
}

TEST(AdaptiveLimit, StopsAtItsMaximum) {
  AdaptiveLimit limit(4, 6);
  for (int i = 0; i < 1000; ++i) limit.succeeded(6);
  EXPECT_EQ(limit.limit(), 6u);
}

TEST(AdaptiveLimit, HalvesOnceForAllThatWereUnderWay) {
  AdaptiveLimit limit(16, 16);
  const uint64_t first = limit.begin();
  const uint64_t second = limit.begin();
  limit.overloaded(first);
  limit.overloaded(second);
  EXPECT_EQ(limit.limit(), 8u);
  limit.overloaded(limit.begin());
  EXPECT_EQ(limit.limit(), 4u);
}

TEST(AdaptiveLimit, NeverFallsBelowOne) {
  AdaptiveLimit limit(2, 4);
  for (int i = 0; i < 10; ++i) limit.overloaded(limit.begin());
  EXPECT_EQ(limit.limit(), 1u);
}

TEST(TokenBucket, GivesTheBurstAtOnceAndThenTheRate) {
  TokenBucket bucket(10, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(at({}))) << i;
  EXPECT_FALSE(bucket.try_take(at({})));
  EXPECT_EQ(bucket.next_token(at({})), at(milliseconds(100)));
  EXPECT_TRUE(bucket.try_take(at(milliseconds(100))));
  EXPECT_FALSE(bucket.try_take(at(milliseconds(150))));
}

TEST(TokenBucket, WaitingForTheTimeItNamesIsEnough) {
  TokenBucket bucket(3, 1);
  SteadyTime now = at({});
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(bucket.try_take(now)) << i;
    now = bucket.next_token(now);
  }
  EXPECT_NEAR(std::chrono::duration<double>(now - at({})).count(), 1000 / 3.0, 0.01);
}

TEST(TokenBucket, SavesNoMoreThanTheBurst) {
  TokenBucket bucket(10, 2);
  EXPECT_TRUE(bucket.try_take(at({})));
  EXPECT_TRUE(bucket.try_take(at(seconds(60))));
  EXPECT_TRUE(bucket.try_take(at(seconds(60))));
  EXPECT_FALSE(bucket.try_take(at(seconds(60))));
}

TEST(TokenBucket, WithoutARateLetsEverythingPass) {
  TokenBucket bucket(0, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(bucket.try_take(at({})));
}

TEST(RetryBudget, AHostThatOnlyFailsRunsOutOfRetries) {
  RetryBudget budget({.capacity = 3, .per_success = 0.5, .max_hosts = 10});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget.withdraw("a"));
  EXPECT_FALSE(budget.withdraw("a"));
  EXPECT_TRUE(budget.withdraw("b")) << "hosts do not pay for each other";
}

TEST(RetryBudget, SuccessesEarnRetries) {
  RetryBudget budget({.capacity = 1, .per_success = 0.5, .max_hosts = 10});
  EXPECT_TRUE(budget.withdraw("a"));
  budget.succeeded("a");
  EXPECT_FALSE(budget.withdraw("a"));
  budget.succeeded("a");
  EXPECT_TRUE(budget.withdraw("a"));
}

TEST(RetryBudget, SavesNoMoreThanItsCapacity) {
  RetryBudget budget({.capacity = 2, .per_success = 1, .max_hosts = 10});
  for (int i = 0; i < 100; ++i) budget.succeeded("a");
  EXPECT_TRUE(budget.withdraw("a"));
  EXPECT_TRUE(budget.withdraw("a"));
  EXPECT_FALSE(budget.withdraw("a"));
}

TEST(RetryBudget, RemembersABoundedNumberOfHosts) {
  RetryBudget budget({.capacity = 1, .per_success = 1, .max_hosts = 2});
  EXPECT_TRUE(budget.withdraw("a"));
  EXPECT_TRUE(budget.withdraw("b"));
  EXPECT_FALSE(budget.withdraw("a")); // used later than b
  EXPECT_TRUE(budget.withdraw("c"));  // b is forgotten
  EXPECT_EQ(budget.hosts(), 2u);
  EXPECT_FALSE(budget.withdraw("a"));
  EXPECT_TRUE(budget.withdraw("b"));
}

} // namespace
} // namespace circuit::http
