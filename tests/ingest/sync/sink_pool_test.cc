#include "ingest/sync/sink_pool.h"

#include <gtest/gtest.h>

#include "ingest/runtime/random.h"
#include "ingest/runtime/virtual_loop.h"
#include "ingest/state/memory_store.h"
#include "tests/ingest/sync/run_on.h"

namespace circuit::sync::testing {
namespace {

class NamedSink final : public Sink {
 public:
  explicit NamedSink(std::string uri) : uri_(std::move(uri)) {}
  const std::string& uri() const override { return uri_; }
  Task<Result<void>> recover(std::string) override { co_return Result<void>(); }
  Task<Result<std::unique_ptr<SinkSession>>> open(SessionRequest) override {
    co_return make_error(ErrorClass::kTransient, "SINK_UNREACHABLE", "It is not there", "Try again.");
  }
  Task<void> close() override { co_return; }

 private:
  std::string uri_;
};

struct Pool {
  VirtualLoop loop;
  SeededRandom random{1};
  state::MemoryDisk disk;
  state::MemoryStore store{disk, loop, random};
  std::vector<std::string> made;
  SinkPool sinks{store,
                 [this](const std::string& uri) -> Result<std::unique_ptr<Sink>> {
                   if (uri == "bad")
                     return make_error(ErrorClass::kInvalid, "SINK_UNKNOWN", "No", "Use good.");
                   made.push_back(uri);
                   return std::unique_ptr<Sink>(std::make_unique<NamedSink>(uri));
                 },
                 ""};
  void open(const std::string& uri) {
    const auto session = run_on(loop, sinks.open(uri, SessionRequest{"feeds/one", 1}));
    EXPECT_EQ(session.error().reason, "SINK_UNREACHABLE");
  }
};

using Made = std::vector<std::string>;

TEST(SinkPool, MakesASinkOnceForAllFeedsThatNameIt) {
  Pool pool;
  for (int feed = 0; feed < 3; ++feed) EXPECT_TRUE(pool.sinks.check("good").ok());
  pool.open("good");
  for (int feed = 0; feed < 3; ++feed) EXPECT_TRUE(pool.sinks.check("good").ok());
  EXPECT_EQ(pool.made, Made({"good"}));
}

TEST(SinkPool, OpensTheSinkThatWasAskedForAndNotTheOneThatWasChecked) {
  Pool pool;
  EXPECT_TRUE(pool.sinks.check("good").ok());
  pool.open("other");
  EXPECT_EQ(pool.made, Made({"good", "other"}));
}

TEST(SinkPool, RefusesAnAddressAsOftenAsItIsAsked) {
  Pool pool;
  for (int feed = 0; feed < 2; ++feed) EXPECT_EQ(pool.sinks.check("bad").error().reason, "SINK_UNKNOWN");
}

} // namespace
} // namespace circuit::sync::testing
