#include "sinks/grpc.h"

#include <gtest/gtest.h>

#include <boost/system/system_error.hpp>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "tests/sinks/receiver_fixture.h"

namespace circuit::sinks {
namespace {

using std::chrono::milliseconds;
using testing::batch_of;
using testing::run;
using testing::upsert;
using GrpcSinkTest = testing::ReceiverTest;

// The ids of one feed, as its lines follow each other in the receiver's file.
std::map<std::string, std::vector<std::string>> by_feed(const std::vector<std::string>& ids) {
  std::map<std::string, std::vector<std::string>> feeds;
  for (const auto& id : ids) feeds[id.substr(0, id.find('-'))].push_back(id);
  return feeds;
}

TEST_F(GrpcSinkTest, DeliversChangesToTheReceiver) {
  start();
  const auto delivered = deliver(session("a"), {upsert("a", "1"), upsert("a", "2")});
  ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  EXPECT_TRUE(delivered->rejections.empty());
  EXPECT_EQ(received(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(*run(loop_, sessions_[0]->prepare()), "");
}

TEST_F(GrpcSinkTest, PassesRejectionsUpWithTheirPlaces) {
  receiver_options_.faults.reject_every = 3;
  start();
  std::vector<circuit::feeds::v1::Change> changes;
  for (int i = 1; i <= 7; ++i) changes.push_back(upsert("a", std::to_string(i), i));
  const auto delivered = deliver(session("a"), changes);
  ASSERT_TRUE(delivered.ok());
  ASSERT_EQ(delivered->rejections.size(), 2U);
  EXPECT_EQ(delivered->rejections[0].index, 2U);
  EXPECT_EQ(delivered->rejections[1].index, 5U);
  EXPECT_EQ(delivered->rejections[0].error.cls, ErrorClass::kInvalid);
  EXPECT_EQ(delivered->rejections[0].error.reason, "REJECTED_ON_REQUEST");
  EXPECT_EQ(received(), (std::vector<std::string>{"1", "2", "4", "5", "7"}));
}

TEST_F(GrpcSinkTest, SplitsALargeBatchAndRejectsOnlyTheChangeThatFitsNowhere) {
  sink_options_.max_message_bytes = 10'000;
  start();
  std::vector<circuit::feeds::v1::Change> changes;
  for (int i = 0; i < 10; ++i) changes.push_back(upsert("a", std::to_string(i), i, std::string(3000, 'x')));
  changes[4] = upsert("a", "huge", 4, std::string(20'000, 'x'));
  const auto delivered = deliver(session("a"), changes);
  ASSERT_TRUE(delivered.ok());
  ASSERT_EQ(delivered->rejections.size(), 1U);
  EXPECT_EQ(delivered->rejections[0].index, 4U);
  EXPECT_EQ(delivered->rejections[0].error.reason, "MESSAGE_TOO_LARGE");
  EXPECT_EQ(received(), (std::vector<std::string>{"0", "1", "2", "3", "5", "6", "7", "8", "9"}));
}

TEST_F(GrpcSinkTest, ReportsABatchThatTheReceiverFindsTooLarge) {
  receiver_options_.max_message_bytes = 10'000;
  start();
  auto& a = session("a");
  auto& b = session("b");
  auto small = begin(b, {upsert("b", "b1")});
  const auto delivered = deliver(a, {upsert("a", "1", 1, std::string(50'000, 'x'))});
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().cls, ErrorClass::kInvalid);
  EXPECT_EQ(delivered.error().reason, "MESSAGE_TOO_LARGE");
  EXPECT_TRUE(small->get().ok());
  EXPECT_EQ(received(), (std::vector<std::string>{"b1"}));
}

TEST_F(GrpcSinkTest, NeverSendsMoreThanTheCredit) {
  receiver_options_.credit_bytes = 20'000;
  start();
  std::vector<std::unique_ptr<Delivery>> deliveries;
  for (int feed = 0; feed < 4; ++feed) {
    auto& to = session(std::to_string(feed));
    for (int i = 0; i < 50; ++i) {
      deliveries.push_back(
          begin(to, {upsert(std::to_string(feed), std::to_string(i), i, std::string(3000, 'x'))}));
    }
  }
  for (auto& delivery : deliveries) ASSERT_TRUE(delivery->get().ok());
  const auto stats = receiver_->stats();
  EXPECT_EQ(stats.credit_violations, 0);
  EXPECT_LE(stats.outstanding_bytes_max, 20'000);
  EXPECT_GT(stats.outstanding_bytes_max, 10'000) << "the credit is used";
  EXPECT_EQ(stats.written, 200);
}

TEST_F(GrpcSinkTest, SendsABatchLargerThanTheCreditAlone) {
  receiver_options_.credit_bytes = 1000;
  start();
  auto& a = session("a");
  std::vector<std::unique_ptr<Delivery>> deliveries;
  for (int i = 0; i < 5; ++i)
    deliveries.push_back(begin(a, {upsert("a", std::to_string(i), i, std::string(5000, 'x'))}));
  for (auto& delivery : deliveries) ASSERT_TRUE(delivery->get().ok());
  EXPECT_EQ(receiver_->stats().credit_violations, 0);
  EXPECT_LT(receiver_->stats().outstanding_bytes_max, 6000);
}

TEST_F(GrpcSinkTest, LosesAndReordersNothingWhenTheReceiverKeepsDisconnecting) {
  receiver_options_.faults.disconnect_after_batches = 7;
  start();
  std::vector<std::unique_ptr<Delivery>> deliveries;
  std::map<std::string, std::vector<std::string>> expected;
  for (int feed = 0; feed < 3; ++feed) {
    auto& to = session(std::to_string(feed));
    for (int i = 0; i < 40; ++i) {
      const std::string id = std::to_string(feed) + "-" + std::to_string(i);
      expected[std::to_string(feed)].push_back(id);
      deliveries.push_back(begin(to, {upsert(std::to_string(feed), id, i)}));
    }
  }
  for (auto& delivery : deliveries) {
    const auto delivered = delivery->get();
    ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  }
  EXPECT_EQ(by_feed(received()), expected);
  EXPECT_GT(receiver_->stats().streams, 5);
  EXPECT_GT(receiver_->stats().duplicates, 0)
      << "what was applied before the cut came again and was recognized";
}

TEST_F(GrpcSinkTest, GoesOnWhenTheReceiverIsStartedAgain) {
  start();
  auto& a = session("a");
  ASSERT_TRUE(deliver(a, {upsert("a", "1", 1)}).ok());
  receiver_.reset();
  auto delivery = begin(a, {upsert("a", "2", 2)});
  EXPECT_FALSE(delivery->done_within(milliseconds(100)));
  start_receiver();
  const auto delivered = delivery->get();
  ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  EXPECT_EQ(received(), (std::vector<std::string>{"1", "2"}));
}

TEST_F(GrpcSinkTest, KeepsTheOrderOfAFeedWhenBatchesAreRefusedForNow) {
  receiver_options_.faults.refuse_every = 5;
  start();
  std::vector<std::unique_ptr<Delivery>> deliveries;
  std::map<std::string, std::vector<std::string>> expected;
  for (int feed = 0; feed < 3; ++feed) {
    auto& to = session(std::to_string(feed));
    for (int i = 0; i < 20; ++i) {
      const std::string id = std::to_string(feed) + "-" + std::to_string(i);
      expected[std::to_string(feed)].push_back(id);
      deliveries.push_back(begin(to, {upsert(std::to_string(feed), id, i)}));
    }
  }
  for (auto& delivery : deliveries) {
    const auto delivered = delivery->get();
    ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  }
  EXPECT_EQ(by_feed(received()), expected);
}

TEST_F(GrpcSinkTest, SaysThatNobodyListens) {
  start_receiver();
  receiver_.reset();
  sink_options_.connect_deadline = milliseconds(200);
  const auto connected = connect();
  ASSERT_FALSE(connected.ok());
  EXPECT_EQ(connected.error().cls, ErrorClass::kTransient);
  EXPECT_EQ(connected.error().reason, "SINK_UNREACHABLE");
  EXPECT_NE(connected.error().message.find(address()), std::string::npos) << connected.error().message;
  EXPECT_NE(connected.error().message.find("refused"), std::string::npos) << connected.error().message;
  EXPECT_FALSE(connected.error().next_step.empty());
  start_receiver();
  EXPECT_TRUE(run(loop_, sink_->recover("")).ok()) << "it may be tried again";
}

TEST_F(GrpcSinkTest, GivesUpOnADeliveryWhenTheReceiverStaysAway) {
  sink_options_.connect_deadline = milliseconds(200);
  start();
  auto& a = session("a");
  receiver_.reset();
  const auto delivered = deliver(a, {upsert("a", "1")});
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "SINK_UNREACHABLE");
}

TEST_F(GrpcSinkTest, TimesOutWhenTheReceiverStallsAndKeepsNothing) {
  receiver_options_.faults.stall = true;
  receiver_options_.credit_bytes = 10'000;
  sink_options_.batch_deadline = milliseconds(300);
  start();
  auto& a = session("a");
  std::vector<std::unique_ptr<Delivery>> deliveries;
  for (int i = 0; i < 20; ++i)
    deliveries.push_back(begin(a, {upsert("a", std::to_string(i), i, std::string(3000, 'x'))}));
  for (auto& delivery : deliveries) {
    const auto delivered = delivery->get();
    ASSERT_FALSE(delivered.ok());
    EXPECT_EQ(delivered.error().cls, ErrorClass::kTransient);
    EXPECT_EQ(delivered.error().reason, "SINK_TIMEOUT");
  }
  EXPECT_LE(receiver_->stats().outstanding_bytes_max, 10'000) << "the rest never left the worker";
  receiver_options_.faults.stall = false;
  receiver_.reset();
  start_receiver();
  const auto delivered = deliver(session("b"), {upsert("b", "1")});
  ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  EXPECT_EQ(received(), (std::vector<std::string>{"1"}));
}

TEST_F(GrpcSinkTest, ACancelledDeliveryDoesNotHoldTheOthers) {
  receiver_options_.credit_bytes = 5000;
  receiver_options_.faults.stall = true;
  start();
  auto delivery = begin(session("a"), {upsert("a", "1")});
  EXPECT_FALSE(delivery->done_within(milliseconds(50)));
  delivery->cancel();
  EXPECT_THROW(delivery->get(), boost::system::system_error);
  sessions_.clear();
  const auto begin_close = std::chrono::steady_clock::now();
  run(loop_, sink_->close());
  EXPECT_LT(std::chrono::steady_clock::now() - begin_close, std::chrono::seconds(4));
}

TEST_F(GrpcSinkTest, CloseWaitsForWhatWasAcceptedAndRefusesMore) {
  start();
  auto& a = session("a");
  std::vector<std::unique_ptr<Delivery>> deliveries;
  for (int i = 0; i < 20; ++i) deliveries.push_back(begin(a, {upsert("a", std::to_string(i), i)}));
  loop_.run_while([&, turns = 0]() mutable { return ++turns < 3; }); // the calls have begun
  run(loop_, sink_->close());
  for (auto& delivery : deliveries) EXPECT_TRUE(delivery->get().ok());
  EXPECT_EQ(received().size(), 20U);
  EXPECT_EQ(deliver(a, {upsert("a", "late")}).error().reason, "SINK_SHUT_DOWN");
}

TEST_F(GrpcSinkTest, SessionsOfSeveralLoopsShareTheStream) {
  start();
  constexpr int kLoops = 4;
  constexpr int kBatches = 100;
  std::vector<std::thread> threads;
  for (int t = 0; t < kLoops; ++t) {
    threads.emplace_back([this, t] {
      SystemLoop loop;
      const std::string feed = std::to_string(t);
      auto opened = run(loop, sink_->open({"feeds/" + feed, 1}));
      for (int i = 0; i < kBatches; ++i) {
        const auto id = feed + "-" + std::to_string(i);
        ASSERT_TRUE(run(loop, (*opened)->deliver(batch_of({upsert(feed, id, i)}))).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(receiver_->stats().streams, 1);
  const auto feeds = by_feed(received());
  ASSERT_EQ(feeds.size(), static_cast<size_t>(kLoops));
  for (const auto& [feed, ids] : feeds) {
    ASSERT_EQ(ids.size(), static_cast<size_t>(kBatches));
    for (int i = 0; i < kBatches; ++i) EXPECT_EQ(ids[static_cast<size_t>(i)], feed + "-" + std::to_string(i));
  }
}

// Syncs that start, give up in the middle of a delivery, and start again, on several loops, while the
// receiver keeps cutting the stream: what was acknowledged is there.
TEST_F(GrpcSinkTest, WhatWasAcknowledgedIsThereWhateverSessionsAndStreamsDo) {
  receiver_options_.faults.disconnect_after_batches = 9;
  receiver_options_.credit_bytes = 5000;
  start();
  std::mutex mutex;
  std::vector<std::string> acknowledged;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      SystemLoop loop;
      SeededRandom random(t);
      for (int s = 0; s < 15; ++s) {
        const std::string feed = std::to_string(t) + "." + std::to_string(s);
        auto opened = run(loop, sink_->open({"feeds/" + feed, 1}));
        std::vector<std::pair<std::string, std::unique_ptr<testing::Running<Result<sync::DeliverAck>>>>>
            deliveries;
        for (uint64_t i = 0; i < 6; ++i) {
          const std::string id = feed + "-" + std::to_string(i);
          auto batch = batch_of({upsert(feed, id, 1, std::string(random.below(2000), 'x'))});
          deliveries.emplace_back(id, std::make_unique<testing::Running<Result<sync::DeliverAck>>>(
                                          loop, (*opened)->deliver(std::move(batch))));
        }
        const bool gives_up = random.chance(0.3);
        if (gives_up) run(loop, loop.clock().sleep_for(milliseconds(random.below(10))));
        for (auto& [id, delivery] : deliveries) {
          if (gives_up) delivery->cancel();
          try {
            if (!delivery->get()) continue;
          } catch (const boost::system::system_error&) { // given up before the answer
            continue;
          }
          const std::lock_guard lock(mutex);
          acknowledged.push_back(id);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto all = received();
  const std::set<std::string> there(all.begin(), all.end());
  EXPECT_EQ(there.size(), all.size()) << "nothing twice";
  for (const auto& id : acknowledged) EXPECT_EQ(there.count(id), 1U) << id;
  EXPECT_GT(acknowledged.size(), 100U);
  EXPECT_EQ(receiver_->stats().credit_violations, 0);
}

TEST_F(GrpcSinkTest, RefusesAnAddressThatIsNone) {
  for (const char* address :
       {"", "host", "host:", ":1", "host:0", "host:65536", "host:1x", "::1:50", "user@h:1", "h/p:1"}) {
    const auto made = make_grpc_sink("grpc:x", address, {});
    ASSERT_FALSE(made.ok()) << address;
    EXPECT_EQ(made.error().reason, "SINK_ADDRESS_INVALID") << address;
  }
}

TEST_F(GrpcSinkTest, RefusesPlaintextToOtherMachinesUnlessAllowed) {
  for (const char* address : {"example.org:50051", "127.0.0.1.example.org:50051"}) {
    const auto refused = make_grpc_sink("grpc:x", address, {});
    ASSERT_FALSE(refused.ok()) << address;
    EXPECT_EQ(refused.error().reason, "SINK_PLAINTEXT_REFUSED") << address;
  }
  GrpcOptions allowed;
  allowed.allow_plaintext = true;
  EXPECT_TRUE(make_grpc_sink("grpc:x", "example.org:50051", allowed).ok());
  EXPECT_TRUE(make_grpc_sink("grpc:x", "[::1]:50051", {}).ok());
}

} // namespace
} // namespace circuit::sinks
