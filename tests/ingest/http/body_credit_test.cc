// Who gets memory for a body, who waits, and who goes on when it is spent.

#include "ingest/http/body_credit.h"

#include <gtest/gtest.h>

#include <list>
#include <memory>

#include "tests/ingest/runtime/virtual_test.h"

namespace circuit::http {
namespace {

using std::chrono::seconds;

constexpr uint64_t kTimes = BodyCredit::kTimes;
constexpr uint64_t kBlock = 64;         // of so small a credit
constexpr uint64_t kRoom = 10 * kBlock; // bytes of bodies that fit
constexpr uint64_t kAll = kRoom * kTimes;

enum class State { kWaiting, kGranted, kGivenUp };

Task<void> reserve(BodyClaim* claim, uint64_t bytes, State* state) {
  co_await claim->reserve(bytes);
  *state = State::kGranted;
}

Task<void> cover(BodyClaim* claim, uint64_t bytes, State* state) {
  const bool is_paid = co_await claim->cover(bytes);
  *state = is_paid ? State::kGranted : State::kGivenUp;
}

struct BodyCreditTest : ::testing::Test {
  testing::VirtualWorld world;
  BodyCredit credit{world.clock(), kAll};
  BodyPayer first{credit}, second{credit}, third{credit};
  std::list<BodyClaim> claims;
  std::list<State> states;

  BodyClaim& claim(BodyPayer& payer) { return claims.emplace_back(payer); }
  // A body of that payer that is in memory.
  BodyClaim& holding(BodyPayer& payer, uint64_t bytes) {
    BodyClaim& held = claim(payer);
    EXPECT_TRUE(held.reserve_now(bytes));
    return held;
  }
  State& reserving(BodyClaim& claim, uint64_t bytes) {
    State& state = states.emplace_back(State::kWaiting);
    world.spawn(reserve(&claim, bytes, &state));
    world.loop.run_ready();
    return state;
  }
  State& covering(BodyClaim& claim, uint64_t bytes) {
    State& state = states.emplace_back(State::kWaiting);
    world.spawn(cover(&claim, bytes, &state));
    world.loop.run_ready();
    return state;
  }
  void pass(Duration duration) {
    const auto& sleeper = world.spawn(world.clock().sleep_for(duration));
    world.loop.run([&] { return sleeper.ended; });
  }
};

TEST_F(BodyCreditTest, ABodyCountsWhileItArrivesAndNoMoreThanItselfWhenItIsHere) {
  BodyClaim& body = claim(first);
  EXPECT_TRUE(body.reserve_now(1));
  EXPECT_EQ(credit.in_use(), kBlock * kTimes);
  EXPECT_TRUE(body.cover_now(kBlock));
  EXPECT_EQ(credit.in_use(), kBlock * kTimes) << "the first block was there already";
  EXPECT_TRUE(body.cover_now(kBlock + 1));
  EXPECT_EQ(credit.in_use(), 2 * kBlock * kTimes);
  body.settle(kBlock + 1);
  EXPECT_EQ(credit.in_use(), (kBlock + 1) * kTimes);
  claims.clear();
  EXPECT_EQ(credit.in_use(), 0u);
}

TEST_F(BodyCreditTest, BlocksAreSmallWhereTheWholeIsAndNeverLargerThanWhatArrivesAtOnce) {
  EXPECT_EQ(BodyCredit(world.clock(), 1000).block(), 64u);
  EXPECT_EQ(BodyCredit(world.clock(), 1 << 20).block(), 128u);
  EXPECT_EQ(BodyCredit(world.clock(), 128 << 20).block(), 16u << 10);
  EXPECT_EQ(BodyCredit(world.clock(), 1ull << 40).block(), 16u << 10);
}

TEST_F(BodyCreditTest, ATransferThatIsPausedGoesOnWhenThereIsRoomAgain) {
  BodyClaim& large = holding(first, kRoom - kBlock);
  BodyClaim& body = holding(second, kBlock);
  State& more = covering(body, 2 * kBlock);
  EXPECT_EQ(more, State::kWaiting);
  large.release();
  world.loop.run_ready();
  EXPECT_EQ(more, State::kGranted);
}

TEST_F(BodyCreditTest, ATransferThatIsPausedTooLongIsGivenUpAndAsksForTwiceAsMuch) {
  holding(first, kRoom - kBlock);
  BodyClaim& body = holding(second, kBlock);
  State& more = covering(body, 2 * kBlock);
  pass(BodyCredit::kPatience - seconds(1));
  EXPECT_EQ(more, State::kWaiting);
  pass(seconds(2));
  EXPECT_EQ(more, State::kGivenUp);
  EXPECT_EQ(body.needed(), 4 * kBlock);
  body.expect(9 * kBlock);
  EXPECT_EQ(body.needed(), 9 * kBlock) << "the length that was announced";
}

TEST_F(BodyCreditTest, IsHandedOutInOrderEvenWhenALaterBodyWouldFit) {
  BodyClaim& large = holding(first, kRoom / 2);
  State& whole = reserving(claim(second), kRoom);
  State& small = reserving(claim(third), 1);
  EXPECT_EQ(small, State::kWaiting);
  large.release();
  world.loop.run_ready();
  EXPECT_EQ(whole, State::kGranted);
  EXPECT_EQ(small, State::kWaiting);
}

TEST_F(BodyCreditTest, WhatIsLargerThanTheWholeIsLetThroughWhenNobodyElseHoldsAnything) {
  BodyClaim& other = holding(first, 1);
  BodyClaim& body = claim(second);
  State& whole = reserving(body, 5 * kRoom);
  EXPECT_EQ(whole, State::kWaiting);
  other.release();
  world.loop.run_ready();
  EXPECT_EQ(whole, State::kGranted);
  EXPECT_TRUE(body.cover_now(20 * kRoom)) << "and may grow, alone";
}

TEST_F(BodyCreditTest, OfTwoThatHoldABodyAndWaitForAnotherTheOlderGoesOn) {
  holding(first, kRoom / 2);
  BodyClaim& of_second = holding(second, kRoom / 2);
  State& of_younger = reserving(claim(second), kBlock);
  EXPECT_EQ(of_younger, State::kGranted) << "nobody else waits: it goes beyond the capacity";
  State& of_older = reserving(claim(first), kBlock);
  EXPECT_EQ(of_older, State::kWaiting) << "one at a time";
  State& again = reserving(claim(second), kBlock);
  EXPECT_EQ(again, State::kGranted) << "until it holds nothing";
  for (BodyClaim& held : claims) {
    if (&held != &claims.front()) held.release();
  }
  world.loop.run_ready();
  EXPECT_EQ(of_second.needed(), 0u);
  EXPECT_EQ(of_older, State::kGranted);
}

TEST_F(BodyCreditTest, TheOldestOfThoseThatWaitIsTheNextToGoBeyondTheCapacity) {
  BodyClaim& exempt = holding(first, kRoom - 4 * kBlock);
  BodyClaim& more = claim(first);
  holding(second, 2 * kBlock);
  holding(third, 2 * kBlock);
  EXPECT_EQ(reserving(more, kBlock), State::kGranted);
  State& of_third = reserving(claim(third), kRoom); // came first, and is younger
  State& of_second = reserving(claim(second), kRoom);
  exempt.release();
  more.release();
  world.loop.run_ready();
  EXPECT_EQ(of_second, State::kGranted);
  EXPECT_EQ(of_third, State::kWaiting);
}

TEST_F(BodyCreditTest, WhoHoldsNothingElseIsNeverExempt) {
  holding(first, kRoom);
  State& before_a_request = reserving(claim(second), kBlock);
  EXPECT_EQ(before_a_request, State::kWaiting);
  EXPECT_EQ(credit.peak(), kAll);
}

TEST_F(BodyCreditTest, WhoIsCancelledInLineTakesNothingAndLetsTheNextOnePass) {
  BodyClaim& large = holding(first, kRoom - kBlock);
  State nobody = State::kWaiting;
  auto& cancelled = world.spawn(reserve(&claim(second), kRoom, &nobody));
  world.loop.run_ready();
  State& small = reserving(claim(third), kBlock);
  cancelled.cancel();
  world.loop.run_ready();
  EXPECT_EQ(nobody, State::kWaiting);
  EXPECT_EQ(small, State::kGranted);
  large.release();
  EXPECT_EQ(credit.in_use(), kBlock * kTimes);
}

TEST_F(BodyCreditTest, WhatATransportDidNotCountIsTakenWhenItIsHere) {
  holding(first, kRoom);
  BodyClaim& body = claim(second);
  body.settle(kBlock);
  EXPECT_EQ(credit.in_use(), kAll + kBlock * kTimes);
  EXPECT_EQ(reserving(claim(third), 1), State::kWaiting) << "and others wait for it";
}

} // namespace
} // namespace circuit::http
