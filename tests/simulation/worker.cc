#include "tests/simulation/worker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <cstdio>
#include <cstdlib>

#include "feeds/rss/provider.h"
#include "ingest/http/body_credit.h"
#include "ingest/state/records.h"
#include "tests/providers/library/provider.h"

namespace circuit::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t kLargest = 8192; // what no document in these worlds exceeds
constexpr uint64_t kBlock = 64;     // of body credit, as small as it is here
constexpr uint64_t kLargestPage = 7;

class FlagWait final : public PendingWait {
 public:
  explicit FlagWait(bool* flag) : flag_(flag) {}
  void complete(boost::system::error_code) override { *flag_ = true; }

 private:
  bool* flag_;
};

v1::Provider rss_description() {
  v1::Provider provider;
  provider.set_name("rss");
  return provider;
}

} // namespace

// Shows the oracle what is committed, and has no effect once the power is gone.
class Worker::Store final : public state::StateStore {
 public:
  Store(Worker& worker, StateStore& next) : worker_(worker), next_(next) {}

  Task<Result<std::optional<std::string>>> get(state::Table table, std::string key) override {
    if (!worker_.power_) co_return gone();
    co_return co_await next_.get(table, std::move(key));
  }
  Task<Result<std::vector<std::optional<std::string>>>> multi_get(state::Table table,
                                                                  std::vector<std::string> keys) override {
    if (!worker_.power_) co_return gone();
    co_return co_await next_.multi_get(table, std::move(keys));
  }
  Task<Result<std::vector<state::Row>>> scan(state::ScanRequest request) override {
    if (!worker_.power_) co_return gone();
    co_return co_await next_.scan(std::move(request));
  }
  Task<Result<void>> commit(state::Batch batch) override {
    if (!worker_.power_) co_return gone();
    worker_.oracle_.commits(batch);
    const size_t writes = batch.writes.size();
    const bool ends_listing = worker_.oracle_.ends_listing(batch);
    worker_.event("committing");
    auto written = co_await next_.commit(std::move(batch));
    if (!worker_.power_) co_return gone();
    if (!written && written.error().cls == ErrorClass::kCorrupt) worker_.store_gave_up_ = true;
    worker_.oracle_.note("committed " + std::to_string(writes) + " writes " +
                         (written ? "" : written.error().reason));
    worker_.event("committed");
    if (ends_listing) worker_.event("listing ended");
    co_return written;
  }

  Task<Result<void>> purge(std::vector<state::Table> tables) override {
    if (!worker_.power_) co_return gone();
    co_return co_await next_.purge(std::move(tables));
  }

 private:
  static Error gone() { return make_error(ErrorClass::kCorrupt, "POWER_LOST", "The power is gone", ""); }
  Worker& worker_;
  StateStore& next_;
};

// The simulated library asks for no credential; keeping credentials has a simulation of its own.
class Worker::OpenDoor final : public http::Authorizer {
 public:
  Task<Result<int64_t>> authorize(http::Request& /*request*/) override { co_return int64_t{1}; }
  Task<Result<bool>> refused(std::string /*connection*/, int64_t /*version*/) override { co_return false; }
};

class Worker::Observer final : public sync::EngineObserver {
 public:
  explicit Observer(Worker& worker) : worker_(worker) {}
  void sync_started(const v1::Sync& sync) override {
    if (worker_.power_) worker_.oracle_.sync_started(sync);
    worker_.event("sync started");
  }
  void sync_ended(const v1::Sync& sync) override {
    if (worker_.power_) worker_.oracle_.sync_ended(sync);
    worker_.event("sync ended");
  }
  void warning(const Error& error) override {
    if (worker_.power_) worker_.oracle_.note("warning " + error.reason + " " + error.message);
  }

 private:
  Worker& worker_;
};

Worker::Worker(const Scenario& scenario, Trace& trace)
    : scenario_(scenario),
      trace_(trace),
      random_(random_for(scenario.seed, 2)),
      store_random_(random_for(scenario.seed, 3)),
      crash_random_(random_for(scenario.seed, 4)),
      oracle_(scenario, disk_, trace),
      receivers_(oracle_, scenario),
      store_faults_(scenario.store) {
  oracle_.set_clock(loop_.clock());
  receivers_.on_event = [this](const char* what) { event(what); };
  for (const SourcePlan& plan : scenario.sources) {
    sources_.push_back(plan.is_library ? make_library_source(plan) : make_web_source(plan));
    fault_plans_.push_back(std::make_unique<providers::FaultPlan>(plan.seed + 2, plan.faults));
    faulty_.push_back(
        std::make_unique<providers::FaultyProvider>(sources_.back()->model(), *fault_plans_.back()));
    std::set<std::string> connections;
    for (const FeedPlan& feed : scenario.feeds) {
      if (feed.source == plan.index) connections.insert(plan.is_library ? feed.settings.connection() : "");
    }
    patience_.push_back(std::make_unique<Patience>(*faulty_.back(), loop_.clock(), oracle_));
    patience_.back()->watch(connections.size() == 1);
  }
  for (const FeedPlan& feed : scenario.feeds) {
    oracle_.add_feed(feed.settings.name(), feed, *sources_[feed.source]);
  }
  providers_.push_back(std::make_unique<providers::library::LibraryProvider>());
  circuit::feeds::rss::RssOptions rss;
  rss.max_text_bytes = 1 << 20;
  providers_.push_back(std::make_unique<circuit::feeds::rss::RssProvider>(rss_description(), rss));
}

Worker::~Worker() = default;

v1::Feed Worker::settings_of(size_t feed) const {
  const FeedPlan& plan = scenario_.feeds[feed];
  return sources_[plan.source]->feed(plan);
}

void Worker::build() {
  ++life_;
  power_ = true;
  store_gave_up_ = false;
  memory_ = std::make_unique<state::MemoryStore>(disk_, loop_, store_random_, store_faults_);
  store_ = std::make_unique<Store>(*this, *memory_);
  auto wire = std::make_unique<providers::SimulatedTransport>(loop_.clock(), scenario_.seed + life_,
                                                              providers::LatencyRange{});
  for (size_t i = 0; i < sources_.size(); ++i) {
    patience_[i]->forget();
    wire->route(sources_[i]->host(), *patience_[i]);
  }
  wire->observe([this](const providers::Exchange& exchange) {
    ++requests_;
    if (power_)
      oracle_.note("answered " + exchange.url + " " + std::to_string(exchange.status) + exchange.reason);
    for (const auto& patience : patience_) patience->heard(exchange);
    event("answered");
  });
  wire_ = wire.get();
  auto stack = std::make_unique<http::HttpStack>(std::move(wire), loop_.clock(), random_, scenario_.http);
  if (!authorizer_) authorizer_ = std::make_unique<OpenDoor>();
  stack->auth().use(*authorizer_);
  http_ = std::move(stack);
  observer_ = std::make_unique<Observer>(*this);
  std::vector<const sync::Provider*> providers;
  for (const auto& provider : providers_) providers.push_back(provider.get());
  const auto make_sink = [this](const std::string& uri) {
    return receivers_.make(uri, loop_.clock(), power_);
  };
  sync::EngineSeams seams{loop_, random_, *store_, *http_, providers, make_sink, *observer_};
  engine_ = std::make_unique<sync::Engine>(std::move(seams), scenario_.engine);
  calls_ = std::make_unique<TaskGroup>(loop_.executor());
}

void Worker::event(const char* what) {
  if (!armed_ || armed_->counting_steps || armed_->event != what || !power_) return;
  if (--armed_->count == 0) armed_->counting_steps = true;
}

bool Worker::crash_is_due() {
  ++steps_;
  if (!armed_ || !armed_->counting_steps || !power_) return false;
  if (armed_->steps == 0) return true;
  --armed_->steps;
  return false;
}

void Worker::arm_crash(std::string event, uint64_t count, uint64_t steps) {
  const bool at_once = event.empty();
  armed_ = ArmedCrash{std::move(event), count, steps, at_once};
}

// Runs until `done`, or until a crash is due: false.
bool Worker::run(const std::function<bool()>& done) {
  bool crashes = false;
  loop_.run([&] {
    require_that_time_goes_on();
    return done() || (crashes = crash_is_due());
  });
  return !crashes;
}

// Coroutines that keep each other busy at one moment of virtual time would do so for ever: nothing that is
// asked of the worker, and no time limit, ends that.
void Worker::require_that_time_goes_on() {
  constexpr uint64_t kMany = 5'000'000; // handlers; the busiest moment takes some thousands
  const SteadyTime now = loop_.clock().steady_now();
  handlers_at_moment_ = now == moment_ ? handlers_at_moment_ + 1 : 0;
  moment_ = now;
  if (handlers_at_moment_ < kMany) return;
  std::fputs("work that never ends, at one moment\n", stderr);
  std::abort(); // main.cc says the seed
}

bool Worker::run_until(const std::function<bool()>& done, Duration limit) {
  const SteadyTime deadline = loop_.clock().steady_now() + limit;
  for (;;) {
    bool too_late = false;
    const auto timer = loop_.timers().add(deadline, std::make_unique<FlagWait>(&too_late));
    const bool survived = run([&] { return too_late || done(); });
    loop_.timers().remove(timer);
    if (survived) return done();
    crash();
  }
}

void Worker::advance(Duration duration) {
  run_until([] { return false; }, duration);
}

// Runs a task of our own to its end, whatever happens in the meantime.
bool Worker::finish(Task<void> task, const char* what) {
  bool ended = false, too_late = false;
  boost::asio::co_spawn(loop_.executor(), std::move(task), [&](std::exception_ptr error) {
    if (error) oracle_.violated(std::string("an exception out of ") + what);
    ended = true;
  });
  const auto timer =
      loop_.timers().add(loop_.clock().steady_now() + hours(1), std::make_unique<FlagWait>(&too_late));
  loop_.run([&] { return ended || too_late; });
  loop_.timers().remove(timer);
  if (!ended) oracle_.violated(std::string(what) + " took more than an hour");
  return ended;
}

// The accounts that feeds may be read through, as whoever connected them left them: before the first life,
// and on a disk that has no faults yet.
void Worker::connect_accounts() {
  state::Batch batch;
  for (const auto& feed : scenario_.feeds) {
    const std::string& name = feed.settings.connection();
    if (name.empty()) continue;
    circuit::feeds::state::v1::ConnectionRecord record;
    record.mutable_settings()->set_name(name);
    record.mutable_settings()->set_provider("library"); // web feeds need none
    circuit::feeds::state::v1::ConnectionStateRecord stands;
    stands.set_state(v1::Connection::ACTIVE);
    state::put_record(batch, state::connection_key(name), std::move(record));
    state::put_record(batch, state::connection_key(name), std::move(stands));
  }
  if (batch.empty()) return;
  state::MemoryStore store(disk_, loop_, store_random_);
  bool committed = false;
  const auto commit = [](state::MemoryStore* to, state::Batch writes) -> Task<void> {
    const auto written = co_await to->commit(std::move(writes));
    if (!written) throw std::logic_error(written.error().message);
  };
  boost::asio::co_spawn(loop_.executor(), commit(&store, std::move(batch)), [&](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
    committed = true;
  });
  loop_.run([&committed] { return committed; }, seconds(60));
}

void Worker::boot() {
  if (life_ == 0) connect_accounts();
  for (;;) {
    build();
    if (start_engine()) return;
    take_down();
    loop_.run([at = loop_.clock().steady_now(), this] { return loop_.clock().steady_now() > at; },
              seconds(1));
  }
}

bool Worker::start_engine() {
  std::optional<Result<void>> started;
  std::exception_ptr error;
  bool ended = false;
  const auto start = [](sync::Engine* engine, std::optional<Result<void>>* out) -> Task<void> {
    out->emplace(co_await engine->start());
  };
  boost::asio::co_spawn(loop_.executor(), start(engine_.get(), &started), [&](std::exception_ptr e) {
    error = e;
    ended = true;
  });
  if (!run([&] { return ended; })) {
    power_ = false;
    ++crashes_;
    armed_.reset();
    oracle_.note("crashed while starting");
    disk_.crash(crash_random_);
    loop_.run([&] { return ended; });
    return false;
  }
  if (error) oracle_.violated("an exception out of start()");
  const bool up = started && started->ok();
  oracle_.note(up ? "started" : "did not start");
  return up;
}

void Worker::crash() {
  ++crashes_;
  armed_.reset();
  oracle_.note("crashed");
  power_ = false;
  disk_.crash(crash_random_);
  take_down();
  boot();
}

void Worker::restart() {
  stop();
  boot();
}

void Worker::stop() {
  armed_.reset();
  take_down();
}

// What still runs is unwound; without power it has no effect.
void Worker::take_down() {
  if (!engine_) return;
  calls_->cancel();
  finish(calls_->join(), "a client's request");
  finish(engine_->stop(), "stop()");
  const auto gauges = engine_->gauges();
  if (gauges.running != 0 || gauges.parked != 0) oracle_.violated("a sync still runs after stop()");
  if (gauges.delivery_bytes != 0) oracle_.violated("delivery credit was not given back");
  if (wire_->in_flight() != 0) oracle_.violated("a request is still under way after stop()");
  if (receivers_.sessions() != 0) oracle_.violated("a sink session is still open after stop()");
  // One document larger than the whole credit goes alone.
  const uint64_t bound =
      std::max({scenario_.engine.delivery_credit_bytes, oracle_.largest_change(), kLargest});
  if (std::max(gauges.delivery_bytes_peak, receivers_.outstanding_peak()) > bound) {
    oracle_.violated("more than the delivery credit was on its way");
  }
  check_body_credit(gauges);
  loop_.run_ready();
  if (const auto due = loop_.timers().next_due()) {
    const auto in = std::chrono::duration_cast<std::chrono::milliseconds>(*due - loop_.clock().steady_now());
    oracle_.violated("a timer is still set after stop(), for " + std::to_string(in.count()) + " ms later");
  }
  engine_.reset();
  http_.reset();
  calls_.reset();
  oracle_.worker_stopped();
  for (const FeedPlan& feed : scenario_.feeds) {
    const std::string& uri = feed.settings.sink();
    if (uri.starts_with("file:")) {
      receivers_.go_back(uri, feed.settings.name(), oracle_.stored_position(uri));
    }
  }
  oracle_.note("stopped");
}

// What is counted, and beside it what the wire itself has seen in memory.
void Worker::check_body_credit(const sync::Engine::Gauges& gauges) {
  if (gauges.body_bytes != 0) oracle_.violated("body credit was not given back");
  // One sync may go beyond it by what it reads side by side.
  const bool side_by_side =
      std::ranges::any_of(scenario_.sources, [](const SourcePlan& plan) { return plan.is_library; });
  const auto bound = [&](uint64_t body) {
    const uint64_t alone = http::BodyCredit::kTimes * (body + kBlock);
    const uint64_t credit = std::max(scenario_.engine.body_credit_bytes, alone);
    return side_by_side ? credit + kLargestPage * alone : credit;
  };
  const uint64_t largest = wire_->largest_body();
  const uint64_t arriving = wire_->arriving_bytes_peak() * http::BodyCredit::kTimes;
  // Who does not know how long a body is reserves twice what had come.
  if (gauges.body_bytes_peak > bound(2 * largest) || arriving > bound(largest)) {
    oracle_.violated("more than the body credit was in memory: " + std::to_string(gauges.body_bytes_peak) +
                     " and " + std::to_string(arriving) + " arriving, of " + std::to_string(bound(largest)));
  }
}

void Worker::end_faults() {
  armed_.reset();
  for (auto& plan : fault_plans_) plan->stop();
  store_faults_.read_error = store_faults_.commit_error = store_faults_.commit_unknown = 0;
  store_faults_.disk_full = false;
  SinkFaults none;
  none.takes_max = receivers_.faults().takes_max;
  receivers_.faults() = none;
  receivers_.refused().clear();
  if (memory_) memory_->faults() = store_faults_;
}

} // namespace circuit::simulation
