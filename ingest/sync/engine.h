#pragma once
// The engine: everything a worker does, behind the requests of its API. The gRPC services and the command
// line are two thin skins over this; the simulation drives it directly.
//
// One engine lives on one loop; all calls are made from that loop's coroutines. It owns neither its seams nor
// its providers: the composition root does, and they outlive it. Errors: INVALID (the request), NOT_FOUND,
// CONFLICT (SYNC_ALREADY_RUNNING, ETAG_MISMATCH, FEED_EXISTS, FEED_BUSY, REQUEST_ID_REUSED), what is wrong
// with a feed's connection (CONNECTION_REQUIRED, CONNECTION_NOT_FOUND, CONNECTION_PROVIDER_MISMATCH,
// CONNECTION_DISCONNECTING), and what the store says.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "circuit/feeds/v1/services.pb.h"
#include "ingest/http/transport.h"
#include "ingest/runtime/compute.h"
#include "ingest/runtime/loop.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"
#include "ingest/state/store.h"
#include "ingest/sync/options.h"
#include "ingest/sync/pull.h"
#include "ingest/sync/sink.h"

namespace circuit::sync {

// What happens, for logs. Called on the engine's loop; must not block.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  virtual void sync_started(const circuit::feeds::v1::Sync&) {}
  virtual void sync_ended(const circuit::feeds::v1::Sync&) {}
  virtual void dead_letter(const circuit::feeds::v1::DeadLetter&) {}
  // Something that nobody asked for and somebody should know.
  virtual void warning(const Error&) {}
};

struct EngineSeams {
  Loop& loop;
  Random& random;
  state::StateStore& store;
  http::HttpTransport& http;
  std::vector<const Provider*> providers;
  // Checks a sink's address and makes it; INVALID where it is none. Must not block.
  std::function<Result<std::unique_ptr<Sink>>(const std::string& uri)> make_sink;
  EngineObserver& observer;
  // Where work that burns CPU goes; nullptr: it is done on the loop.
  Compute* compute = nullptr;
};

class Engine {
 public:
  Engine(EngineSeams seams, EngineOptions options);
  ~Engine(); // stop() has returned, or the loop will never run again

  // Loads feeds, takes up again what a crash or shutdown interrupted, and begins to poll.
  Task<Result<void>> start();
  // Syncs stop at a clean checkpoint, or abandon their page when options.shutdown_grace has passed; they are
  // taken up again by the next start(). Sinks are closed. Nothing runs afterwards.
  Task<void> stop();

  using FeedResult = Task<Result<circuit::feeds::v1::Feed>>;
  using SyncResult = Task<Result<circuit::feeds::v1::Sync>>;

  FeedResult create_feed(circuit::feeds::v1::CreateFeedRequest request);
  FeedResult get_feed(circuit::feeds::v1::GetFeedRequest request);
  Task<Result<circuit::feeds::v1::ListFeedsResponse>> list_feeds(
      circuit::feeds::v1::ListFeedsRequest request);
  FeedResult update_feed(circuit::feeds::v1::UpdateFeedRequest request);
  Task<Result<void>> delete_feed(circuit::feeds::v1::DeleteFeedRequest request);
  FeedResult reset_feed(circuit::feeds::v1::ResetFeedRequest request);
  Task<Result<circuit::feeds::v1::ListDeadLettersResponse>> list_dead_letters(
      circuit::feeds::v1::ListDeadLettersRequest request);
  SyncResult retry_dead_letters(circuit::feeds::v1::RetryDeadLettersRequest request);

  SyncResult start_sync(circuit::feeds::v1::StartSyncRequest request);
  SyncResult get_sync(circuit::feeds::v1::GetSyncRequest request);
  Task<Result<circuit::feeds::v1::ListSyncsResponse>> list_syncs(
      circuit::feeds::v1::ListSyncsRequest request);
  SyncResult cancel_sync(circuit::feeds::v1::CancelSyncRequest request);
  SyncResult confirm_removals(circuit::feeds::v1::ConfirmRemovalsRequest request);
  // The sync's state after it differs from `seen` (compare heartbeat and counts), at most ten a second; an
  // ended sync is returned at once. Call again with what it returned; cancellable.
  SyncResult next_update(std::string sync, circuit::feeds::v1::Sync seen);

  Result<circuit::feeds::v1::Provider> get_provider(
      const circuit::feeds::v1::GetProviderRequest& request) const;
  Result<circuit::feeds::v1::ListProvidersResponse> list_providers(
      const circuit::feeds::v1::ListProvidersRequest& request) const;

  // For whoever keeps the connections.

  // Names of the feeds that are read through it.
  Task<Result<std::vector<std::string>>> feeds_of_connection(std::string connection);
  // Returns when no sync of them is queued or running. Those that begin later find out for themselves that
  // the connection cannot be used.
  Task<Result<void>> stop_syncs_of_connection(std::string connection);
  // Delivers a removal of every document that the feed has delivered, with that reason, as a sync of its own;
  // how many. TRANSIENT RETRACTION_FAILED: what its sink has taken is not removed again the next time.
  Task<Result<int64_t>> retract_feed(std::string feed, std::string reason);
  // It works again: its polled feeds, which had been left in peace, are due.
  Task<Result<void>> resume_polls_of_connection(std::string connection);

  // For tests and metrics.
  struct Gauges {
    uint64_t running = 0, queued = 0, parked = 0, feeds = 0;
    uint64_t delivery_bytes = 0, delivery_bytes_peak = 0;
    uint64_t body_bytes = 0, body_bytes_peak = 0; // as engine.body_credit counts them
  };
  Gauges gauges() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::sync
