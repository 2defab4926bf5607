#pragma once
// What the engine's requests share. Private to this box; on the engine's loop.

#include <memory>
#include <string>
#include <unordered_map>

#include "ingest/runtime/due_times.h"
#include "ingest/runtime/named_locks.h"
#include "ingest/sync/engine.h"
#include "ingest/sync/scheduler.h"
#include "ingest/sync/sink_pool.h"

namespace circuit::sync {

struct Core {
  Core(EngineSeams seams_in, EngineOptions options_in);

  EngineSeams seams;
  EngineOptions options;
  SinkPool sinks;
  NamedLocks locks; // one request at a time may change a feed
  DueTimes poller;
  // Of the feeds that are polled, so that a poll reads nothing before its turn has come.
  struct Polled {
    std::string fairness_key; // which cannot change
    bool is_waiting = false;  // for its turn
  };
  std::unordered_map<std::string, Polled> polled;
  Scheduler scheduler;
  TaskGroup tasks; // unasked work: polls that begin, request ids that expire

  SystemTime now() { return seams.loop.clock().now(); }
};

// Feed requests.
Task<Result<circuit::feeds::v1::Feed>> create_feed(Core& core, circuit::feeds::v1::CreateFeedRequest request);
Task<Result<circuit::feeds::v1::Feed>> get_feed(Core& core, circuit::feeds::v1::GetFeedRequest request);
Task<Result<circuit::feeds::v1::ListFeedsResponse>> list_feeds(Core& core,
                                                               circuit::feeds::v1::ListFeedsRequest request);
Task<Result<circuit::feeds::v1::Feed>> update_feed(Core& core, circuit::feeds::v1::UpdateFeedRequest request);
Task<Result<void>> delete_feed(Core& core, circuit::feeds::v1::DeleteFeedRequest request);
Task<Result<circuit::feeds::v1::Feed>> reset_feed(Core& core, circuit::feeds::v1::ResetFeedRequest request);
Task<Result<circuit::feeds::v1::ListDeadLettersResponse>> list_dead_letters(
    Core& core, circuit::feeds::v1::ListDeadLettersRequest request);

// Checks a feed's settings and brings them into the form in which they are stored; names it if it has no
// name.
Result<void> canonicalize_feed(Core& core, circuit::feeds::v1::Feed& feed);
// The records of a new feed. A name that was used before goes on where it ended: epochs never go back.
Task<Result<StoredFeed>> new_feed(Core& core, circuit::feeds::v1::Feed settings);
void put_new_feed(state::Batch& batch, const StoredFeed& feed);

// Sync requests.
Task<Result<circuit::feeds::v1::Sync>> start_sync(Core& core, circuit::feeds::v1::StartSyncRequest request);
Task<Result<circuit::feeds::v1::Sync>> get_sync(Core& core, circuit::feeds::v1::GetSyncRequest request);
Task<Result<circuit::feeds::v1::ListSyncsResponse>> list_syncs(Core& core,
                                                               circuit::feeds::v1::ListSyncsRequest request);
Task<Result<circuit::feeds::v1::Sync>> cancel_sync(Core& core, circuit::feeds::v1::CancelSyncRequest request);
Task<Result<circuit::feeds::v1::Sync>> confirm_removals(Core& core,
                                                        circuit::feeds::v1::ConfirmRemovalsRequest request);
Task<Result<circuit::feeds::v1::Sync>> retry_dead_letters(
    Core& core, circuit::feeds::v1::RetryDeadLettersRequest request);
Task<Result<circuit::feeds::v1::Sync>> next_update(Core& core, std::string sync,
                                                   circuit::feeds::v1::Sync seen);

// Unasked. A feed is planned with the poller only while it is to be polled, but for the moment between a
// change of its settings and the end of the request that made it, which holds the feed's lock.
void queue_poll(Core& core, const std::string& feed);
// Its turn has come.
std::optional<circuit::feeds::v1::Sync> begin_poll(Core& core, const std::string& feed);
// Remembers what the feed's polls need.
void expect_polls(Core& core, const circuit::feeds::v1::Feed& settings);
// Takes the feed's next poll off, also one that waits for its turn.
void expect_no_poll(Core& core, const std::string& feed);
// Queues again what a restart interrupted; whether there was something.
Task<Result<bool>> resume_sync(Core& core, const StoredFeed& feed);

// Request ids (request_ids.cc): the answer that was given to this id before, if any.
Task<Result<std::optional<std::string>>> find_request(Core& core, std::string request_id,
                                                      std::string request_hash);
void put_request(Core& core, state::Batch& batch, const std::string& request_id,
                 const std::string& request_hash, const std::string& resource);
Task<void> expire_requests(Core& core);

Error feed_busy(const std::string& feed, const std::string& sync);

} // namespace circuit::sync
