// What is read ahead of its delivery: order, bounds, errors, and how it ends.

#include "ingest/sync/read_ahead.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/ingest/runtime/virtual_test.h"

namespace circuit::sync {
namespace {

using std::chrono::milliseconds;

// Answers with a body of so many bytes as the address says, for which a claim pays.
class PaidApi final : public Api {
 public:
  explicit PaidApi(http::BodyPayer& payer) : payer_(payer) {}
  Task<Result<http::Response>> fetch(http::Request request) override {
    http::Response response;
    response.body = std::string(std::stoul(request.url), 'x');
    response.claim = std::make_shared<http::BodyClaim>(payer_);
    response.claim->settle(response.body.size());
    co_return response;
  }

 private:
  http::BodyPayer& payer_;
};

struct ReadAheadWorld : ::testing::Test {
  circuit::testing::VirtualWorld world;
  http::BodyCredit credit{world.clock(), 1 << 20};
  http::BodyPayer payer{credit};
  PaidApi api{payer};
  std::vector<int> begun, got;
  int under_way = 0, most_under_way = 0;

  struct Item {
    int number;
    milliseconds takes{10};
    uint64_t bytes = 0;
    bool fails = false;
  };
  using Ahead = ReadAhead<int>;

  // Reads the items, and takes so long to deliver each.
  void deliver(std::vector<Item> items, milliseconds each, ReadAheadLimits limits,
               HandOver order = HandOver::kInOrder, size_t most = 1000) {
    auto& ended = world.spawn(deliver_all(this, std::move(items), each, limits, order, most));
    world.loop.run();
    ASSERT_TRUE(ended.ended);
    failure = ended.error;
  }
  std::exception_ptr failure;

 private:
  static Task<int> read(ReadAheadWorld* self, Item item) {
    self->begun.push_back(item.number);
    self->most_under_way = std::max(self->most_under_way, ++self->under_way);
    const std::shared_ptr<void> ends(nullptr, [self](void*) { --self->under_way; });
    co_await self->world.clock().sleep_for(item.takes);
    if (item.fails) throw std::runtime_error("read");
    co_return item.number;
  }
  static Task<void> consume(ReadAheadWorld* self, Ahead* ahead, milliseconds each, size_t most) {
    while (ahead->left() > 0 && self->got.size() < most) {
      self->got.push_back(co_await ahead->next());
      co_await self->world.clock().sleep_for(each);
    }
  }
  static Task<void> deliver_all(ReadAheadWorld* self, std::vector<Item> items, milliseconds each,
                                ReadAheadLimits limits, HandOver order, size_t most) {
    const auto executor = co_await boost::asio::this_coro::executor;
    TaskGroup readers(executor);
    Ahead ahead(self->api, readers, limits, order);
    for (const Item& item : items) ahead.add(item.bytes, [self, item](Api&) { return read(self, item); });
    co_await run_beside(readers, consume(self, &ahead, each, most));
  }
};

using Numbers = std::vector<int>;

TEST_F(ReadAheadWorld, TheNextOneIsReadWhileThisOneIsDelivered) {
  deliver({{1}, {2}, {3}, {4}}, milliseconds(10), {});
  EXPECT_EQ(got, (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(world.elapsed(), milliseconds(50)) << "one read alone, and four deliveries";
}

TEST_F(ReadAheadWorld, ItemsComeInTheOrderInWhichTheyWereAdded) {
  deliver({{1, milliseconds(30)}, {2}, {3}}, milliseconds(1), {3, 3});
  EXPECT_EQ(got, (Numbers{1, 2, 3}));
}

TEST_F(ReadAheadWorld, ASlowOneHoldsUpNobodyWhereTheOrderIsOfNoImport) {
  deliver({{1, milliseconds(30)}, {2}, {3}}, milliseconds(1), {3, 3}, HandOver::kAsReady);
  EXPECT_EQ(got, (Numbers{2, 3, 1}));
}

TEST_F(ReadAheadWorld, NoMoreAreUnderWayOrHeldThanTheLimitsLet) {
  deliver({{1}, {2}, {3}, {4}, {5}, {6}}, milliseconds(100), {2, 3}, HandOver::kInOrder, 1);
  EXPECT_EQ(most_under_way, 2);
  EXPECT_EQ(begun, (Numbers{1, 2, 3, 4})) << "the one that was delivered, and three ahead of it";
}

TEST_F(ReadAheadWorld, NoMoreBytesAreHeldThanTheLimitsLetAndALargerOneIsReadAlone) {
  const ReadAheadLimits limits{9, 9, 100};
  deliver({{1, milliseconds(10), 60},
           {2, milliseconds(10), 60},
           {3, milliseconds(10), 500},
           {4, milliseconds(10), 10}},
          milliseconds(10), limits);
  EXPECT_EQ(got, (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(most_under_way, 1);
}

TEST_F(ReadAheadWorld, AnErrorComesInItsTurnAndNothingIsReadAfterIt) {
  deliver({{1}, {2, milliseconds(1), 0, true}, {3}, {4}}, milliseconds(50), {2, 4});
  EXPECT_EQ(got, (Numbers{1}));
  EXPECT_EQ(begun, (Numbers{1, 2}));
  EXPECT_THROW(std::rethrow_exception(failure), std::runtime_error);
}

TEST_F(ReadAheadWorld, WhatIsUnderWayIsStoppedWhenTheDeliveryEnds) {
  deliver({{1}, {2, milliseconds(1000)}}, milliseconds(1), {2, 2}, HandOver::kInOrder, 1);
  EXPECT_EQ(got, (Numbers{1}));
  EXPECT_EQ(under_way, 0);
  EXPECT_LT(world.elapsed(), milliseconds(100));
}

Task<std::string> body_of(Api* api, size_t bytes) {
  http::Request request;
  request.url = std::to_string(bytes);
  auto response = co_await api->fetch(std::move(request));
  co_return response->body;
}

Task<void> read_two(PaidApi* api, http::BodyCredit* credit, std::vector<uint64_t>* in_use) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  ReadAhead<std::string> ahead(*api, readers);
  ahead.add(0, [](Api& through) { return body_of(&through, 100); });
  ahead.add(0, [](Api& through) { return body_of(&through, 10); });
  for (int i = 0; i < 2; ++i) {
    const std::string body = co_await ahead.next();
    co_await boost::asio::post(executor, boost::asio::use_awaitable); // the next one is read
    in_use->push_back(credit->in_use() / http::BodyCredit::kTimes);
  }
  co_await readers.join();
}

TEST_F(ReadAheadWorld, ABodyIsPaidForUntilTheItemAfterItIsAskedFor) {
  std::vector<uint64_t> in_use;
  world.spawn(read_two(&api, &credit, &in_use));
  world.loop.run();
  EXPECT_EQ(in_use, (std::vector<uint64_t>{110, 10}));
  EXPECT_EQ(credit.in_use(), 0u);
}

} // namespace
} // namespace circuit::sync
