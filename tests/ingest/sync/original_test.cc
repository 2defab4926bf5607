// Originals on their way from a provider's response to the sink.

#include <gtest/gtest.h>

#include "ingest/http/string_stream.h"
#include "ingest/runtime/digest.h"
#include "tests/ingest/sync/engine_world.h"

namespace circuit::sync::testing {
namespace {

// A body that ends with an error after `good` bytes, or is as long as it says.
class Body final : public http::BodyStream {
 public:
  Body(Clock& clock, Duration piece_takes, std::string bytes, std::optional<Error> error, bool* gone)
      : clock_(clock),
        piece_takes_(piece_takes),
        bytes_(http::string_stream(std::move(bytes), 64 << 10)),
        error_(std::move(error)),
        gone_(gone) {}
  ~Body() override { *gone_ = true; }
  Task<Result<std::string>> read() override {
    co_await clock_.sleep_for(piece_takes_);
    auto piece = co_await bytes_->read();
    if (piece && piece->empty() && error_) co_return *error_;
    co_return piece;
  }

 private:
  Clock& clock_;
  const Duration piece_takes_;
  std::unique_ptr<http::BodyStream> bytes_;
  const std::optional<Error> error_;
  bool* const gone_;
};

struct Original : ::testing::Test {
  EngineWorld world;
  std::string bytes = std::string(1'000'000, 'o');
  std::optional<Error> body_error;
  bool body_gone = false;
  Duration piece_takes = std::chrono::milliseconds(1);
  std::optional<Result<v1::RawContent>> outcome;
  size_t in_log_when_delivered = 0;

  Original() {
    world.source().instead = [this](Pull& pull) { return pull_one(pull, *this); };
  }
  std::string hash() const { return to_hex(sha256(bytes)); }

  // One document before, one with an original.
  static Task<void> pull_one(Pull& pull, Original& test) {
    v1::Document before;
    before.set_external_id("before");
    co_await pull.upsert(std::move(before));
    auto body = std::make_unique<Body>(test.world.loop().clock(), test.piece_takes, test.bytes,
                                       test.body_error, &test.body_gone);
    auto delivered = co_await pull.deliver_content(std::move(body));
    test.outcome = delivered;
    test.in_log_when_delivered = test.world.receiver().log.size();
    v1::Document document;
    document.set_external_id("one");
    if (delivered) *document.mutable_raw() = *delivered;
    co_await pull.upsert(std::move(document));
    co_await pull.checkpoint({});
  }
  const v1::Document* received() {
    const auto found = world.receiver().documents.find({"feeds/one", "one"});
    return found == world.receiver().documents.end() ? nullptr : &found->second;
  }
};

TEST_F(Original, IsAtTheSinkBeforeTheDocumentThatNamesIt) {
  const v1::Sync sync = world.sync();
  ASSERT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().message();
  EXPECT_EQ(world.receiver().originals.at(hash()), bytes);
  ASSERT_NE(received(), nullptr);
  EXPECT_EQ(received()->raw().sha256(), hash());
  EXPECT_EQ(received()->raw().size_bytes(), 1'000'000);
  EXPECT_GE(sync.counts().bytes_delivered(), 1'000'000);
  EXPECT_TRUE(body_gone);
}

TEST_F(Original, ThatIsLongLetsWhatWasGatheredBeforeItGoFirst) {
  world.sync();
  EXPECT_EQ(in_log_when_delivered, 1u) << "the document before it holds no credit meanwhile";
}

TEST_F(Original, ThatIsShortCostsNoBatchOfItsOwn) {
  bytes = "short";
  world.sync();
  EXPECT_EQ(in_log_when_delivered, 0u);
  EXPECT_EQ(world.receiver().log.size(), 2u);
}

TEST_F(Original, OfNoBytesIsOne) {
  bytes.clear();
  world.sync();
  EXPECT_EQ(world.receiver().originals.count(hash()), 1u);
  EXPECT_EQ(received()->raw().size_bytes(), 0);
}

TEST_F(Original, WhoseBodyBreaksOffIsTheFeedsToJudgeAndKeepsNothing) {
  body_error = make_error(ErrorClass::kTransient, "BODY_TRUNCATED", "It broke off", "Wait.");
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  ASSERT_FALSE(outcome->ok());
  EXPECT_EQ(outcome->error().reason, "BODY_TRUNCATED");
  EXPECT_TRUE(world.receiver().originals.empty());
  EXPECT_FALSE(received()->has_raw());
}

TEST_F(Original, ThatTheSinkHasNoPlaceForIsLeftOut) {
  world.receiver().takes_originals = false;
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  ASSERT_FALSE(outcome->ok());
  EXPECT_EQ(outcome->error().reason, "CONTENT_UNSUPPORTED");
  EXPECT_EQ(outcome->error().cls, ErrorClass::kInvalid);
  ASSERT_NE(received(), nullptr);
}

TEST_F(Original, ErrorsOfOneDocumentReachTheFeedAndThoseOfTheSinkEndTheSync) {
  struct Case {
    ErrorClass cls;
    const char* reason;
    bool ends_the_sync;
  };
  const Case cases[] = {{ErrorClass::kInvalid, "CONTENT_REFUSED", false},
                        {ErrorClass::kTransient, "CONTENT_INTERRUPTED", false},
                        {ErrorClass::kTransient, "SINK_UNREACHABLE", true},
                        {ErrorClass::kExhausted, "DISK_FULL", true}};
  for (const Case& c : cases) {
    outcome.reset();
    world.receiver().original_error = make_error(c.cls, c.reason, "It did not work", "Wait.");
    const v1::Sync sync = world.sync();
    EXPECT_EQ(outcome.has_value(), !c.ends_the_sync) << c.reason;
    EXPECT_EQ(sync.state(), c.ends_the_sync ? v1::Sync::FAILED : v1::Sync::SUCCEEDED) << c.reason;
    EXPECT_EQ(sync.error().reason(), c.ends_the_sync ? c.reason : "") << c.reason;
    EXPECT_TRUE(body_gone);
  }
}

TEST_F(Original, UnderWayIsGivenUpWhenTheSyncIsCancelled) {
  piece_takes = std::chrono::hours(1);
  ASSERT_TRUE(world.start().ok());
  world.run_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(body_gone);
  world.shut_down();
  EXPECT_TRUE(body_gone);
  EXPECT_TRUE(world.receiver().originals.empty());
}

TEST_F(Original, SurvivesACrashAndTheDocumentFollows) {
  ASSERT_TRUE(world.start().ok());
  world.run_for(std::chrono::milliseconds(10));
  world.crash();
  world.run_for(std::chrono::seconds(60));
  EXPECT_EQ(world.receiver().originals.count(hash()), 1u);
  ASSERT_NE(received(), nullptr);
  EXPECT_EQ(received()->raw().sha256(), hash());
}

} // namespace
} // namespace circuit::sync::testing
