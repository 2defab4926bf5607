#include "tests/simulation/scenario.h"

#include <initializer_list>

namespace circuit::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

uint64_t one_of(Random& random, std::initializer_list<uint64_t> values) {
  return *(values.begin() + random.below(values.size()));
}

sync::EngineOptions draw_engine(Random& random) {
  sync::EngineOptions options;
  options.delivery_credit_bytes = one_of(random, {1500, 6000, 64'000, 64u << 20});
  options.body_credit_bytes = one_of(random, {4000, 64'000, 128u << 20});
  options.max_running_syncs = one_of(random, {1, 2, 3, 64});
  options.max_running_per_key = one_of(random, {1, 2, 8});
  options.batch_max_changes = one_of(random, {1, 2, 5, 256});
  options.batch_max_bytes = one_of(random, {1000, 1u << 20});
  options.batches_in_flight = 1 + random.below(4);
  if (random.chance(0.1)) options.max_document_bytes = 1200;
  options.removals_always_allowed = random.below(6);
  options.sweep_page = one_of(random, {1, 3, 7, 1000});
  options.max_park = minutes(1 + random.below(15));
  options.heartbeat_interval = seconds(5 + random.below(30));
  options.failure_backoff_min = seconds(10);
  options.failure_backoff_max = minutes(10);
  options.runs_kept_per_feed = one_of(random, {5, 20});
  options.shutdown_grace = seconds(1 + random.below(10));
  return options;
}

http::StackOptions draw_http(Random& random) {
  http::StackOptions options;
  options.retry.max_attempts = static_cast<int>(1 + random.below(4));
  options.retry.longest_retry_after = seconds(one_of(random, {1, 20, 60}));
  options.throttle.longest_wait = options.retry.longest_retry_after;
  options.throttle.limits.initial_concurrency = 1 + random.below(8);
  if (random.chance(0.1)) options.throttle.limits.per_second = 5;
  return options;
}

state::MemoryFaults draw_store(Random& random) {
  state::MemoryFaults faults;
  if (random.chance(0.3)) faults.commit_error = 0.05 * random.uniform();
  if (random.chance(0.3)) faults.read_error = 0.02 * random.uniform();
  if (random.chance(0.15)) faults.commit_unknown = 0.02 * random.uniform();
  if (random.chance(0.5)) faults.read_latency_max = milliseconds(random.below(20));
  faults.commit_latency_max = milliseconds(one_of(random, {1, 5, 500}));
  return faults;
}

SinkFaults draw_sink(Random& random) {
  SinkFaults faults;
  if (random.chance(0.4)) faults.fails = 0.1 * random.uniform();
  if (random.chance(0.4)) faults.fails_after_applying = 0.1 * random.uniform();
  if (random.chance(0.3)) faults.fails = 0.5 * random.uniform(); // few syncs get through
  if (random.chance(0.3)) faults.stalls = 0.05 * random.uniform();
  if (random.chance(0.3)) faults.open_fails = 0.1 * random.uniform();
  faults.takes_max = milliseconds(one_of(random, {1, 20, 3000}));
  if (random.chance(0.6)) faults.open_takes_max = seconds(one_of(random, {3, 3, 60}));
  return faults;
}

SourcePlan draw_source(Random& random, size_t index) {
  SourcePlan source;
  source.is_library = random.chance(0.7);
  source.index = index;
  source.documents = random.chance(0.02) ? 100 + random.below(200) : random.below(25);
  source.web_feeds = 1 + random.below(2);
  if (!source.is_library) source.documents = std::min<size_t>(source.documents, 20);
  source.seed = random.next();
  const double shares[] = {0, 0.02, 0.1, 0.3};
  source.faults = providers::FaultRates::drawn(random, shares[random.below(4)]);
  // A copy that is behind is what careful readers miss most.
  if (random.chance(0.3)) source.faults.set(providers::Fault::kStale, 0.1);
  return source;
}

FeedPlan draw_feed(Random& random, const Scenario& scenario, size_t number) {
  FeedPlan feed;
  feed.source = random.below(scenario.sources.size());
  feed.web_feed = random.below(scenario.sources[feed.source].web_feeds);
  feed.listing = random.chance(0.5);
  feed.page_size = 1 + random.below(7);
  feed.with_history = random.chance(0.5);
  feed.settings.set_name("feeds/f" + std::to_string(number));
  if (random.chance(0.7)) feed.settings.set_connection("connections/c" + std::to_string(random.below(2)));
  const bool file = random.chance(0.3);
  feed.settings.set_sink(file ? "file:" + std::to_string(number)
                              : "stream:" + std::to_string(random.below(2)));
  if (random.chance(0.5)) {
    feed.settings.mutable_poll_interval()->set_seconds(static_cast<int64_t>(20 + random.below(600)));
  }
  return feed;
}

} // namespace

SeededRandom random_for(uint64_t seed, uint64_t purpose) {
  SeededRandom mixed(seed * 0x9e3779b97f4a7c15ULL + purpose);
  return SeededRandom(mixed.next());
}

Scenario draw_scenario(uint64_t seed) {
  SeededRandom random = random_for(seed, 1);
  Scenario scenario;
  scenario.seed = seed;
  scenario.engine = draw_engine(random);
  scenario.http = draw_http(random);
  scenario.store = draw_store(random);
  scenario.sink = draw_sink(random);
  const size_t sources = 1 + random.below(2);
  scenario.objections = random.chance(0.5);
  scenario.rereads = random.chance(0.5) ? random.uniform() : 0;
  for (size_t i = 0; i < sources; ++i) {
    scenario.sources.push_back(draw_source(random, i));
    scenario.sources.back().objections = scenario.objections;
  }
  const size_t feeds = random.chance(0.5) ? 1 : 1 + random.below(6);
  for (size_t i = 0; i < feeds; ++i) scenario.feeds.push_back(draw_feed(random, scenario, i));
  scenario.operations = 5 + random.below(random.chance(0.1) ? 300 : 55);
  scenario.crashes = random.chance(0.6) ? 0.3 * random.uniform() : 0;
  scenario.removals = random.chance(0.7) ? random.uniform() : 0;
  return scenario;
}

} // namespace circuit::simulation
