#pragma once
// What can be asked of a worker: the API of circuit.feeds.v1 as coroutines. The gRPC services answer from a
// Control, and the command line asks one, so that a command does not know whether the engine is in this
// process (EngineControl) or behind a server (RemoteControl).
//
// All calls are made from coroutines of the loop that the Control was made for, and are cancellable. Errors
// are those of the engine (INVALID, NOT_FOUND, CONFLICT, ...); a RemoteControl adds its own.

#include <google/protobuf/empty.pb.h>

#include <memory>

#include "circuit/feeds/v1/services.pb.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/task.h"

namespace circuit::api {

template <class Response>
using Answer = Task<Result<Response>>;

// Somebody who follows one sync. Used by one coroutine at a time; must not outlive its Control.
class SyncWatch {
 public:
  virtual ~SyncWatch() = default; // stops following
  // First the state now; then, each time, the latest state that differs from the one returned before, at most
  // ten a second. States in between are skipped when the caller is slow. Not called again after it returned a
  // state that has_ended(). After a TRANSIENT error it may be called again, and begins anew.
  virtual Answer<circuit::feeds::v1::Sync> next() = 0;
};

class Control {
 public:
  virtual ~Control() = default;

  virtual Answer<circuit::feeds::v1::Feed> create_feed(circuit::feeds::v1::CreateFeedRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Feed> get_feed(circuit::feeds::v1::GetFeedRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ListFeedsResponse> list_feeds(
      circuit::feeds::v1::ListFeedsRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Feed> update_feed(circuit::feeds::v1::UpdateFeedRequest request) = 0;
  virtual Answer<google::protobuf::Empty> delete_feed(circuit::feeds::v1::DeleteFeedRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Feed> reset_feed(circuit::feeds::v1::ResetFeedRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ListDeadLettersResponse> list_dead_letters(
      circuit::feeds::v1::ListDeadLettersRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Sync> retry_dead_letters(
      circuit::feeds::v1::RetryDeadLettersRequest request) = 0;

  virtual Answer<circuit::feeds::v1::Sync> start_sync(circuit::feeds::v1::StartSyncRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Sync> get_sync(circuit::feeds::v1::GetSyncRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ListSyncsResponse> list_syncs(
      circuit::feeds::v1::ListSyncsRequest request) = 0;
  virtual std::unique_ptr<SyncWatch> watch_sync(circuit::feeds::v1::WatchSyncRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Sync> cancel_sync(circuit::feeds::v1::CancelSyncRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Sync> confirm_removals(
      circuit::feeds::v1::ConfirmRemovalsRequest request) = 0;

  virtual Answer<circuit::feeds::v1::Provider> get_provider(
      circuit::feeds::v1::GetProviderRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ListProvidersResponse> list_providers(
      circuit::feeds::v1::ListProvidersRequest request) = 0;

  virtual Answer<circuit::feeds::v1::Connection> create_connection(
      circuit::feeds::v1::CreateConnectionRequest request) = 0;
  virtual Answer<circuit::feeds::v1::StartAuthorizationResponse> start_authorization(
      circuit::feeds::v1::StartAuthorizationRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Connection> finish_authorization(
      circuit::feeds::v1::FinishAuthorizationRequest request) = 0;
  virtual Answer<circuit::feeds::v1::Connection> get_connection(
      circuit::feeds::v1::GetConnectionRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ListConnectionsResponse> list_connections(
      circuit::feeds::v1::ListConnectionsRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ConnectionReport> check_connection(
      circuit::feeds::v1::CheckConnectionRequest request) = 0;
  virtual Answer<circuit::feeds::v1::SyncError> approval_help(
      circuit::feeds::v1::GetConnectionRequest request) = 0;
  virtual Answer<circuit::feeds::v1::BrowseResponse> browse(circuit::feeds::v1::BrowseRequest request) = 0;
  virtual Answer<circuit::feeds::v1::DeleteConnectionResponse> delete_connection(
      circuit::feeds::v1::DeleteConnectionRequest request) = 0;

  virtual Answer<circuit::feeds::v1::ListKeysResponse> list_keys(
      circuit::feeds::v1::ListKeysRequest request) = 0;
  virtual Answer<circuit::feeds::v1::ListKeysResponse> rotate_keys(
      circuit::feeds::v1::RotateKeysRequest request) = 0;
};

// Whether nothing will change any more: SUCCEEDED, FAILED or CANCELLED.
inline bool has_ended(const circuit::feeds::v1::Sync& sync) {
  using circuit::feeds::v1::Sync;
  return sync.state() == Sync::SUCCEEDED || sync.state() == Sync::FAILED || sync.state() == Sync::CANCELLED;
}

} // namespace circuit::api
