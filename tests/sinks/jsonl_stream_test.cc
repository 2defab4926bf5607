#include "sinks/jsonl_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "sinks/jsonl.h"
#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

using testing::batch_of;
using testing::run;
using testing::upsert;

// A pipe with a name, and its reader.
class JsonlStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    reader_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  std::string read_all_until(size_t size) {
    std::string all;
    char piece[4096];
    while (all.size() < size) {
      const auto got = ::read(reader_.get(), piece, sizeof piece);
      if (got > 0) all.append(piece, static_cast<size_t>(got));
    }
    return all;
  }
  Result<sync::DeliverAck> deliver_to(const std::string& path) {
    auto sink = make_jsonl_sink("jsonl:" + path, path, {});
    EXPECT_TRUE(run(loop_, sink->recover("")).ok());
    auto session = run(loop_, sink->open({"feeds/a", 1}));
    auto delivered = run(loop_, (*session)->deliver(batch_of({upsert("a", "1")})));
    if (!delivered) return delivered;
    auto position = run(loop_, (*session)->prepare());
    EXPECT_EQ(*position, "");
    run(loop_, (*session)->committed());
    return delivered;
  }

  SystemLoop loop_;
  testing::Folder folder_;
  const std::string path_ = folder_ / "pipe";
  FileDescriptor reader_;
};

TEST_F(JsonlStreamTest, WritesMoreThanThePipeHoldsWhileTheReaderReads) {
  JsonlStream stream(path_);
  ASSERT_TRUE(stream.recover("").ok());
  const std::string lines = std::string(1 << 20, 'x') + "\n";
  std::thread writer([&] { EXPECT_TRUE(stream.append(lines).ok()); });
  EXPECT_EQ(read_all_until(lines.size()), lines);
  writer.join();
}

TEST_F(JsonlStreamTest, AReaderThatStallsDoesNotKeepTheSinkFromGoing) {
  auto sink = make_jsonl_sink("jsonl:" + path_, path_, {});
  ASSERT_TRUE(run(loop_, sink->recover("")).ok());
  auto session = run(loop_, sink->open({"feeds/a", 1}));
  auto delivery = std::make_unique<testing::Running<Result<sync::DeliverAck>>>(
      loop_, (*session)->deliver(batch_of({upsert("a", "1", 1, std::string(1 << 20, 'x'))})));
  EXPECT_FALSE(delivery->done_within(std::chrono::milliseconds(30)));
  delivery->cancel();
  EXPECT_THROW(delivery->get(), boost::system::system_error);
  *session = nullptr;
  const auto begin = std::chrono::steady_clock::now();
  sink.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
}

TEST_F(JsonlStreamTest, SaysThatTheReaderIsGone) {
  auto sink = make_jsonl_sink("jsonl:" + path_, path_, {});
  ASSERT_TRUE(run(loop_, sink->recover("")).ok());
  reader_ = FileDescriptor();
  auto session = run(loop_, sink->open({"feeds/a", 1}));
  const auto delivered = run(loop_, (*session)->deliver(batch_of({upsert("a", "1")})));
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "SINK_CLOSED");
}

TEST_F(JsonlStreamTest, RefusesAPipeThatNobodyReads) {
  reader_ = FileDescriptor();
  auto sink = make_jsonl_sink("jsonl:" + path_, path_, {});
  const auto recovered = run(loop_, sink->recover(""));
  ASSERT_FALSE(recovered.ok());
  EXPECT_EQ(recovered.error().reason, "SINK_CLOSED");
}

TEST_F(JsonlStreamTest, ReportsAFullDiskAsExhausted) {
  const auto delivered = deliver_to("/dev/full");
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().cls, ErrorClass::kExhausted);
  EXPECT_EQ(delivered.error().reason, "DISK_FULL");
  EXPECT_FALSE(delivered.error().next_step.empty());
}

TEST_F(JsonlStreamTest, WritesToDevices) { EXPECT_TRUE(deliver_to("/dev/null").ok()); }

TEST_F(JsonlStreamTest, WritesToStandardOutput) {
  ::testing::internal::CaptureStdout();
  const auto delivered = deliver_to("-");
  const std::string printed = ::testing::internal::GetCapturedStdout();
  ASSERT_TRUE(delivered.ok());
  EXPECT_NE(printed.find("\"externalId\":\"1\""), std::string::npos);
  EXPECT_EQ(printed.back(), '\n');
}

} // namespace
} // namespace circuit::sinks
