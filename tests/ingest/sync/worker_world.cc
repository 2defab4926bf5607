#include "tests/ingest/sync/worker_world.h"

#include "ingest/state/records.h"

#include <gtest/gtest.h>

#include <utility>

#include "ingest/state/records.h"

namespace circuit::sync::testing {

// Forwards until the power is gone; then everything fails and nothing has an effect.
class WorkerWorld::CrashableStore final : public state::StateStore {
 public:
  CrashableStore(StateStore& store, const bool& power) : store_(store), power_(power) {}

  Task<Result<std::optional<std::string>>> get(state::Table table, std::string key) override {
    if (!power_) co_return gone();
    co_return co_await store_.get(table, std::move(key));
  }
  Task<Result<std::vector<std::optional<std::string>>>> multi_get(state::Table table,
                                                                  std::vector<std::string> keys) override {
    if (!power_) co_return gone();
    co_return co_await store_.multi_get(table, std::move(keys));
  }
  Task<Result<std::vector<state::Row>>> scan(state::ScanRequest request) override {
    if (!power_) co_return gone();
    co_return co_await store_.scan(std::move(request));
  }
  Task<Result<void>> commit(state::Batch batch) override {
    if (!power_) co_return gone();
    auto written = co_await store_.commit(std::move(batch));
    if (!power_) co_return gone();
    co_return written;
  }

  Task<Result<void>> purge(std::vector<state::Table> tables) override {
    if (!power_) co_return gone();
    co_return co_await store_.purge(std::move(tables));
  }

 private:
  static Error gone() { return make_error(ErrorClass::kCorrupt, "POWER_LOST", "The power is gone", ""); }
  StateStore& store_;
  const bool& power_;
};

class WorkerWorld::Observer final : public EngineObserver {
 public:
  explicit Observer(std::vector<Error>& warnings) : warnings_(warnings) {}
  void warning(const Error& error) override { warnings_.push_back(error); }

 private:
  std::vector<Error>& warnings_;
};

EngineOptions WorkerWorld::default_options() {
  EngineOptions options;
  options.default_sink = "test:";
  return options;
}

WorkerWorld::WorkerWorld(EngineOptions options, uint64_t seed)
    : options_(std::move(options)), random_(seed) {}

WorkerWorld::~WorkerWorld() = default;

void WorkerWorld::boot() {
  power_ = true;
  memory_ = std::make_unique<state::MemoryStore>(disk_, loop_, random_);
  store_ = std::make_unique<CrashableStore>(*memory_, power_);
  http_ = make_http(random_);
  observer_ = std::make_unique<Observer>(warnings);
  const auto make_sink = [this](const std::string& uri) -> Result<std::unique_ptr<Sink>> {
    if (uri.starts_with("test:")) return make_receiver_sink(receiver_, loop_.clock(), power_);
    return make_error(ErrorClass::kInvalid, "SINK_UNKNOWN", "There is no such sink", "Use test:.");
  };
  EngineSeams seams{loop_, random_, *store_, *http_, providers(), make_sink, *observer_};
  engine_ = std::make_unique<Engine>(std::move(seams), options_);
  const auto started = run_on(loop_, engine_->start());
  EXPECT_TRUE(started.ok()) << started.error().message;
}

void WorkerWorld::shut_down() {
  if (!engine_) return;
  run_on(loop_, engine_->stop());
  engine_.reset();
}

void WorkerWorld::crash() {
  power_ = false;
  disk_.crash(random_);
  // What still runs is unwound in a world where nothing has an effect any more.
  shut_down();
  boot();
}

void WorkerWorld::restart() {
  shut_down();
  boot();
}

void WorkerWorld::run_for(Duration duration) { run_on(loop_, loop_.clock().sleep_for(duration)); }

Result<v1::Sync> WorkerWorld::start(const v1::Feed& feed, v1::SyncMode mode, const std::string& request_id) {
  v1::StartSyncRequest request;
  *request.mutable_inline_feed() = feed;
  request.set_mode(mode);
  request.set_request_id(request_id);
  return ask(engine_->start_sync(std::move(request)));
}

Result<v1::Feed> WorkerWorld::update(const v1::Feed& feed, const std::vector<std::string>& paths) {
  v1::UpdateFeedRequest request;
  *request.mutable_feed() = feed;
  request.mutable_feed()->clear_etag();
  for (const auto& path : paths) request.mutable_update_mask()->add_paths(path);
  return ask(engine_->update_feed(std::move(request)));
}

v1::Sync WorkerWorld::wait_for_end(const std::string& sync) {
  v1::Sync seen;
  for (;;) {
    auto next = ask(engine_->next_update(sync, seen));
    EXPECT_TRUE(next.ok()) << next.error().message;
    if (!next) return seen;
    seen = *next;
    if (seen.state() >= v1::Sync::SUCCEEDED) return seen;
  }
}

v1::Sync WorkerWorld::sync(const v1::Feed& feed, v1::SyncMode mode) {
  auto started = start(feed, mode);
  EXPECT_TRUE(started.ok()) << started.error().message;
  if (!started) return {};
  return wait_for_end(started->name());
}

state::StateStore& WorkerWorld::store() { return *store_; }

void WorkerWorld::put_connection(const v1::Connection& connection) {
  circuit::feeds::state::v1::ConnectionRecord record;
  circuit::feeds::state::v1::ConnectionStateRecord stands;
  *record.mutable_settings() = connection;
  stands.set_state(connection.state());
  if (connection.has_state_error()) *stands.mutable_state_error() = connection.state_error();
  state::Batch batch;
  state::put_record(batch, state::connection_key(connection.name()), std::move(record));
  state::put_record(batch, state::connection_key(connection.name()), std::move(stands));
  EXPECT_TRUE(run_on(loop_, store_->commit(std::move(batch))).ok());
}

void WorkerWorld::forget_connection(const std::string& name) {
  state::Batch batch;
  batch.erase(state::Table::kConnections, state::connection_key(name));
  batch.erase(state::Table::kConnectionStates, state::connection_key(name));
  EXPECT_TRUE(run_on(loop_, store_->commit(std::move(batch))).ok());
}

v1::Feed WorkerWorld::get_feed(const std::string& name) {
  v1::GetFeedRequest request;
  request.set_name(name);
  auto feed = ask(engine_->get_feed(std::move(request)));
  EXPECT_TRUE(feed.ok()) << feed.error().message;
  return feed ? *feed : v1::Feed();
}

} // namespace circuit::sync::testing
