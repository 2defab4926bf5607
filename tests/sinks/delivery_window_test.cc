#include "sinks/delivery_window.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Ids = std::vector<int64_t>;

// A window, a clock in one's hand, and what became of each part.
class DeliveryWindowTest : public ::testing::Test {
 protected:
  // Adds parts of 100 bytes for feed and session of the same name.
  void add(SessionNumber session, size_t bytes = 100) {
    outcomes_.push_back(std::make_shared<Completion<Result<sync::DeliverAck>>>());
    window_.add({session, "feeds/" + std::to_string(session), nullptr, {0, 3, bytes}, outcomes_.back()},
                now_);
  }
  Ids send_all() {
    Ids ids;
    while (auto next = window_.take_next(now_)) ids.push_back(next->batch_id);
    return ids;
  }
  void ack(int64_t id) {
    v1::Ack ack;
    ack.set_batch_id(id);
    window_.acknowledge(ack, now_);
  }
  void refuse(int64_t id, const std::string& error_class = "TRANSIENT") {
    v1::Ack ack;
    ack.set_batch_id(id);
    ack.mutable_error()->set_error_class(error_class);
    ack.mutable_error()->set_reason("BUSY");
    ack.mutable_error()->set_message("not now");
    window_.acknowledge(ack, now_);
  }
  // "waits", "acknowledged" or the reason of the error; parts are numbered as batch ids are.
  std::string outcome(size_t id) {
    if (const auto settled = settled_.find(id); settled != settled_.end()) return settled->second;
    testing::Running<Result<sync::DeliverAck>> waiting(
        loop_, Completion<Result<sync::DeliverAck>>::wait(outcomes_.at(id - 1)));
    if (!waiting.done_within(milliseconds(1))) {
      waiting.cancel();
      EXPECT_THROW(waiting.get(), boost::system::system_error);
      return "waits";
    }
    const auto result = waiting.get();
    return settled_[id] = result ? "acknowledged" : result.error().reason;
  }

  SystemLoop loop_;
  SeededRandom random_{1};
  SteadyTime now_{seconds(1000)};
  std::vector<PartOutcome> outcomes_;
  std::map<size_t, std::string> settled_;
  DeliveryWindow window_{"127.0.0.1:1", {seconds(60), {milliseconds(100), seconds(10)}}, &random_};
};

TEST_F(DeliveryWindowTest, SendsNothingBeforeAGrant) {
  add(1);
  EXPECT_EQ(send_all(), Ids{});
  window_.grant(1000);
  EXPECT_EQ(send_all(), Ids{1});
}

TEST_F(DeliveryWindowTest, StaysWithinTheCreditAndGoesOnAsItReturns) {
  window_.grant(250);
  for (int i = 0; i < 5; ++i) add(1);
  EXPECT_EQ(send_all(), (Ids{1, 2}));
  EXPECT_EQ(window_.sent_bytes(), 200U);
  ack(1);
  EXPECT_EQ(send_all(), (Ids{3}));
  window_.grant(1000);
  EXPECT_EQ(send_all(), (Ids{4, 5}));
}

TEST_F(DeliveryWindowTest, SendsAPartLargerThanTheCreditWhenNothingElseIsOut) {
  window_.grant(250);
  add(1);
  add(1, 5000);
  add(1);
  EXPECT_EQ(send_all(), (Ids{1}));
  ack(1);
  EXPECT_EQ(send_all(), (Ids{2}));
  ack(2);
  EXPECT_EQ(send_all(), (Ids{3}));
}

TEST_F(DeliveryWindowTest, SendsEverythingThatWasNotAcknowledgedAgainInOrderWithTheSameIds) {
  window_.grant(1000);
  for (int i = 0; i < 4; ++i) add(1 + static_cast<SessionNumber>(i % 2));
  EXPECT_EQ(send_all(), (Ids{1, 2, 3, 4}));
  ack(2);
  window_.stream_lost();
  EXPECT_EQ(send_all(), Ids{});
  window_.grant(1000);
  EXPECT_EQ(send_all(), (Ids{1, 3, 4}));
  EXPECT_EQ(outcome(2), "acknowledged");
  EXPECT_EQ(outcome(1), "waits");
}

TEST_F(DeliveryWindowTest, ARefusedPartGoesAgainAfterABackoffAndLaterOnesOfItsFeedStayBehindIt) {
  window_.grant(10'000);
  add(1);
  add(1);
  add(2);
  EXPECT_EQ(send_all(), (Ids{1, 2, 3}));
  refuse(1);
  refuse(2);
  add(1);
  add(2);
  EXPECT_EQ(send_all(), (Ids{5})); // only the other feed
  now_ += seconds(20);
  EXPECT_EQ(send_all(), (Ids{1}));
  ack(1);
  EXPECT_EQ(send_all(), (Ids{2}));
  ack(2);
  EXPECT_EQ(send_all(), (Ids{4}));
}

TEST_F(DeliveryWindowTest, TheDueTimeOfARefusedPartIsItsBackoffAndNeverInThePast) {
  window_.grant(100);
  add(1);
  add(2);
  send_all();
  refuse(1);
  ASSERT_TRUE(window_.due(now_));
  EXPECT_LE(*window_.due(now_), now_ + milliseconds(100));
  EXPECT_EQ(send_all(), (Ids{2})); // takes all the credit
  now_ += seconds(1);
  EXPECT_GT(*window_.due(now_), now_);
}

TEST_F(DeliveryWindowTest, GivesUpOnARefusedPartAtTheDeadline) {
  window_.grant(1000);
  add(1);
  for (int i = 0; i < 100 && outcome(1) == "waits"; ++i) {
    send_all();
    refuse(1);
    now_ += seconds(10);
  }
  EXPECT_EQ(outcome(1), "BUSY");
  EXPECT_LE(now_, SteadyTime{seconds(1000 + 80)});
}

TEST_F(DeliveryWindowTest, ARefusalForGoodFailsTheSessionAndLeavesOthersAlone) {
  window_.grant(250);
  add(1);
  add(1);
  add(2);
  send_all();
  refuse(1, "PERMISSION");
  EXPECT_EQ(outcome(1), "BUSY");
  EXPECT_EQ(outcome(2), "BUSY");
  EXPECT_EQ(outcome(3), "waits");
  add(1);
  EXPECT_EQ(outcome(4), "BUSY") << "nothing may arrive after a gap";
}

TEST_F(DeliveryWindowTest, WhatAForgottenSessionHasOnTheWireKeepsItsCredit) {
  window_.grant(250);
  add(1);
  add(1);
  add(2);
  EXPECT_EQ(send_all(), (Ids{1, 2}));
  window_.forget(1);
  EXPECT_EQ(window_.sent_bytes(), 200U);
  EXPECT_EQ(send_all(), Ids{});
  ack(1);
  EXPECT_EQ(send_all(), (Ids{3}));
  ack(2);
  EXPECT_EQ(window_.sent_bytes(), 100U);
}

TEST_F(DeliveryWindowTest, APartThatIsNotAcknowledgedInTimeFailsAndTheStreamIsStuck) {
  window_.grant(100);
  add(1);
  add(2);
  send_all();
  now_ += seconds(59);
  EXPECT_FALSE(window_.expire(now_));
  now_ += seconds(1);
  EXPECT_TRUE(window_.expire(now_));
  EXPECT_EQ(outcome(1), "SINK_TIMEOUT");
  EXPECT_EQ(outcome(2), "SINK_TIMEOUT") << "nothing has moved since it was added";
}

TEST_F(DeliveryWindowTest, APartThatWaitsForCreditHasTimeAsLongAsOthersMove) {
  window_.grant(100);
  add(1);
  for (SessionNumber session = 2; session < 6; ++session) add(session);
  for (int64_t id = 1; id < 5; ++id) {
    EXPECT_EQ(send_all(), Ids{id});
    now_ += seconds(50);
    EXPECT_FALSE(window_.expire(now_));
    ack(id);
  }
  EXPECT_EQ(outcome(5), "waits");
}

TEST_F(DeliveryWindowTest, TheLargestPartOnTheWireIsTheOneThatWasTooLarge) {
  window_.grant(10'000);
  add(1, 100);
  add(2, 300);
  add(3, 200);
  send_all();
  add(4, 900); // not sent yet
  window_.fail_largest_sent(make_error(ErrorClass::kInvalid, "MESSAGE_TOO_LARGE", "", ""));
  EXPECT_EQ(outcome(2), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(outcome(1), "waits");
  EXPECT_EQ(outcome(4), "waits");
}

TEST_F(DeliveryWindowTest, ARejectionOutsideTheBatchIsAProtocolError) {
  window_.grant(1000);
  add(1);
  send_all();
  v1::Ack ack;
  ack.set_batch_id(1);
  ack.add_rejections()->set_index(3);
  window_.acknowledge(ack, now_);
  EXPECT_EQ(outcome(1), "SINK_PROTOCOL_ERROR");
}

// Whatever happens: never more than the credit, ids in order per feed after each connect, everything settles.
TEST_F(DeliveryWindowTest, KeepsItsRulesUnderRandomReceivers) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SeededRandom random(seed);
    DeliveryWindow window("x", {seconds(1'000'000), {milliseconds(1), milliseconds(10)}}, &random);
    SteadyTime now{seconds(1)};
    std::map<int64_t, uint64_t> on_wire;
    std::map<std::string, int64_t> last_applied; // the receiver's: applies in order, refuses behind a refusal
    std::map<std::string, int64_t> blocked;
    int added = 0;
    int64_t credit = 0;
    for (int step = 0; step < 2000 && (added < 100 || !window.empty()); ++step) {
      now += milliseconds(1);
      if (added < 100 && random.chance(0.3)) {
        ++added;
        const uint64_t feed = random.below(4);
        window.add({feed,
                    std::to_string(feed),
                    nullptr,
                    {0, 1, 1 + random.below(200)},
                    std::make_shared<Completion<Result<sync::DeliverAck>>>()},
                   now);
      }
      if (random.chance(0.05)) {
        window.stream_lost();
        on_wire.clear();
        blocked.clear();
        credit = 0;
      }
      if (credit == 0 || random.chance(0.05))
        window.grant(credit = 1 + static_cast<int64_t>(random.below(500)));
      uint64_t before = window.sent_bytes();
      while (const auto next = window.take_next(now)) {
        const uint64_t bytes = next->part->part.bytes;
        ASSERT_TRUE(before == 0 || before + bytes <= static_cast<uint64_t>(credit)) << "seed " << seed;
        before += bytes;
        on_wire[next->batch_id] = bytes;
        const auto& feed = next->part->feed;
        v1::Ack ack;
        ack.set_batch_id(next->batch_id);
        const bool behind = blocked.count(feed) != 0 && next->batch_id > blocked[feed];
        if (behind || random.chance(0.1)) {
          if (!behind) blocked[feed] = next->batch_id;
          ack.mutable_error()->set_error_class("TRANSIENT");
          window.acknowledge(ack, now);
        } else {
          blocked.erase(feed);
          // Sent again after a loss, or the next one: never one that skips what was not applied.
          ASSERT_GE(next->batch_id, 1);
          last_applied[feed] = std::max(last_applied[feed], next->batch_id);
          if (random.chance(0.7)) window.acknowledge(ack, now);
        }
        before = window.sent_bytes();
      }
      if (random.chance(0.2)) { // the receiver catches up
        for (const auto& [id, bytes] : on_wire) {
          v1::Ack ack;
          ack.set_batch_id(id);
          window.acknowledge(ack, now);
        }
        on_wire.clear();
        blocked.clear();
      }
    }
    EXPECT_TRUE(window.empty()) << "seed " << seed;
    EXPECT_EQ(window.sent_bytes(), 0U) << "seed " << seed;
  }
}

} // namespace
} // namespace circuit::sinks
