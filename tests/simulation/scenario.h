#pragma once
// What one seed draws before anything runs: the worker's bounds, the sources and their faults, the feeds.
// Values; the same seed gives the same scenario.

#include <string>
#include <vector>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/http/stack.h"
#include "ingest/runtime/random.h"
#include "ingest/state/memory_store.h"
#include "ingest/sync/options.h"
#include "tests/providers/fault_plan.h"

namespace circuit::simulation {

namespace v1 = circuit::feeds::v1;

struct SourcePlan {
  bool is_library = true;
  size_t index = 0;
  size_t documents = 0; // of a library, or of each web feed
  size_t web_feeds = 0;
  bool objections = true;
  uint64_t seed = 0;
  providers::FaultRates faults;
};

struct FeedPlan {
  size_t source = 0;
  size_t web_feed = 0; // of that source
  bool listing = true; // of a library: walk it, or follow its changes
  size_t page_size = 5;
  bool with_history = false;
  v1::Feed settings; // name, connection, sink, poll_interval; the source adds the selection
};

// Of what is sent to sinks; probabilities per call.
struct SinkFaults {
  double fails = 0;                // nothing is applied
  double fails_after_applying = 0; // applied, and the acknowledgement is lost
  double stalls = 0;
  double open_fails = 0;
  Duration takes_max{2000};
  Duration open_takes_max{0};
};

struct Scenario {
  uint64_t seed = 0;
  sync::EngineOptions engine;
  http::StackOptions http;
  state::MemoryFaults store;
  SinkFaults sink;
  std::vector<SourcePlan> sources;
  std::vector<FeedPlan> feeds;
  size_t operations = 0;
  double crashes = 0;     // share of operations that are one
  double removals = 0;    // how much deletion the sources see
  double rereads = 0;     // share of syncs in mode FULL or RESEND, which mend much
  bool objections = true; // documents that cannot be read, and sinks that refuse some
};

Scenario draw_scenario(uint64_t seed);
// A generator of its own for each purpose, so that one more draw here does not move everything there.
SeededRandom random_for(uint64_t seed, uint64_t purpose);

} // namespace circuit::simulation
