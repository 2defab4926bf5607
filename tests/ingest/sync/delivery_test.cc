// Batches that leave while somebody else flushes, waits or stops.

#include "ingest/sync/delivery.h"

#include <gtest/gtest.h>

#include "tests/ingest/runtime/virtual_test.h"

namespace circuit::sync {
namespace {

using std::chrono::milliseconds;

struct DeliveryWorld : ::testing::Test {
  void TestBody() override {}

  // Takes ten milliseconds for a batch.
  class Session final : public SinkSession {
   public:
    explicit Session(DeliveryWorld& world) : world_(world) {}
    Task<Result<DeliverAck>> deliver(std::shared_ptr<const DeliverBatch> batch) override {
      co_await world_.world.clock().sleep_for(milliseconds(10));
      for (const auto& change : batch->changes) world_.arrived.push_back(change.external_id);
      co_return DeliverAck{};
    }
    bool takes_back() const override { return world_.takes_back; }
    Task<Result<std::string>> prepare() override { co_return std::string(); }
    Task<void> committed() override { co_return; }

   private:
    DeliveryWorld& world_;
  };

  testing::VirtualWorld world;
  Credit credit{1 << 20};
  std::vector<std::string> announced, arrived;
  bool takes_back = false;
  Delivery delivery{
      world.loop.executor(),
      credit,
      {100, 1 << 20, 2},
      [this] { return open(this); },
      [this](std::shared_ptr<const DeliverBatch> batch, bool) { return announce(this, std::move(batch)); }};

  static OutgoingChange change(const std::string& id) {
    return {circuit::feeds::v1::Change::UPSERT, id, "wire of " + id};
  }
  static Task<void> gather(DeliveryWorld* self, std::string id) {
    OutgoingChange next = change(id);
    co_await self->delivery.add(std::move(next));
  }
  static Task<void> flush(DeliveryWorld* self) { co_await self->delivery.flush(); }
  // Looks at what has arrived when everything is said to be acknowledged.
  static Task<void> settle(DeliveryWorld* self, std::vector<std::string>* then) {
    co_await self->delivery.settle();
    *then = self->arrived;
  }

 private:
  static Task<Result<std::unique_ptr<SinkSession>>> open(DeliveryWorld* self) {
    std::unique_ptr<SinkSession> session = std::make_unique<Session>(*self);
    co_return session;
  }
  // A commit takes its time, and cannot be taken back; what comes before it can.
  static Task<void> announce(DeliveryWorld* self, std::shared_ptr<const DeliverBatch> batch) {
    co_await self->world.clock().sleep_for(milliseconds(5));
    for (const auto& each : batch->changes) self->announced.push_back(each.external_id);
  }
};

using Strings = std::vector<std::string>;

TEST_F(DeliveryWorld, WhatAnotherCallIsSendingIsNotTakenForAcknowledged) {
  world.spawn(gather(this, "a"));
  world.loop.run();
  Strings when_settled;
  world.spawn(flush(this)); // takes the batch away, and waits for its announcement
  world.spawn(settle(this, &when_settled));
  world.loop.run();
  EXPECT_EQ(when_settled, Strings{"a"});
}

TEST_F(DeliveryWorld, ChangesCountWhenTheyAreAcknowledgedAndWhatMayBeTakenBackWhenItIsCommitted) {
  for (const bool back : {false, true}) {
    DeliveryWorld fresh;
    fresh.takes_back = back;
    fresh.world.spawn(gather(&fresh, "a"));
    fresh.world.loop.run();
    EXPECT_EQ(fresh.delivery.take_delivered(false).upserts, 0);
    Strings when_settled;
    fresh.world.spawn(settle(&fresh, &when_settled));
    fresh.world.loop.run();
    EXPECT_EQ(fresh.delivery.take_delivered(false).upserts, back ? 0 : 1);
    EXPECT_EQ(fresh.delivery.take_delivered(true).upserts, back ? 1 : 0);
    EXPECT_EQ(fresh.delivery.take_delivered(true).upserts, 0) << "once";
  }
}

TEST_F(DeliveryWorld, ABatchWhoseFlushIsStoppedLeavesWithTheNextInItsOrder) {
  world.spawn(gather(this, "a"));
  world.loop.run();
  auto& flushing = world.spawn(flush(this));
  world.loop.run_ready();
  world.spawn(gather(this, "b"));
  flushing.cancel();
  world.loop.run();
  EXPECT_TRUE(announced.empty());
  Strings when_settled;
  world.spawn(settle(this, &when_settled));
  world.loop.run();
  EXPECT_EQ(when_settled, (Strings{"a", "b"}));
  EXPECT_EQ(credit.in_use(), 0);
}

} // namespace
} // namespace circuit::sync
