#include "sinks/content_window.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;
using std::chrono::seconds;

class ContentWindowTest : public ::testing::Test {
 protected:
  using Waiting = testing::Running<Result<void>>;
  struct Given {
    ContentOutcome outcome = std::make_shared<Completion<Result<void>>>();
    std::unique_ptr<Waiting> waiting;
  };

  Given give(ContentNumber number, size_t bytes, bool last = false) {
    Given given;
    ContentPiece piece{std::string(bytes, 'x'), {}};
    if (last) piece.finished = v1::RawContent();
    window_.give(number, std::move(piece), given.outcome, now_);
    given.waiting = std::make_unique<Waiting>(loop_, Completion<Result<void>>::wait(given.outcome));
    return given;
  }
  std::optional<ContentWindow::ToSend> take(uint64_t room = 1000) { return window_.take_next(room, now_); }
  void progress(int64_t id, int64_t offset) {
    v1::ContentProgress said;
    said.set_content_id(id);
    said.set_offset(offset);
    window_.progress(said, now_);
  }
  void acknowledge(int64_t id, const std::string& error_class = "", const std::string& reason = "") {
    v1::ContentAck said;
    said.set_content_id(id);
    if (!error_class.empty()) {
      said.mutable_error()->set_error_class(error_class);
      said.mutable_error()->set_reason(reason);
    }
    window_.acknowledge(said, now_);
  }
  static std::string reason(Given& given) {
    auto result = given.waiting->get();
    return result ? "" : result.error().reason;
  }

  SystemLoop loop_;
  SteadyTime now_{seconds(1000)};
  ContentWindow window_{"receiver:1", seconds(60)};
};

TEST_F(ContentWindowTest, SendsPiecesInOrderAndAsksForTheNextWhenOneHasGone) {
  const auto number = window_.begin("feeds/a");
  EXPECT_FALSE(window_.has_next());
  auto first = give(number, 100);
  auto sent = take();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->content_id, 1);
  EXPECT_EQ(sent->offset, 0);
  EXPECT_EQ(reason(first), "");
  auto last = give(number, 50, true);
  sent = take();
  EXPECT_EQ(sent->content_id, 1);
  EXPECT_EQ(sent->offset, 100);
  EXPECT_FALSE(last.waiting->done_within(std::chrono::milliseconds(1))) << "it is not acknowledged";
  acknowledge(1);
  EXPECT_EQ(reason(last), "");
  EXPECT_EQ(window_.outstanding_bytes(), 0U);
  window_.end(number);
  EXPECT_FALSE(window_.take_abort()) << "there is nothing to forget";
  EXPECT_TRUE(window_.empty());
}

TEST_F(ContentWindowTest, ProgressAndAcknowledgementGiveTheCreditBackOnce) {
  const auto number = window_.begin("feeds/a");
  auto first = give(number, 100);
  take();
  EXPECT_EQ(window_.outstanding_bytes(), 100U);
  progress(1, 60);
  EXPECT_EQ(window_.outstanding_bytes(), 40U);
  progress(1, 30);   // nothing goes back
  progress(1, 5000); // nor beyond what was sent
  EXPECT_EQ(window_.outstanding_bytes(), 0U);
  auto last = give(number, 10, true);
  take();
  acknowledge(1);
  acknowledge(1);
  EXPECT_EQ(window_.outstanding_bytes(), 0U);
}

TEST_F(ContentWindowTest, TakesTurnsAndWaitsForRoom) {
  const auto a = window_.begin("feeds/a");
  const auto b = window_.begin("feeds/b");
  auto a1 = give(a, 100);
  auto b1 = give(b, 100);
  EXPECT_FALSE(take(99));
  EXPECT_EQ(take(100)->feed, "feeds/a");
  auto a2 = give(a, 100);
  EXPECT_EQ(take()->feed, "feeds/b");
  EXPECT_EQ(take()->feed, "feeds/a");
}

TEST_F(ContentWindowTest, OneOfASinglePieceIsSentAgainOnTheNextStreamUnderANewId) {
  const auto number = window_.begin("feeds/a");
  auto only = give(number, 100, true);
  EXPECT_EQ(take()->content_id, 1);
  window_.stream_lost();
  EXPECT_EQ(window_.outstanding_bytes(), 0U);
  acknowledge(1); // of the stream before
  const auto again = take();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->content_id, 2);
  EXPECT_EQ(again->piece->data.size(), 100U);
  acknowledge(2);
  EXPECT_EQ(reason(only), "");
}

TEST_F(ContentWindowTest, OneThatHasBegunIsInterruptedWithItsStreamAndOneThatHasNotIsNot) {
  const auto a = window_.begin("feeds/a");
  const auto b = window_.begin("feeds/b");
  const auto c = window_.begin("feeds/c");
  auto a1 = give(a, 100);
  take();
  auto c1 = give(c, 100);
  take();
  auto a2 = give(a, 100, true);
  take();
  auto b1 = give(b, 100);
  window_.stream_lost();
  EXPECT_EQ(reason(a2), "CONTENT_INTERRUPTED");
  auto c2 = give(c, 100); // its source was being read meanwhile
  EXPECT_EQ(reason(c2), "CONTENT_INTERRUPTED");
  EXPECT_EQ(take()->feed, "feeds/b");
  EXPECT_FALSE(window_.take_abort()) << "the receiver has forgotten by itself";
}

TEST_F(ContentWindowTest, WhoEndsItEarlyMakesTheReceiverForgetIt) {
  const auto number = window_.begin("feeds/a");
  auto first = give(number, 100);
  take();
  window_.end(number);
  const auto aborted = window_.take_abort();
  ASSERT_TRUE(aborted);
  EXPECT_EQ(aborted->content_id, 1);
  EXPECT_EQ(aborted->piece, nullptr);
  EXPECT_EQ(window_.outstanding_bytes(), 0U);
  progress(1, 100); // crossed it on the way
  EXPECT_EQ(window_.outstanding_bytes(), 0U);
  const auto unsent = window_.begin("feeds/a");
  auto never = give(unsent, 100);
  window_.end(unsent);
  EXPECT_FALSE(window_.take_abort());
  EXPECT_FALSE(take());
}

TEST_F(ContentWindowTest, ARefusalEndsItAlsoInTheMiddle) {
  struct Case {
    const char *cls, *said, *reason;
  };
  for (const Case& c : {Case{"INVALID", "TOO_BIG", "CONTENT_REFUSED"},
                        Case{"EXHAUSTED", "DISK_FULL", "DISK_FULL"}, Case{"TRANSIENT", "LATER", "LATER"}}) {
    const auto number = window_.begin("feeds/a");
    auto first = give(number, 100);
    const auto sent = take();
    auto second = give(number, 100);
    acknowledge(sent->content_id, c.cls, c.said);
    EXPECT_EQ(reason(second), c.reason);
    EXPECT_FALSE(take());
    EXPECT_FALSE(window_.take_abort());
    EXPECT_EQ(window_.outstanding_bytes(), 0U);
  }
}

TEST_F(ContentWindowTest, AnAcknowledgementBeforeTheEndIsAProtocolError) {
  const auto number = window_.begin("feeds/a");
  auto first = give(number, 100);
  take();
  auto second = give(number, 100);
  acknowledge(1);
  EXPECT_EQ(reason(second), "SINK_PROTOCOL_ERROR");
}

TEST_F(ContentWindowTest, WhatIsNotConsumedInTimeFailsAndTheStreamIsStuck) {
  const auto number = window_.begin("feeds/a");
  EXPECT_FALSE(window_.due());
  auto first = give(number, 100);
  take();
  EXPECT_EQ(window_.due(), now_ + seconds(60));
  now_ += seconds(59);
  progress(1, 50);
  now_ += seconds(59);
  EXPECT_FALSE(window_.expire(now_));
  now_ += seconds(1);
  EXPECT_TRUE(window_.expire(now_));
  auto second = give(number, 100);
  EXPECT_EQ(reason(second), "SINK_TIMEOUT");
}

TEST_F(ContentWindowTest, OneThatWaitsForItsSourceHasAllTimeAndOneThatWaitsForCreditWhileOthersMove) {
  const auto idle = window_.begin("feeds/a");
  auto first = give(idle, 100);
  take();
  progress(1, 100);
  EXPECT_FALSE(window_.due());
  const auto waits = window_.begin("feeds/b");
  auto piece = give(waits, 100);
  now_ += seconds(59);
  window_.note_progress(now_);
  now_ += seconds(59);
  EXPECT_FALSE(window_.expire(now_));
  now_ += seconds(2);
  EXPECT_FALSE(window_.expire(now_)) << "nothing of it was sent";
  EXPECT_EQ(reason(piece), "SINK_TIMEOUT");
}

} // namespace
} // namespace circuit::sinks
