// Originals through the gRPC sink to the reference receiver.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/sinks/content_fixture.h"
#include "tests/sinks/receiver_fixture.h"

namespace circuit::sinks {
namespace {

using testing::GeneratedSource;
using testing::run;
using testing::Running;
using testing::stored_files;
using testing::stored_size;
using testing::upsert;

constexpr uint64_t kPiece = 256 << 10;

class GrpcContentTest : public testing::ReceiverTest {
 protected:
  using Delivered = Result<circuit::feeds::v1::RawContent>;

  Delivered deliver_original(sync::SinkSession& to, sync::ContentSource& source) {
    return run(loop_, to.deliver_content(source));
  }
  const std::string& file() const { return receiver_options_.file; }
};

TEST_F(GrpcContentTest, IsDurableUnderItsHashWhateverItsSize) {
  start();
  auto& a = session("a");
  const std::pair<uint64_t, int64_t> cases[] = {
      {0, 1}, {1, 1}, {kPiece - 1, 1}, {kPiece, 1}, {kPiece + 1, 2}, {2 * kPiece, 2}, {10'000'000, 39}};
  for (const auto& [size, pieces] : cases) {
    for (const size_t read : {size_t{1000}, size_t{64} << 10, size_t{1} << 20}) {
      if (size > 1'000'000 && read == 1000) continue;
      GeneratedSource source(size, 'a', read);
      const auto before = receiver_->stats().pieces;
      const auto delivered = deliver_original(a, source);
      ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
      EXPECT_EQ(delivered->size_bytes(), static_cast<int64_t>(size));
      EXPECT_EQ(delivered->sha256(), source.hash());
      EXPECT_EQ(stored_size(file(), delivered->sha256()), static_cast<int64_t>(size));
      EXPECT_EQ(receiver_->stats().pieces - before, pieces) << size;
    }
  }
}

TEST_F(GrpcContentTest, SharesTheCreditWithBatchesAndNeitherWaitsForTheOthersEnd) {
  receiver_options_.credit_bytes = 600'000;
  start();
  auto& a = session("a");
  auto& b = session("b");
  auto& c = session("c");
  GeneratedSource first(8'000'000, 'a');
  GeneratedSource second(8'000'000, 'c');
  Running<Delivered> original(loop_, a.deliver_content(first));
  Running<Delivered> other(loop_, c.deliver_content(second));
  int delivered = 0;
  while (!original.done() || !other.done()) {
    ASSERT_TRUE(
        deliver(b, {upsert("b", std::to_string(delivered), delivered, std::string(500'000, 'x'))}).ok());
    if (!original.done() && !other.done()) ++delivered;
  }
  EXPECT_TRUE(original.get().ok());
  EXPECT_TRUE(other.get().ok());
  EXPECT_GT(delivered, 0) << "batches went in between";
  EXPECT_EQ(receiver_->stats().credit_violations, 0);
  EXPECT_LE(receiver_->stats().outstanding_bytes_max, 600'000);
}

TEST_F(GrpcContentTest, GoesOnWithACreditSmallerThanAPiece) {
  receiver_options_.credit_bytes = 1000;
  start();
  GeneratedSource source(2'000'000);
  EXPECT_TRUE(deliver_original(session("a"), source).ok());
  EXPECT_EQ(receiver_->stats().credit_violations, 0);
}

TEST_F(GrpcContentTest, AReceiverThatDoesNotKnowOriginalsIsNotSentAny) {
  receiver_options_.accepts_content = false;
  start();
  GeneratedSource source(1'000'000);
  auto& a = session("a");
  const auto delivered = deliver_original(a, source);
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "CONTENT_UNSUPPORTED");
  EXPECT_EQ(delivered.error().cls, ErrorClass::kInvalid);
  EXPECT_EQ(source.given(), 0U) << "nothing is read for nothing";
  EXPECT_TRUE(deliver(a, {upsert("a", "1")}).ok());
}

TEST_F(GrpcContentTest, OfOnePieceIsSentAgainWhenTheStreamBreaks) {
  receiver_options_.faults.disconnect_after_pieces = 3;
  start();
  auto& a = session("a");
  for (char seed = 'a'; seed < 'k'; ++seed) {
    GeneratedSource source(1000, seed);
    const auto delivered = deliver_original(a, source);
    ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
    EXPECT_EQ(stored_size(file(), delivered->sha256()), 1000);
  }
  EXPECT_GT(receiver_->stats().streams, 3);
}

TEST_F(GrpcContentTest, OfManyPiecesIsInterruptedWhenTheStreamBreaksAndComesThroughWithANewSource) {
  receiver_options_.faults.disconnect_after_pieces = 5;
  start();
  auto& a = session("a");
  GeneratedSource large(3'000'000);
  const auto broken = deliver_original(a, large);
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().reason, "CONTENT_INTERRUPTED");
  EXPECT_EQ(broken.error().cls, ErrorClass::kTransient);
  GeneratedSource smaller(4 * kPiece);
  const auto delivered = deliver_original(a, smaller);
  ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
  EXPECT_TRUE(deliver(a, {upsert("a", "1")}).ok());
  receiver_->stop();
  receiver_.reset();
  EXPECT_EQ(stored_files(file()), 1U) << "nothing of the one that broke stays";
}

TEST_F(GrpcContentTest, WhoseSourceFailsIsForgottenByTheReceiver) {
  start();
  auto& a = session("a");
  GeneratedSource source(2'000'000);
  source.end_with(make_error(ErrorClass::kTransient, "BODY_TRUNCATED", "It broke off", "Wait."));
  const auto failed = deliver_original(a, source);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().reason, "BODY_TRUNCATED");
  GeneratedSource next(10, 'n');
  ASSERT_TRUE(deliver_original(a, next).ok());
  EXPECT_EQ(stored_files(file()), 1U);
  EXPECT_EQ(receiver_->stats().streams, 1);
}

TEST_F(GrpcContentTest, ThatIsCancelledIsForgottenByTheReceiver) {
  start();
  auto& a = session("a");
  GeneratedSource source(2'000'000);
  source.before_piece = [this](uint64_t given) {
    return loop_.clock().sleep_for(given > 1'000'000 ? std::chrono::hours(1) : Duration(0));
  };
  Running<Delivered> delivery(loop_, a.deliver_content(source));
  loop_.run_while([&source] { return source.given() < 1'000'000; }); // then it stalls
  delivery.cancel();
  loop_.run_while([&delivery] { return !delivery.done(); });
  GeneratedSource next(10, 'n');
  ASSERT_TRUE(deliver_original(a, next).ok());
  EXPECT_EQ(stored_files(file()), 1U);
}

TEST_F(GrpcContentTest, ThatTheReceiverRefusesFailsAloneAlsoInTheMiddle) {
  receiver_options_.faults.refuse_content_beyond = 1'000'000;
  start();
  auto& a = session("a");
  GeneratedSource source(20'000'000);
  const auto refused = deliver_original(a, source);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "CONTENT_REFUSED");
  EXPECT_EQ(refused.error().cls, ErrorClass::kInvalid);
  EXPECT_EQ(refused.error().metadata.at("receiver_reason"), "REJECTED_ON_REQUEST");
  EXPECT_LT(source.given(), 20'000'000U) << "it is not read to its end for nothing";
  GeneratedSource next(10, 'n');
  EXPECT_TRUE(deliver_original(a, next).ok());
  EXPECT_EQ(receiver_->stats().credit_violations, 0);
  EXPECT_EQ(receiver_->stats().streams, 1);
}

TEST_F(GrpcContentTest, TimesOutWhenTheReceiverStalls) {
  receiver_options_.faults.stall = true;
  sink_options_.batch_deadline = std::chrono::milliseconds(300);
  start();
  GeneratedSource source(2'000'000);
  const auto delivered = deliver_original(session("a"), source);
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "SINK_TIMEOUT");
}

TEST_F(GrpcContentTest, FailsWhenNobodyListens) {
  start();
  receiver_.reset();
  sink_options_.connect_deadline = std::chrono::milliseconds(300);
  GeneratedSource source(2'000'000);
  make_sink();
  const auto delivered = deliver_original(session("a"), source);
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "SINK_UNREACHABLE");
  EXPECT_EQ(source.given(), 0U);
}

// The most that this process had in memory so far, in bytes.
uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    uint64_t kib = 0;
    status >> kib;
    return kib << 10;
  }
  return 0;
}

TEST_F(GrpcContentTest, TakesNoMoreMemoryHoweverLongItIs) {
  receiver_options_.faults.discard_content = true;
  receiver_options_.credit_bytes = 4 << 20;
  start();
  auto& a = session("a");
  GeneratedSource warm(16 << 20);
  ASSERT_TRUE(deliver_original(a, warm).ok());
  const uint64_t before = peak_memory();
  ASSERT_GT(before, 0U);
  GeneratedSource source(256 << 20);
  ASSERT_TRUE(deliver_original(a, source).ok());
  EXPECT_LT(peak_memory() - before, 32U << 20);
}

} // namespace
} // namespace circuit::sinks
