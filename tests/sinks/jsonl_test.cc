#include "sinks/jsonl.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <filesystem>
#include <map>
#include <thread>

#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

using testing::batch_of;
using testing::content;
using testing::ids;
using testing::run;
using testing::Running;
using testing::upsert;

// A file sink and the store behind it.
class JsonlTest : public ::testing::Test {
 protected:
  using Session = std::unique_ptr<sync::SinkSession>;

  void SetUp() override { reopen(); }
  ~JsonlTest() override { crash(); }

  void reopen(JsonlOptions options = {}) {
    crash();
    sink_ = make_jsonl_sink("jsonl:" + path_, path_, options);
    const auto recovered = run(loop_, sink_->recover(stored_));
    ASSERT_TRUE(recovered.ok()) << recovered.error().to_string();
  }
  // As a process that dies: nobody says goodbye.
  void crash() { sink_.reset(); }

  Session session(const std::string& feed = "a") {
    auto opened = run(loop_, sink_->open({"feeds/" + feed, 1}));
    EXPECT_TRUE(opened.ok());
    return std::move(*opened);
  }
  Result<sync::DeliverAck> deliver(Session& session, const std::string& id) {
    return run(loop_, session->deliver(batch_of({upsert("a", id)})));
  }
  Result<std::string> prepare(Session& session) { return run(loop_, session->prepare()); }
  void commit(Session& session) {
    auto position = prepare(session);
    ASSERT_TRUE(position.ok()) << position.error().to_string();
    if (!position->empty()) stored_ = *position;
    run(loop_, session->committed());
  }
  // Waits until the sink's thread has done what it was given.
  void settle() { run(loop_, sink_->close()); }

  SystemLoop loop_;
  testing::Folder folder_;
  const std::string path_ = folder_ / "out.jsonl";
  std::string stored_;
  std::unique_ptr<sync::Sink> sink_;
};

TEST_F(JsonlTest, WritesOneChangeALineThatReadsBackAsTheSameChange) {
  auto a = session();
  const auto change = upsert("a", "1", 5, "line one\nline \"two\" <b>");
  ASSERT_TRUE(run(loop_, a->deliver(batch_of({change, upsert("a", "2")}))).ok());
  commit(a);
  const auto all = testing::lines(path_);
  ASSERT_EQ(all.size(), 2U);
  circuit::feeds::v1::Change back;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(all[0], &back).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(change, back));
}

TEST_F(JsonlTest, HoldsEachChangeOnceWhenTheWorkerDiesBeforeTheCommit) {
  {
    auto a = session();
    ASSERT_TRUE(deliver(a, "1").ok());
    commit(a);
    ASSERT_TRUE(deliver(a, "2").ok());
    ASSERT_TRUE(prepare(a).ok());
    const auto copy = folder_ / "as-left";
    std::filesystem::copy_file(path_, copy); // what the disk holds at the moment of death
    a.reset();
    crash();
    std::filesystem::copy_file(copy, path_, std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1", "2"}));
  reopen();
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1"}));
  auto a = session();
  ASSERT_TRUE(deliver(a, "2").ok());
  commit(a);
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1", "2"}));
}

TEST_F(JsonlTest, TakesBackWhatASessionDidNotCommit) {
  auto a = session();
  ASSERT_TRUE(deliver(a, "1").ok());
  commit(a);
  ASSERT_TRUE(deliver(a, "2").ok());
  a.reset();
  settle();
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1"}));
}

TEST_F(JsonlTest, BatchesOfOneSessionTakeEffectInTheOrderOfTheCalls) {
  auto a = session();
  std::vector<std::unique_ptr<Running<Result<sync::DeliverAck>>>> calls;
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back(std::to_string(i));
    calls.push_back(std::make_unique<Running<Result<sync::DeliverAck>>>(
        loop_, a->deliver(batch_of({upsert("a", expected.back())}))));
  }
  for (auto& call : calls) ASSERT_TRUE(call->get().ok());
  commit(a);
  EXPECT_EQ(ids(path_), expected);
}

TEST_F(JsonlTest, DeliveriesNeverWaitForAnotherSession) {
  auto a = session("a");
  auto b = session("b");
  ASSERT_TRUE(deliver(a, "a1").ok());
  ASSERT_TRUE(deliver(b, "b1").ok());
  ASSERT_TRUE(prepare(a).ok());
  ASSERT_TRUE(deliver(b, "b2").ok());
  ASSERT_TRUE(deliver(a, "a2").ok()); // of its next window
  run(loop_, a->committed());
  commit(b);
  commit(a);
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"a1", "b1", "b2", "a2"}));
}

TEST_F(JsonlTest, AWindowThatIsNotPreparedIsNotInTheFile) {
  auto a = session("a");
  ASSERT_TRUE(deliver(a, "a1").ok());
  EXPECT_EQ(content(path_), "");
}

TEST_F(JsonlTest, AWindowOfAnySizeArrivesWholeAndInOrder) {
  auto a = session("a");
  std::vector<std::string> expected;
  for (int batch = 0; batch < 60; ++batch) {
    std::vector<circuit::feeds::v1::Change> changes;
    for (int i = 0; i < 20; ++i) {
      expected.push_back(std::to_string(batch) + "-" + std::to_string(i));
      changes.push_back(upsert("a", expected.back(), i, std::string(static_cast<size_t>(batch) * 50, 'x')));
    }
    ASSERT_TRUE(run(loop_, a->deliver(batch_of(std::move(changes)))).ok());
  }
  commit(a);
  EXPECT_GT(std::filesystem::file_size(path_), 1'500'000U);
  EXPECT_EQ(ids(path_), expected);
}

TEST_F(JsonlTest, APreparedSessionHasTheFileToItselfUntilItHasCommitted) {
  auto a = session("a");
  auto b = session("b");
  ASSERT_TRUE(deliver(a, "a1").ok());
  ASSERT_TRUE(deliver(b, "b1").ok());
  const auto position = prepare(a);
  ASSERT_TRUE(position.ok());
  Running<Result<std::string>> waiting(loop_, b->prepare());
  EXPECT_FALSE(waiting.done_within(std::chrono::milliseconds(30)));
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"a1"}));
  run(loop_, a->committed());
  ASSERT_TRUE(waiting.get().ok());
  run(loop_, b->committed());
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"a1", "b1"}));
}

TEST_F(JsonlTest, SessionsGetTheirTurnInTheOrderOfTheirPrepare) {
  std::vector<Session> sessions;
  std::vector<std::unique_ptr<Running<Result<std::string>>>> calls;
  for (size_t i = 0; i < 5; ++i) {
    sessions.push_back(session());
    ASSERT_TRUE(deliver(sessions[i], std::to_string(i)).ok());
  }
  for (const size_t i : {2U, 0U, 4U, 1U, 3U}) {
    calls.push_back(std::make_unique<Running<Result<std::string>>>(loop_, sessions[i]->prepare()));
    EXPECT_EQ(calls.back()->done_within(std::chrono::milliseconds(30)), i == 2);
  }
  size_t next = 0;
  for (const size_t i : {2U, 0U, 4U, 1U, 3U}) {
    ASSERT_TRUE(calls[next++]->get().ok());
    run(loop_, sessions[i]->committed());
  }
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"2", "0", "4", "1", "3"}));
}

TEST_F(JsonlTest, ACancelledWaitLeavesTheLine) {
  auto a = session("a");
  auto b = session("b");
  auto c = session("c");
  for (auto* each : {&a, &b, &c}) ASSERT_TRUE(deliver(*each, "x").ok());
  ASSERT_TRUE(prepare(a).ok());
  Running<Result<std::string>> second(loop_, b->prepare());
  Running<Result<std::string>> third(loop_, c->prepare());
  EXPECT_FALSE(second.done_within(std::chrono::milliseconds(10)));
  second.cancel();
  EXPECT_THROW(second.get(), boost::system::system_error);
  const auto refused = prepare(b);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "DELIVERY_INTERRUPTED");
  b.reset();
  run(loop_, a->committed());
  ASSERT_TRUE(third.get().ok());
  run(loop_, c->committed());
  EXPECT_EQ(ids(path_).size(), 2U);
}

TEST_F(JsonlTest, ACancelledDeliveryCannotBeCommitted) {
  auto a = session("a");
  std::vector<circuit::feeds::v1::Change> changes(5000, upsert("a", "1", 1, std::string(5000, 'x')));
  Running<Result<sync::DeliverAck>> delivery(loop_, a->deliver(batch_of(std::move(changes))));
  loop_.run_while([turns = 0]() mutable { return turns++ < 1; }); // it has begun, and takes a while
  delivery.cancel();
  EXPECT_THROW(delivery.get(), boost::system::system_error);
  const auto position = prepare(a);
  ASSERT_FALSE(position.ok());
  EXPECT_EQ(position.error().reason, "DELIVERY_INTERRUPTED");
}

TEST_F(JsonlTest, APreparedSessionThatGoesAwayPassesTheTurnOnAfterItsLinesAreGone) {
  auto a = session("a");
  auto b = session("b");
  ASSERT_TRUE(deliver(a, "a1").ok());
  ASSERT_TRUE(deliver(b, "b1").ok());
  ASSERT_TRUE(prepare(a).ok());
  Running<Result<std::string>> waiting(loop_, b->prepare());
  EXPECT_FALSE(waiting.done_within(std::chrono::milliseconds(10)));
  a.reset();
  ASSERT_TRUE(waiting.get().ok());
  run(loop_, b->committed());
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"b1"}));
}

TEST_F(JsonlTest, ASessionWithoutChangesStoresNoPosition) {
  auto a = session("a");
  auto b = session("b");
  ASSERT_TRUE(deliver(a, "a1").ok());
  ASSERT_TRUE(prepare(a).ok());
  const auto position = prepare(b); // while another session's window is open
  ASSERT_TRUE(position.ok());
  EXPECT_EQ(*position, "");
  run(loop_, b->committed());
  run(loop_, a->committed());
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"a1"}));
}

// Feeds that come, write a few windows, sometimes give up; and a worker that dies now and then.
TEST_F(JsonlTest, ManyFeedsInterleaveAndTheFileAlwaysHoldsWhatWasCommittedAndNothingElse) {
  SeededRandom random(99);
  std::vector<std::string> committed;
  int next_id = 0;
  for (int round = 0; round < 12; ++round) {
    reopen(JsonlOptions{.rotate_bytes = random.chance(0.5) ? 2000U : 0U});
    std::vector<Session> sessions;
    for (int i = 0; i < 6; ++i) sessions.push_back(session("f" + std::to_string(i)));
    for (int step = 0; step < 20; ++step) {
      auto& active = sessions[random.below(sessions.size())];
      if (!active) continue;
      std::vector<std::string> window;
      for (uint64_t batches = 1 + random.below(3); batches > 0; --batches) {
        window.push_back(std::to_string(next_id++));
        ASSERT_TRUE(deliver(active, window.back()).ok());
      }
      if (random.chance(0.25)) {
        if (random.chance(0.5)) {
          ASSERT_TRUE(prepare(active).ok());
        }
        active.reset();
        continue;
      }
      commit(active);
      committed.insert(committed.end(), window.begin(), window.end());
    }
  }
  crash();
  std::map<uint64_t, std::string> generations;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "")) {
    const std::string suffix = entry.path().extension().string().substr(1);
    if (suffix != "jsonl") generations[std::stoull(suffix)] = entry.path().string();
  }
  std::vector<std::string> found;
  for (const auto& [generation, path] : generations) {
    for (auto& id : ids(path)) found.push_back(id);
  }
  for (auto& id : ids(path_)) found.push_back(id);
  EXPECT_EQ(found, committed);
  EXPECT_GT(generations.size(), 1U);
}

TEST_F(JsonlTest, SessionsOfSeveralLoopsShareTheFile) {
  constexpr int kLoops = 4;
  constexpr int kWindows = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kLoops; ++t) {
    threads.emplace_back([this, t] {
      SystemLoop loop;
      auto opened = run(loop, sink_->open({"feeds/x", 1}));
      auto& mine = *opened;
      for (int w = 0; w < kWindows; ++w) {
        const std::string id = std::to_string(t) + "-" + std::to_string(w);
        ASSERT_TRUE(
            run(loop, mine->deliver(batch_of({upsert("x", id + "-first"), upsert("x", id + "-second")})))
                .ok());
        ASSERT_TRUE(run(loop, mine->prepare()).ok());
        run(loop, mine->committed());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto found = ids(path_);
  ASSERT_EQ(found.size(), static_cast<size_t>(kLoops * kWindows * 2));
  std::map<std::string, int> windows_of;
  for (size_t i = 0; i < found.size(); i += 2) {
    const std::string loop = found[i].substr(0, 1);
    const std::string window = loop + "-" + std::to_string(windows_of[loop]++);
    EXPECT_EQ(found[i], window + "-first");
    EXPECT_EQ(found[i + 1], window + "-second");
  }
}

TEST_F(JsonlTest, RejectsAChangeThatJsonCannotExpressAndTakesTheOthers) {
  auto absurd = upsert("a", "absurd");
  absurd.mutable_document()->mutable_created_at()->set_seconds(int64_t{1} << 60);
  auto a = session();
  const auto delivered = run(loop_, a->deliver(batch_of({upsert("a", "1"), absurd, upsert("a", "2")})));
  ASSERT_TRUE(delivered.ok());
  ASSERT_EQ(delivered->rejections.size(), 1U);
  EXPECT_EQ(delivered->rejections[0].index, 1U);
  EXPECT_EQ(delivered->rejections[0].error.cls, ErrorClass::kInvalid);
  commit(a);
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1", "2"}));
}

TEST_F(JsonlTest, AWindowThatCannotBeWrittenFailsItsSessionAndLeavesTheFileToOthers) {
  auto a = session("a");
  ASSERT_TRUE(deliver(a, "1").ok());
  commit(a);
  ASSERT_TRUE(deliver(a, "2").ok());
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) + 1); // somebody meddles
  EXPECT_EQ(prepare(a).error().reason, "SINK_FILE_CHANGED");
  EXPECT_EQ(deliver(a, "3").error().reason, "SINK_FILE_CHANGED");
  EXPECT_EQ(prepare(a).error().reason, "SINK_FILE_CHANGED");
  a.reset();
  auto b = session("b");
  ASSERT_TRUE(deliver(b, "4").ok());
  commit(b);
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1", "4"}));
}

// A limit on the size of files stands for a full disk.
TEST_F(JsonlTest, LosesNothingWhenThereIsNoRoomForTheWindow) {
  auto a = session("a");
  ASSERT_TRUE(deliver(a, "1").ok());
  commit(a);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_TRUE(run(loop_, a->deliver(batch_of({upsert("a", "2", 2, std::string(10'000, 'x'))}))).ok());
  const auto position = prepare(a);
  auto b = session("b");
  const auto spilled = run(loop_, b->deliver(batch_of({upsert("b", "b1", 1, std::string(300'000, 'x'))})));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  EXPECT_EQ(position.error().cls, ErrorClass::kExhausted);
  EXPECT_EQ(spilled.error().cls, ErrorClass::kExhausted);
  a.reset();
  b.reset();
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1"}));
  auto again = session("a");
  ASSERT_TRUE(deliver(again, "2").ok());
  commit(again);
  EXPECT_EQ(ids(path_), (std::vector<std::string>{"1", "2"}));
}

TEST_F(JsonlTest, SaysThatItIsShutDownAfterClose) {
  auto a = session();
  run(loop_, sink_->close());
  EXPECT_EQ(deliver(a, "1").error().reason, "SINK_SHUT_DOWN");
}

TEST_F(JsonlTest, LetsGoOfTheFileWhenClosed) {
  run(loop_, sink_->close());
  auto second = make_jsonl_sink("jsonl:" + path_, path_, {});
  EXPECT_TRUE(run(loop_, second->recover(stored_)).ok());
}

} // namespace
} // namespace circuit::sinks
