// Originals beside a JSONL file.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>

#include "sinks/content_store.h"
#include "sinks/jsonl.h"
#include "tests/sinks/content_fixture.h"
#include "tests/sinks/sink_fixture.h"

namespace circuit::sinks {
namespace {

using testing::GeneratedSource;
using testing::run;
using testing::Running;
using testing::stored_files;
using testing::stored_size;

class JsonlContentTest : public ::testing::Test {
 protected:
  using Delivered = Result<circuit::feeds::v1::RawContent>;

  JsonlContentTest() { open(); }

  void open() {
    session_.reset();
    sink_ = make_jsonl_sink("jsonl:" + path_, path_, {});
    const auto recovered = run(loop_, sink_->recover(""));
    ASSERT_TRUE(recovered.ok()) << recovered.error().to_string();
    session_ = new_session();
  }
  std::unique_ptr<sync::SinkSession> new_session() {
    auto opened = run(loop_, sink_->open({"feeds/a", 1}));
    return std::move(*opened);
  }
  Delivered deliver(sync::ContentSource& source) { return run(loop_, session_->deliver_content(source)); }

  SystemLoop loop_;
  testing::Folder folder_;
  const std::string path_ = folder_ / "out.jsonl";
  std::unique_ptr<sync::Sink> sink_;
  std::unique_ptr<sync::SinkSession> session_;
};

TEST_F(JsonlContentTest, StandsUnderItsHashWhateverItsSize) {
  for (const uint64_t size : {0, 1, 65535, 65536, 65537, 1'000'000}) {
    GeneratedSource source(size);
    const auto delivered = deliver(source);
    ASSERT_TRUE(delivered.ok()) << delivered.error().to_string();
    EXPECT_EQ(delivered->size_bytes(), static_cast<int64_t>(size));
    EXPECT_EQ(delivered->sha256(), source.hash());
    EXPECT_EQ(stored_size(path_, delivered->sha256()), static_cast<int64_t>(size));
  }
  EXPECT_EQ(stored_files(path_), 6U);
}

TEST_F(JsonlContentTest, HoldsTheBytesThatCame) {
  GeneratedSource source(100'000, 'x');
  const auto delivered = deliver(source);
  const std::string bytes = testing::content(ContentStore(path_).path_of(delivered->sha256()));
  EXPECT_EQ(to_hex(sha256(bytes)), source.hash());
}

TEST_F(JsonlContentTest, IsThereOnceHoweverOftenItComes) {
  for (int i = 0; i < 3; ++i) {
    GeneratedSource source(100'000);
    ASSERT_TRUE(deliver(source).ok());
  }
  EXPECT_EQ(stored_files(path_), 1U);
}

TEST_F(JsonlContentTest, ThatWasCutBySomebodyIsWrittenAgain) {
  GeneratedSource first(100'000);
  const auto delivered = deliver(first);
  std::filesystem::resize_file(ContentStore(path_).path_of(delivered->sha256()), 10);
  GeneratedSource again(100'000);
  ASSERT_TRUE(deliver(again).ok());
  EXPECT_EQ(stored_size(path_, delivered->sha256()), 100'000);
}

TEST_F(JsonlContentTest, WhoseSourceFailsLeavesNothing) {
  GeneratedSource source(1'000'000);
  source.end_with(make_error(ErrorClass::kTransient, "BODY_TRUNCATED", "It broke off", "Wait."));
  const auto delivered = deliver(source);
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "BODY_TRUNCATED");
  run(loop_, sink_->close());
  sink_.reset();
  session_.reset();
  EXPECT_EQ(stored_files(path_), 0U);
}

Task<void> sleep_long(SystemLoop& loop) { co_await loop.clock().sleep_for(std::chrono::hours(1)); }

TEST_F(JsonlContentTest, ThatIsCancelledLeavesNothing) {
  GeneratedSource source(1'000'000);
  source.before_piece = [this](uint64_t given) {
    return given < 500'000 ? loop_.clock().sleep_for(Duration(0)) : sleep_long(loop_);
  };
  {
    Running<Delivered> delivery(loop_, session_->deliver_content(source));
    loop_.run_while([&source] { return source.given() < 500'000; }); // then it stalls
    EXPECT_EQ(stored_files(path_), 1U);
    delivery.cancel();
    loop_.run_while([&delivery] { return !delivery.done(); });
  }
  session_.reset();
  sink_.reset();
  EXPECT_EQ(stored_files(path_), 0U);
}

TEST_F(JsonlContentTest, LeftoversOfACrashAreRemovedAndWholeOnesStay) {
  GeneratedSource source(10);
  const auto delivered = deliver(source);
  testing::put(path_ + ".content/7.partial", "half of it");
  session_.reset();
  sink_.reset();
  open();
  EXPECT_EQ(stored_files(path_), 1U);
  EXPECT_EQ(stored_size(path_, delivered->sha256()), 10);
}

TEST_F(JsonlContentTest, MayBeReadByWhoMayReadTheFile) {
  const std::pair<mode_t, mode_t> modes[] = {{0600, 0700}, {0640, 0750}, {0644, 0755}};
  char seed = 'a';
  for (const auto& [file, directory] : modes) {
    std::filesystem::remove_all(path_ + ".content");
    session_.reset();
    sink_.reset();
    open();
    ::chmod(path_.c_str(), file);
    GeneratedSource source(10, seed++);
    const auto delivered = deliver(source);
    const std::string stored = ContentStore(path_).path_of(delivered->sha256());
    struct stat status {};
    ASSERT_EQ(::stat(stored.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, file);
    for (const std::string& above : {path_ + ".content", stored.substr(0, stored.rfind('/'))}) {
      ASSERT_EQ(::stat(above.c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777, directory) << above;
    }
  }
}

TEST_F(JsonlContentTest, IsTakenSideBySideForSeveralFeeds) {
  auto other = new_session();
  GeneratedSource a(3'000'000, 'a');
  GeneratedSource b(3'000'000, 'b');
  Running<Delivered> first(loop_, session_->deliver_content(a));
  Running<Delivered> second(loop_, other->deliver_content(b));
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(stored_files(path_), 2U);
}

TEST_F(JsonlContentTest, DoesNotFitIntoAStream) {
  sink_ = make_jsonl_sink("jsonl:/dev/null", "/dev/null", {});
  ASSERT_TRUE(run(loop_, sink_->recover("")).ok());
  session_ = new_session();
  GeneratedSource source(10);
  const auto delivered = deliver(source);
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "CONTENT_UNSUPPORTED");
  EXPECT_EQ(source.given(), 0U) << "nothing is read for nothing";
}

TEST_F(JsonlContentTest, SaysThatThereIsNoRoomAndKeepsNothing) {
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit small { 100'000, before.rlim_max };
  ::setrlimit(RLIMIT_FSIZE, &small);
  GeneratedSource source(1'000'000);
  const auto delivered = deliver(source);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(delivered.ok());
  EXPECT_EQ(delivered.error().reason, "SINK_FILE_TOO_LARGE");
  session_.reset();
  sink_.reset();
  EXPECT_EQ(stored_files(path_), 0U);
}

} // namespace
} // namespace circuit::sinks
