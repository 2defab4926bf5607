#include "sinks/receiver.h"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include "circuit/feeds/v1/sink.grpc.pb.h"
#include "sinks/receiver_log.h"
#include "sinks/recent_changes.h"
#include "tests/sinks/content_fixture.h"
#include "tests/sinks/receiver_fixture.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;
using testing::content;
using testing::ids;
using testing::put;
using testing::upsert;
using Verdict = RecentChanges::Verdict;

v1::Change removal(const std::string& feed, const std::string& id, int64_t sequence) {
  auto change = upsert(feed, id, sequence);
  change.set_kind(v1::Change::REMOVE);
  change.clear_document();
  return change;
}

class RecentChangesTest : public ::testing::Test {
 protected:
  Verdict take(const v1::Change& change) {
    const Verdict verdict = recent_.judge(change);
    if (verdict == Verdict::kNew) recent_.remember(change);
    return verdict;
  }
  RecentChanges recent_{3};
};

TEST_F(RecentChangesTest, AVersionThatIsThereAlreadyIsADuplicateWhateverItsSequence) {
  EXPECT_EQ(take(upsert("a", "1", 1)), Verdict::kNew);
  EXPECT_EQ(take(upsert("a", "1", 1)), Verdict::kDuplicate);
  auto renumbered = upsert("a", "1", 1);
  renumbered.set_sequence(9);
  EXPECT_EQ(take(renumbered), Verdict::kDuplicate);
}

TEST_F(RecentChangesTest, AnotherChangeWithTheSequenceOfAnEarlierOneIsNew) {
  EXPECT_EQ(take(upsert("a", "1", 5)), Verdict::kNew);
  EXPECT_EQ(take(upsert("a", "2", 5)), Verdict::kNew); // after a crash, of a source that had changed
}

TEST_F(RecentChangesTest, AVersionThatComesBackAfterAnotherIsNew) {
  auto back = upsert("a", "1", 1);
  EXPECT_EQ(take(back), Verdict::kNew);
  EXPECT_EQ(take(upsert("a", "1", 2)), Verdict::kNew);
  back.set_sequence(3);
  EXPECT_EQ(take(back), Verdict::kNew);
  EXPECT_EQ(take(removal("a", "1", 4)), Verdict::kNew);
  EXPECT_EQ(take(removal("a", "1", 4)), Verdict::kDuplicate);
  back.set_sequence(5);
  EXPECT_EQ(take(back), Verdict::kNew);
}

TEST_F(RecentChangesTest, WhatIsLeftOfABrokenStreamUndoesNothingThatCameWithTheNext) {
  EXPECT_EQ(take(upsert("a", "1", 2)), Verdict::kNew);
  EXPECT_EQ(take(upsert("a", "1", 1)), Verdict::kStale);
  EXPECT_EQ(take(removal("a", "1", 4)), Verdict::kNew);
  EXPECT_EQ(take(upsert("a", "1", 3)), Verdict::kStale);
}

TEST_F(RecentChangesTest, TheSameVersionWithOtherContentIsNew) {
  EXPECT_EQ(take(upsert("a", "1", 1)), Verdict::kNew);
  auto changed = upsert("a", "1", 1);
  changed.mutable_document()->set_content_hash("another");
  EXPECT_EQ(take(changed), Verdict::kNew);
}

TEST_F(RecentChangesTest, WithoutVersionAndHashNothingIsADuplicate) {
  auto bare = upsert("a", "1", 1);
  bare.mutable_document()->clear_version();
  EXPECT_EQ(take(bare), Verdict::kNew);
  EXPECT_EQ(take(bare), Verdict::kNew);
}

TEST_F(RecentChangesTest, AnOlderEpochIsStaleAndANewerOneBeginsAnew) {
  auto first = upsert("a", "1", 1);
  auto second = first;
  second.set_epoch(2);
  EXPECT_EQ(take(first), Verdict::kNew);
  EXPECT_EQ(take(second), Verdict::kNew);
  EXPECT_EQ(take(first), Verdict::kStale);
  EXPECT_EQ(take(upsert("b", "1", 1)), Verdict::kNew); // another feed's epochs are its own
}

TEST_F(RecentChangesTest, ForgetsTheDocumentThatChangedLongestAgo) {
  for (const char* id : {"1", "2", "3"}) take(upsert("a", id, 1));
  take(upsert("a", "1", 2));
  take(upsert("a", "4", 1));
  EXPECT_EQ(recent_.size(), 3U);
  EXPECT_EQ(take(upsert("a", "1", 2)), Verdict::kDuplicate);
  EXPECT_EQ(take(upsert("a", "2", 1)), Verdict::kNew);
}

class ReceiverLogTest : public ::testing::Test {
 protected:
  void open(uint64_t tail_bytes = 1 << 20) {
    log_.reset();
    auto opened = ReceiverLog::open(path_, 1000, tail_bytes);
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    log_ = std::move(*opened);
  }
  Verdict take(const v1::Change& change) {
    const auto verdict = log_->take(change);
    EXPECT_TRUE(verdict.ok());
    return *verdict;
  }
  testing::Folder folder_;
  const std::string path_ = folder_ / "received.jsonl";
  std::unique_ptr<ReceiverLog> log_;
};

TEST_F(ReceiverLogTest, KnowsWhatItTookBeforeItWasKilled) {
  open();
  take(upsert("a", "1", 1));
  take(upsert("a", "2", 2));
  ASSERT_TRUE(log_->sync().ok());
  open();
  EXPECT_EQ(take(upsert("a", "2", 2)), Verdict::kDuplicate);
  EXPECT_EQ(take(upsert("a", "3", 3)), Verdict::kNew);
  ASSERT_TRUE(log_->sync().ok());
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(ReceiverLogTest, RemovesALineThatACrashCutShort) {
  open();
  take(upsert("a", "1", 1));
  ASSERT_TRUE(log_->sync().ok());
  log_.reset();
  const std::string whole = content(path_);
  put(path_, whole + whole.substr(0, 20));
  open();
  EXPECT_EQ(content(path_), whole);
}

TEST_F(ReceiverLogTest, ReadsNoMoreThanTheTail) {
  open();
  for (int i = 0; i < 100; ++i) take(upsert("a", std::to_string(i), i));
  ASSERT_TRUE(log_->sync().ok());
  open(500);
  EXPECT_EQ(take(upsert("a", "99", 99)), Verdict::kDuplicate);
  EXPECT_EQ(take(upsert("a", "0", 0)), Verdict::kNew);
}

TEST_F(ReceiverLogTest, RefusesAFileOfSomethingElse) {
  put(path_, "not json\n");
  const auto opened = ReceiverLog::open(path_, 10, 1000);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "RECEIVER_FILE_UNREADABLE");
  EXPECT_EQ(content(path_), "not json\n");
}

TEST_F(ReceiverLogTest, LetsOneReceiverInAtATime) {
  open();
  const auto second = ReceiverLog::open(path_, 10, 1000);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "SINK_FILE_BUSY");
}

using ReceiverServiceTest = testing::ReceiverTest;

TEST_F(ReceiverServiceTest, RecognizesWhatAWorkerSendsAgainAfterBothWereStartedAgain) {
  start();
  ASSERT_TRUE(deliver(session("a"), {upsert("a", "1", 1), upsert("a", "2", 2)}).ok());
  sessions_.clear();
  sink_.reset();
  receiver_.reset();
  start();
  ASSERT_TRUE(deliver(session("a"), {upsert("a", "2", 2), upsert("a", "3", 3)}).ok());
  EXPECT_EQ(received(), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(receiver_->stats().duplicates, 1);
}

TEST_F(ReceiverServiceTest, EndsTheStreamOfAWorkerThatExceedsItsCredit) {
  receiver_options_.credit_bytes = 1000;
  receiver_options_.faults.stall = true;
  start_receiver();
  auto stub = v1::DocumentSink::NewStub(grpc::CreateChannel(address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  auto stream = stub->Deliver(&context);
  v1::DeliverResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.grant().credit_bytes(), 1000);
  v1::DeliverRequest request;
  request.mutable_batch()->set_feed("feeds/a");
  *request.mutable_batch()->add_changes() = upsert("a", "1", 1, std::string(900, 'x'));
  stream->Write(request);
  stream->Write(request);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(receiver_->stats().credit_violations, 1);
}

TEST_F(ReceiverServiceTest, AcknowledgesEverythingBeforeItEndsAStreamThatTheWorkerHasFinished) {
  start_receiver();
  auto stub = v1::DocumentSink::NewStub(grpc::CreateChannel(address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  auto stream = stub->Deliver(&context);
  v1::DeliverRequest request;
  for (int64_t id = 1; id <= 20; ++id) {
    request.mutable_batch()->set_batch_id(id);
    request.mutable_batch()->clear_changes();
    *request.mutable_batch()->add_changes() = upsert("a", std::to_string(id), id);
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  int64_t acknowledged = 0;
  v1::DeliverResponse response;
  while (stream->Read(&response)) acknowledged += response.has_ack() ? 1 : 0;
  EXPECT_EQ(acknowledged, 20);
  EXPECT_TRUE(stream->Finish().ok());
}

// A worker that speaks the contract by hand.
class ReceiverContentTest : public testing::ReceiverTest {
 protected:
  void begin() {
    start_receiver();
    stub_ = v1::DocumentSink::NewStub(grpc::CreateChannel(address(), grpc::InsecureChannelCredentials()));
    stream_ = stub_->Deliver(&context_);
    v1::DeliverResponse response;
    ASSERT_TRUE(stream_->Read(&response));
    EXPECT_TRUE(response.grant().accepts_content());
  }
  void send(int64_t id, int64_t offset, const std::string& data, const std::string& whole = "") {
    v1::DeliverRequest request;
    auto& piece = *request.mutable_content();
    piece.set_content_id(id);
    piece.set_feed("feeds/a");
    piece.set_offset(offset);
    piece.set_data(data);
    if (!whole.empty()) {
      piece.mutable_finished()->set_sha256(to_hex(sha256(whole)));
      piece.mutable_finished()->set_size_bytes(static_cast<int64_t>(whole.size()));
    }
    stream_->Write(request);
  }
  v1::DeliverResponse read() {
    v1::DeliverResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  std::unique_ptr<v1::DocumentSink::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::DeliverRequest, v1::DeliverResponse>> stream_;
};

TEST_F(ReceiverContentTest, ReportsWhatItConsumedAndAcknowledgesWhatIsDurable) {
  begin();
  send(7, 0, "first, ");
  const auto progress = read();
  EXPECT_EQ(progress.content_progress().content_id(), 7);
  EXPECT_EQ(progress.content_progress().offset(), 7);
  send(7, 7, "second", "first, second");
  const auto ack = read();
  EXPECT_EQ(ack.content_ack().content_id(), 7);
  EXPECT_FALSE(ack.content_ack().has_error()) << ack.content_ack().error().message();
  EXPECT_EQ(testing::stored_size(receiver_options_.file, to_hex(sha256("first, second"))), 13);
}

TEST_F(ReceiverContentTest, RefusesWhatDidNotArriveAsItWasSent) {
  begin();
  int64_t id = 0;
  send(++id, 0, "tampered", "original");
  auto ack = read().content_ack();
  EXPECT_EQ(ack.error().reason(), "CONTENT_MISMATCH");
  EXPECT_EQ(ack.error().error_class(), "CORRUPT");
  send(++id, 0, "shorter", "shorter than it was");
  ack = read().content_ack();
  EXPECT_EQ(ack.error().reason(), "CONTENT_MISMATCH");
  send(++id, 0, "a");
  read();
  send(id, 2, "gap", "a-gap");
  ack = read().content_ack();
  EXPECT_EQ(ack.content_id(), id);
  EXPECT_EQ(ack.error().reason(), "CONTENT_MISMATCH");
  EXPECT_EQ(testing::stored_files(receiver_options_.file), 0U);
}

TEST_F(ReceiverContentTest, AnswersWhatIsFinishedBeforeItEndsAStreamThatTheWorkerHasFinished) {
  begin();
  for (int64_t id = 1; id <= 20; ++id) send(id, 0, std::to_string(id), std::to_string(id));
  stream_->WritesDone();
  int acknowledged = 0;
  v1::DeliverResponse response;
  while (stream_->Read(&response)) acknowledged += response.has_content_ack() ? 1 : 0;
  EXPECT_EQ(acknowledged, 20);
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(ReceiverServiceTest, SaysThatItsPortIsTaken) {
  start_receiver();
  auto options = receiver_options_;
  options.file = folder_ / "other.jsonl";
  const auto second = Receiver::start(options);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "ADDRESS_IN_USE");
}

TEST_F(ReceiverServiceTest, RefusesToListenWithoutTlsBeyondLoopback) {
  receiver_options_.listen = "0.0.0.0:0";
  const auto started = Receiver::start(receiver_options_);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "SINK_PLAINTEXT_REFUSED");
}

} // namespace
} // namespace circuit::sinks
