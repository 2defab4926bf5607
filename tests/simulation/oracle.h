#pragma once
// The judge: sees what passes the Sink and StateStore seams, and says what must never be seen there.
//
//   at the sink    sequence numbers grow within an epoch, and their delivery number is durable already;
//                  epochs never go back; versions never go back; nothing arrives again that is committed,
//                  unless it was asked for; nothing is removed that is there; a sweep stays within its bound
//   at the store   nothing is written about a document that the sink has not acknowledged, no cursor moves
//                  while a change is under way, and no sweep is held that would remove what is there
//   of a sync      its counts agree with each other and with what was seen; it never ends with INTERNAL
//
// One thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"
#include "ingest/runtime/clock.h"
#include "ingest/state/memory_store.h"
#include "ingest/sync/sink.h"
#include "tests/simulation/source.h"
#include "tests/simulation/trace.h"

namespace circuit::simulation {

// The metadata key under which a held document remembers its epoch.
inline constexpr const char* kEpochOfHeld = "simulation.epoch";

// What is known of one feed.
struct FeedView {
  const FeedPlan* plan = nullptr;
  Source* source = nullptr;

  Held held; // by the receiver, of all epochs
  int64_t epoch = 0, sequence = 0;
  std::map<std::string, uint64_t> versions; // the highest that arrived
  std::map<std::string, uint64_t> lost;     // what the receiver lost, until it is sent again

  // Of the open session: changes without an answer, and the last acknowledged state of each document (its
  // hash, or nullopt for removed).
  size_t unanswered = 0;
  std::map<std::string, std::optional<std::string>> acknowledged;
  std::set<std::string> refused;
  // What the manifest said before it was in doubt.
  std::map<std::string, std::optional<std::string>> before_doubt;

  // Of the enumeration that sweeps now.
  std::map<std::string, int64_t> generations;
  int64_t swept = 0, swept_of = -1;

  // Of the sync that runs.
  std::string sync;
  v1::SyncMode mode = v1::INCREMENTAL;
  bool counted_from_start = false;
  int64_t upserts = 0, removals = 0;
  size_t ended_syncs = 0; // successes in all
};

class Oracle {
 public:
  Oracle(const Scenario& scenario, const state::MemoryDisk& disk, Trace& trace)
      : scenario_(scenario), disk_(disk), trace_(trace) {}

  void add_feed(const std::string& name, const FeedPlan& plan, Source& source);
  FeedView& feed(const std::string& name) { return feeds_.at(name); }
  std::map<std::string, FeedView>& feeds() { return feeds_; }

  // A promise was broken.
  void violated(const std::string& what);
  const std::vector<std::string>& violations() const { return violations_; }
  void set_clock(Clock& clock) { clock_ = &clock; }
  void note(const std::string& what); // a line of the trace

  // Sink. `arrives` may be called again for the same change after a failure.
  void arrives(const v1::Change& change);
  void session_began(const std::string& feed);
  void sent(const std::string& feed, const sync::DeliverBatch& batch);
  void answered(const v1::Change& change);
  void refused(const v1::Change& change) { feeds_.at(change.feed()).refused.insert(change.external_id()); }
  void settled(const std::string& feed, size_t changes) { feeds_.at(feed).unanswered -= changes; }
  uint64_t largest_change() const { return largest_change_; }

  // Store, before a batch is handed on.
  void commits(const state::Batch& batch);
  // Whether the batch ends a listing of a whole scope.
  bool ends_listing(const state::Batch& batch) const;

  // Engine.
  void sync_started(const v1::Sync& sync);
  void sync_ended(const v1::Sync& sync);
  void worker_stopped(); // nobody counts on

  // What the disk says of a feed.
  std::optional<circuit::feeds::state::v1::FeedStateRecord> stored_state(const std::string& feed) const;
  // Of its current epoch: external ids and content hashes (hex).
  std::map<std::string, std::string> stored_manifest(const std::string& feed) const;
  std::string stored_position(const std::string& sink) const;
  // Each document that has a scope is marked there, and nothing else is.
  void check_marks(const std::string& feed);

 private:
  void removed(FeedView& view, const v1::Change& change);
  void check_sweep(FeedView& view, const v1::Change& change);
  std::optional<std::string> stored_hash(const v1::Change& change) const;
  void commits_manifest(const state::Write& write);
  void commits_state(const state::Write& write);
  void commits_enumeration(const state::Write& write);

  const Scenario& scenario_;
  const state::MemoryDisk& disk_;
  Trace& trace_;
  Clock* clock_ = nullptr;
  std::map<std::string, FeedView> feeds_;
  std::vector<std::string> violations_;
  uint64_t largest_change_ = 0;
};

} // namespace circuit::simulation
