#pragma once
// The engine's bounds. config/ reads them from the configuration file; the defaults serve a small worker.

#include <cstdint>
#include <optional>
#include <string>

#include "ingest/runtime/clock.h"

namespace circuit::sync {

struct EngineOptions {
  // Changes on their way to sinks, all feeds together. An upsert waits when it is spent.
  uint64_t delivery_credit_bytes = 64ull << 20;
  // Response bodies, from their first byte until they are worked up, all feeds together (http/body_credit.h).
  uint64_t body_credit_bytes = 128ull << 20;
  // Syncs that run at the same time. A parked sync does not count.
  uint64_t max_running_syncs = 64;
  // Of those, with the same fairness key.
  uint64_t max_running_per_key = 8;
  // Threads that parse and normalize beside the loop. nullopt: as many as the machine has; 0: the loop does
  // it.
  std::optional<uint64_t> compute_threads;

  uint64_t batch_max_changes = 256;
  uint64_t batch_max_bytes = 1ull << 20;
  // Batches of one feed that await their acknowledgement.
  uint64_t batches_in_flight = 4;
  // A document larger than this (as serialized) becomes a dead letter.
  uint64_t max_document_bytes = 16ull << 20;

  double max_removal_share = 0.3;
  uint64_t removals_always_allowed = 50;
  uint64_t sweep_page = 1000;

  // A provider that asks for more patience than this ends the sync, which is planned again for then.
  Duration max_park = std::chrono::minutes(15);
  Duration heartbeat_interval = std::chrono::seconds(5);
  // After a failed sync of a polled feed: doubles from the first to the second.
  Duration failure_backoff_min = std::chrono::minutes(1);
  Duration failure_backoff_max = std::chrono::hours(6);
  Duration max_poll_interval = std::chrono::hours(24);

  uint64_t runs_kept_per_feed = 20;
  Duration request_ids_kept = std::chrono::hours(24);
  // Used by feeds that name none; empty: naming one is required.
  std::string default_sink;
  // How long shutdown waits for syncs to reach a checkpoint before it abandons their pages.
  Duration shutdown_grace = std::chrono::seconds(10);
};

} // namespace circuit::sync
