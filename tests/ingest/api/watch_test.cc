// Syncs.Watch, from a RemoteControl through a Server to a Control and back.

#include <grpcpp/create_channel.h>

#include <atomic>
#include <boost/system/system_error.hpp>
#include <vector>

#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/runtime/event.h"
#include "tests/ingest/api/worker_fixture.h"

namespace circuit::api {
namespace {

using std::chrono::milliseconds;

// A sync whose state the test sets; any number of watches follow it. On the loop.
class Followed {
 public:
  void set(int64_t delivered, v1::Sync::State state) {
    sync_.set_name("syncs/1");
    sync_.set_state(state);
    sync_.mutable_counts()->set_delivered(delivered);
    sync_.set_activity(activity);
    ++version_;
    changed_.notify_all();
  }
  Answer<v1::Sync> after(int64_t* seen) {
    while (*seen == version_) co_await changed_.wait();
    *seen = version_;
    ++asked_;
    co_return sync_;
  }
  std::unique_ptr<SyncWatch> watch();

  int asked() const { return asked_; }
  std::atomic<int> open = 0;
  std::string activity;

 private:
  v1::Sync sync_;
  int64_t version_ = 0;
  std::atomic<int> asked_ = 0;
  Event changed_;
};

class FollowedWatch final : public SyncWatch {
 public:
  explicit FollowedWatch(Followed& followed) : followed_(followed) { ++followed_.open; }
  ~FollowedWatch() override { --followed_.open; }
  Answer<v1::Sync> next() override { return followed_.after(&seen_); }

 private:
  Followed& followed_;
  int64_t seen_ = 0;
};

std::unique_ptr<SyncWatch> Followed::watch() { return std::make_unique<FollowedWatch>(*this); }

Task<Result<std::vector<v1::Sync>>> all_states(std::unique_ptr<SyncWatch> watch) {
  std::vector<v1::Sync> states;
  while (true) {
    Answer<v1::Sync> next = watch->next();
    Result<v1::Sync> state = co_await std::move(next);
    if (!state) co_return std::move(state).error();
    states.push_back(*state);
    if (has_ended(*state)) co_return states;
  }
}

class Watch : public WorkerTest {
 protected:
  Watch() {
    control_.on_watch_sync = [this](v1::WatchSyncRequest) { return followed_.watch(); };
  }
  void set(int64_t delivered, v1::Sync::State state = v1::Sync::RUNNING) {
    thread_.loop().post([this, delivered, state] { followed_.set(delivered, state); });
  }
  void expect_open(int count) {
    for (int i = 0; i < 1000 && followed_.open != count; ++i) std::this_thread::sleep_for(milliseconds(10));
    EXPECT_EQ(followed_.open, count);
  }
  // The watch lives as long as the test holds it; used on the loop.
  std::unique_ptr<SyncWatch> watch() { return remote_->watch_sync({}); }

  Followed followed_;
};

TEST_F(Watch, TellsTheStateNowAndEachChangeAndEndsWithTheSync) {
  serve_and_connect();
  set(1);
  const auto watching = watch();
  EXPECT_EQ(thread_.run(watching->next())->counts().delivered(), 1);
  set(2);
  EXPECT_EQ(thread_.run(watching->next())->counts().delivered(), 2);
  set(3, v1::Sync::SUCCEEDED);
  const Result<v1::Sync> last = thread_.run(watching->next());
  ASSERT_TRUE(last);
  EXPECT_EQ(last->counts().delivered(), 3);
  EXPECT_TRUE(has_ended(*last));
  expect_open(0);
}

TEST_F(Watch, WhoeverIsSlowSkipsToTheLatestState) {
  serve_and_connect();
  set(1);
  const auto watching = watch();
  EXPECT_EQ(thread_.run(watching->next())->counts().delivered(), 1);
  const int before = followed_.asked();
  for (int i = 2; i <= 50; ++i) {
    set(i);
    while (followed_.asked() < before + i - 1) std::this_thread::sleep_for(milliseconds(1));
  }
  // The last of them is on its way or here; none of those before it waits in line.
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(thread_.run(watching->next())->counts().delivered(), 50);
}

TEST_F(Watch, AClientThatDoesNotReadIsNotWrittenFor) {
  followed_.activity = std::string(200 << 10, 'x'); // a few of these fill the connection's window
  serve();
  const auto stub =
      v1::Syncs::NewStub(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  set(1);
  const auto reader = stub->Watch(&context, v1::WatchSyncRequest());
  v1::Sync state;
  ASSERT_TRUE(reader->Read(&state));
  constexpr int kStates = 300;
  for (int i = 2; i < kStates; ++i) {
    set(i);
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_LT(followed_.asked(), kStates / 3);
  set(kStates, v1::Sync::SUCCEEDED);
  int64_t last = 0;
  while (reader->Read(&state)) {
    EXPECT_GT(state.counts().delivered(), last);
    last = state.counts().delivered();
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(last, kStates);
}

TEST_F(Watch, CancellingItEndsItAtTheWorker) {
  serve_and_connect();
  set(1);
  const auto watching = watch();
  EXPECT_TRUE(thread_.run(watching->next()));
  auto pending = thread_.start(watching->next());
  expect_open(1);
  pending.cancel();
  EXPECT_THROW(pending.get(), boost::system::system_error);
  EXPECT_EQ(followed_.open, 1) << "the watch itself goes on until it is let go";
}

TEST_F(Watch, LettingItGoEndsItAtTheWorker) {
  serve_and_connect();
  set(1);
  auto watching = watch();
  EXPECT_TRUE(thread_.run(watching->next()));
  expect_open(1);
  watching.reset();
  expect_open(0);
}

TEST_F(Watch, AClientMayGoAsSoonAsItsWatchHasEnded) {
  serve();
  set(1, v1::Sync::SUCCEEDED);
  for (int round = 0; round < 100; ++round) {
    connect(here());
    ASSERT_TRUE(thread_.run(all_states(watch()))) << round;
    remote_.reset();
  }
}

TEST_F(Watch, AnErrorOfTheControlEndsIt) {
  class Failing final : public SyncWatch {
    Answer<v1::Sync> next() override {
      return ready<v1::Sync>(
          make_error(ErrorClass::kNotFound, "SYNC_NOT_FOUND", "There is no syncs/1", "List them"));
    }
  };
  control_.on_watch_sync = [](v1::WatchSyncRequest) { return std::make_unique<Failing>(); };
  serve_and_connect();
  const Result<v1::Sync> state = thread_.run(watch()->next());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().cls, ErrorClass::kNotFound);
  EXPECT_EQ(state.error().reason, "SYNC_NOT_FOUND");
}

TEST_F(Watch, HundredsFollowOneSyncToItsEnd) {
  serve_and_connect();
  set(1);
  constexpr int kWatchers = 300;
  std::vector<Pending<Result<std::vector<v1::Sync>>>> watchers;
  for (int i = 0; i < kWatchers; ++i) watchers.push_back(thread_.start(all_states(watch())));
  expect_open(kWatchers);
  for (int i = 2; i <= 20; ++i) set(i);
  set(21, v1::Sync::SUCCEEDED);
  for (auto& watcher : watchers) {
    const auto states = watcher.get();
    ASSERT_TRUE(states) << states.error().to_string();
    EXPECT_EQ(states->back().counts().delivered(), 21);
    for (size_t i = 1; i < states->size(); ++i) {
      EXPECT_GT((*states)[i].counts().delivered(), (*states)[i - 1].counts().delivered());
    }
  }
  expect_open(0);
}

TEST_F(Watch, AWorkerThatStopsEndsItAndSaysSo) {
  serve_and_connect();
  set(1);
  const auto watching = watch();
  EXPECT_TRUE(thread_.run(watching->next()));
  auto pending = thread_.start(watching->next());
  thread_.run(server_->shutdown(std::chrono::seconds(5)));
  const Result<v1::Sync> state = pending.get();
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().cls, ErrorClass::kTransient);
  EXPECT_EQ(state.error().reason, "WORKER_STOPPING");
}

TEST_F(Watch, ItBeginsAnewAfterABrokenConnection) {
  serve_and_connect();
  set(1);
  const auto watching = watch();
  EXPECT_TRUE(thread_.run(watching->next()));
  const std::string address = server_->address();
  thread_.run(server_->shutdown(milliseconds(0)));
  server_.reset();
  ASSERT_FALSE(thread_.run(watching->next()));
  ServerOptions options;
  options.address = address;
  serve(options);
  Result<v1::Sync> state = thread_.run(watching->next());
  for (int i = 0; i < 50 && !state; ++i) {
    EXPECT_TRUE(is_retryable(state.error()));
    std::this_thread::sleep_for(milliseconds(100));
    state = thread_.run(watching->next());
  }
  EXPECT_TRUE(state);
}

} // namespace
} // namespace circuit::api
