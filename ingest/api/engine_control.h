#pragma once
// A Control over the engine in this process. On the engine's loop; the engine and the rest outlive it.

#include "ingest/api/control.h"

namespace circuit::credentials {
class KeyRotation;
}
namespace circuit::sync {
class Engine;
}
namespace circuit::accounts {
class Accounts;
}

namespace circuit::api {

class EngineControl final : public Control {
 public:
  EngineControl(sync::Engine& engine, accounts::Accounts& accounts, credentials::KeyRotation& keys)
      : engine_(engine), accounts_(accounts), keys_(keys) {}

  Answer<circuit::feeds::v1::Feed> create_feed(circuit::feeds::v1::CreateFeedRequest request) override;
  Answer<circuit::feeds::v1::Feed> get_feed(circuit::feeds::v1::GetFeedRequest request) override;
  Answer<circuit::feeds::v1::ListFeedsResponse> list_feeds(
      circuit::feeds::v1::ListFeedsRequest request) override;
  Answer<circuit::feeds::v1::Feed> update_feed(circuit::feeds::v1::UpdateFeedRequest request) override;
  Answer<google::protobuf::Empty> delete_feed(circuit::feeds::v1::DeleteFeedRequest request) override;
  Answer<circuit::feeds::v1::Feed> reset_feed(circuit::feeds::v1::ResetFeedRequest request) override;
  Answer<circuit::feeds::v1::ListDeadLettersResponse> list_dead_letters(
      circuit::feeds::v1::ListDeadLettersRequest request) override;
  Answer<circuit::feeds::v1::Sync> retry_dead_letters(
      circuit::feeds::v1::RetryDeadLettersRequest request) override;

  Answer<circuit::feeds::v1::Sync> start_sync(circuit::feeds::v1::StartSyncRequest request) override;
  Answer<circuit::feeds::v1::Sync> get_sync(circuit::feeds::v1::GetSyncRequest request) override;
  Answer<circuit::feeds::v1::ListSyncsResponse> list_syncs(
      circuit::feeds::v1::ListSyncsRequest request) override;
  std::unique_ptr<SyncWatch> watch_sync(circuit::feeds::v1::WatchSyncRequest request) override;
  Answer<circuit::feeds::v1::Sync> cancel_sync(circuit::feeds::v1::CancelSyncRequest request) override;
  Answer<circuit::feeds::v1::Sync> confirm_removals(
      circuit::feeds::v1::ConfirmRemovalsRequest request) override;

  Answer<circuit::feeds::v1::Provider> get_provider(circuit::feeds::v1::GetProviderRequest request) override;
  Answer<circuit::feeds::v1::ListProvidersResponse> list_providers(
      circuit::feeds::v1::ListProvidersRequest request) override;

  Answer<circuit::feeds::v1::Connection> create_connection(
      circuit::feeds::v1::CreateConnectionRequest request) override;
  Answer<circuit::feeds::v1::StartAuthorizationResponse> start_authorization(
      circuit::feeds::v1::StartAuthorizationRequest request) override;
  Answer<circuit::feeds::v1::Connection> finish_authorization(
      circuit::feeds::v1::FinishAuthorizationRequest request) override;
  Answer<circuit::feeds::v1::Connection> get_connection(
      circuit::feeds::v1::GetConnectionRequest request) override;
  Answer<circuit::feeds::v1::ListConnectionsResponse> list_connections(
      circuit::feeds::v1::ListConnectionsRequest request) override;
  Answer<circuit::feeds::v1::ConnectionReport> check_connection(
      circuit::feeds::v1::CheckConnectionRequest request) override;
  Answer<circuit::feeds::v1::SyncError> approval_help(
      circuit::feeds::v1::GetConnectionRequest request) override;
  Answer<circuit::feeds::v1::BrowseResponse> browse(circuit::feeds::v1::BrowseRequest request) override;
  Answer<circuit::feeds::v1::DeleteConnectionResponse> delete_connection(
      circuit::feeds::v1::DeleteConnectionRequest request) override;

  Answer<circuit::feeds::v1::ListKeysResponse> list_keys(
      circuit::feeds::v1::ListKeysRequest request) override;
  Answer<circuit::feeds::v1::ListKeysResponse> rotate_keys(
      circuit::feeds::v1::RotateKeysRequest request) override;

 private:
  sync::Engine& engine_;
  accounts::Accounts& accounts_;
  credentials::KeyRotation& keys_;
};

} // namespace circuit::api
