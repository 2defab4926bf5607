// Bodies that are paid for as they arrive, over real sockets.

#include <gtest/gtest.h>

#include "ingest/http/body_credit.h"
#include "tests/ingest/http/curl_world.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kMegabyte = 1 << 20;
constexpr uint64_t kTimes = BodyCredit::kTimes;

struct CurlCredit : ::testing::Test, CurlWorld {
  BodyCredit credit{loop.clock(), 2 * kMegabyte* kTimes};
  BodyPayer payer{credit}, other{credit};
  BodyClaim taken{other};
  TestServer server;

  CurlCredit() {
    server.on("/large", [](TestServer::Exchange& exchange) {
      exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(8 * kMegabyte) + "\r\n\r\n");
      for (size_t sent = 0; sent < 8 * kMegabyte; sent += 64 << 10) {
        if (!exchange.send(std::string(64 << 10, 'x'))) return;
      }
    });
  }
  Request paid(const std::string& path) {
    Request request = get(server.url(path));
    request.claim = std::make_shared<BodyClaim>(payer);
    return request;
  }
  // The transfer is paused, and stands in line.
  bool is_spent() const { return credit.waiting() > 0; }
};

TEST_F(CurlCredit, ABodyIsPaidForAsItArrivesAndTheSyncKeepsTheClaim) {
  Request request = paid("/large");
  const std::shared_ptr<BodyClaim> claim = request.claim;
  Sent& sent = send(std::move(request));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().body.size(), 8 * kMegabyte);
  EXPECT_EQ(credit.in_use(), 8 * kMegabyte * kTimes) << "alone it may be larger than the whole";
  claim->release();
  EXPECT_EQ(credit.in_use(), 0u);
}

TEST_F(CurlCredit, ATransferThatIsShortOfCreditIsPausedAndNoTimeoutRunsMeanwhile) {
  ASSERT_TRUE(taken.reserve_now(kMegabyte));
  Request request = paid("/large");
  request.idle_timeout = milliseconds(300);
  request.total_timeout = milliseconds(900);
  Sent& sent = start(std::move(request));
  ASSERT_TRUE(wait_for([this] { return is_spent(); }));
  wait(milliseconds(1200)); // longer than both
  EXPECT_FALSE(sent.ended) << sent.reason();
  EXPECT_LE(credit.in_use(), credit.capacity());
  taken.release();
  ASSERT_TRUE(wait_for([&] { return sent.ended; }));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().body, std::string(8 * kMegabyte, 'x'));
}

TEST_F(CurlCredit, ATransferThatIsPausedTooLongLetsGoOfItsConnectionAndItsCredit) {
  ASSERT_TRUE(taken.reserve_now(kMegabyte));
  Request request = paid("/large");
  const std::shared_ptr<BodyClaim> claim = request.claim;
  Sent& sent = send(std::move(request));
  EXPECT_EQ(sent.reason(), kBodyCreditSpent);
  EXPECT_EQ(claim->needed(), 8 * kMegabyte) << "as long as was announced";
  claim->release();
  EXPECT_EQ(credit.in_use(), kMegabyte * kTimes);
}

TEST_F(CurlCredit, WhoeverIsCancelledWhilePausedGivesEverythingBack) {
  ASSERT_TRUE(taken.reserve_now(kMegabyte));
  Sent& sent = start(paid("/large"));
  ASSERT_TRUE(wait_for([this] { return is_spent(); }));
  sent.stop.emit(boost::asio::cancellation_type::terminal);
  ASSERT_TRUE(wait_for([&] { return sent.ended; }));
  EXPECT_EQ(credit.in_use(), kMegabyte * kTimes);
}

TEST_F(CurlCredit, ATransportMayBeClosedWhileATransferIsPaused) {
  ASSERT_TRUE(taken.reserve_now(kMegabyte));
  Sent& sent = start(paid("/large"));
  ASSERT_TRUE(wait_for([this] { return is_spent(); }));
  transport.reset();
  taken.release();
  ASSERT_TRUE(wait_for([&] { return sent.ended; }));
  EXPECT_EQ(sent.reason(), "SHUTTING_DOWN");
}

TEST_F(CurlCredit, TheFirstPiecesAreTakenAsTheyCameWhenATransferGoesOn) {
  server.on("/pieces", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 1000; ++i) exchange.send("a\r\n0123456789\r\n");
    exchange.send("0\r\n\r\n");
  });
  ASSERT_TRUE(taken.reserve_now(2 * kMegabyte - 1000));
  Sent& sent = start(paid("/pieces"));
  wait(milliseconds(300));
  taken.release();
  ASSERT_TRUE(wait_for([&] { return sent.ended; }));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  std::string whole;
  for (int i = 0; i < 1000; ++i) whole += "0123456789";
  EXPECT_EQ(sent.response().body, whole);
}

} // namespace
} // namespace circuit::http
