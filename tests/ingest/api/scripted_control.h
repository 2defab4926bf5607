#pragma once
// A Control whose answers a test writes. What is not scripted answers INTERNAL UNSCRIPTED.

#include <functional>
#include <memory>
#include <utility>

#include "ingest/api/control.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

template <class Response>
Answer<Response> ready(Result<Response> result) {
  co_return result;
}

class ScriptedControl final : public Control {
 public:
  template <class Request, class Response>
  using Script = std::function<Answer<Response>(Request)>;

  Script<v1::CreateFeedRequest, v1::Feed> on_create_feed;
  Script<v1::GetFeedRequest, v1::Feed> on_get_feed;
  Script<v1::ListFeedsRequest, v1::ListFeedsResponse> on_list_feeds;
  Script<v1::UpdateFeedRequest, v1::Feed> on_update_feed;
  Script<v1::DeleteFeedRequest, google::protobuf::Empty> on_delete_feed;
  Script<v1::ResetFeedRequest, v1::Feed> on_reset_feed;
  Script<v1::ListDeadLettersRequest, v1::ListDeadLettersResponse> on_list_dead_letters;
  Script<v1::RetryDeadLettersRequest, v1::Sync> on_retry_dead_letters;
  Script<v1::StartSyncRequest, v1::Sync> on_start_sync;
  Script<v1::GetSyncRequest, v1::Sync> on_get_sync;
  Script<v1::ListSyncsRequest, v1::ListSyncsResponse> on_list_syncs;
  std::function<std::unique_ptr<SyncWatch>(v1::WatchSyncRequest)> on_watch_sync;
  Script<v1::CancelSyncRequest, v1::Sync> on_cancel_sync;
  Script<v1::ConfirmRemovalsRequest, v1::Sync> on_confirm_removals;
  Script<v1::GetProviderRequest, v1::Provider> on_get_provider;
  Script<v1::ListProvidersRequest, v1::ListProvidersResponse> on_list_providers;
  Script<v1::ListKeysRequest, v1::ListKeysResponse> on_list_keys;
  Script<v1::RotateKeysRequest, v1::ListKeysResponse> on_rotate_keys;

  Script<v1::CreateConnectionRequest, v1::Connection> on_create_connection;
  Script<v1::StartAuthorizationRequest, v1::StartAuthorizationResponse> on_start_authorization;
  Script<v1::FinishAuthorizationRequest, v1::Connection> on_finish_authorization;
  Script<v1::GetConnectionRequest, v1::Connection> on_get_connection;
  Script<v1::ListConnectionsRequest, v1::ListConnectionsResponse> on_list_connections;
  Script<v1::CheckConnectionRequest, v1::ConnectionReport> on_check_connection;
  Script<v1::GetConnectionRequest, v1::SyncError> on_approval_help;
  Script<v1::BrowseRequest, v1::BrowseResponse> on_browse;
  Script<v1::DeleteConnectionRequest, v1::DeleteConnectionResponse> on_delete_connection;

  Answer<v1::Feed> create_feed(v1::CreateFeedRequest r) override {
    return play(on_create_feed, std::move(r));
  }
  Answer<v1::Feed> get_feed(v1::GetFeedRequest r) override { return play(on_get_feed, std::move(r)); }
  Answer<v1::ListFeedsResponse> list_feeds(v1::ListFeedsRequest r) override {
    return play(on_list_feeds, std::move(r));
  }
  Answer<v1::Feed> update_feed(v1::UpdateFeedRequest r) override {
    return play(on_update_feed, std::move(r));
  }
  Answer<google::protobuf::Empty> delete_feed(v1::DeleteFeedRequest r) override {
    return play(on_delete_feed, std::move(r));
  }
  Answer<v1::Feed> reset_feed(v1::ResetFeedRequest r) override { return play(on_reset_feed, std::move(r)); }
  Answer<v1::ListDeadLettersResponse> list_dead_letters(v1::ListDeadLettersRequest r) override {
    return play(on_list_dead_letters, std::move(r));
  }
  Answer<v1::Sync> retry_dead_letters(v1::RetryDeadLettersRequest r) override {
    return play(on_retry_dead_letters, std::move(r));
  }
  Answer<v1::Sync> start_sync(v1::StartSyncRequest r) override { return play(on_start_sync, std::move(r)); }
  Answer<v1::Sync> get_sync(v1::GetSyncRequest r) override { return play(on_get_sync, std::move(r)); }
  Answer<v1::ListSyncsResponse> list_syncs(v1::ListSyncsRequest r) override {
    return play(on_list_syncs, std::move(r));
  }
  std::unique_ptr<SyncWatch> watch_sync(v1::WatchSyncRequest r) override {
    return on_watch_sync(std::move(r));
  }
  Answer<v1::Sync> cancel_sync(v1::CancelSyncRequest r) override {
    return play(on_cancel_sync, std::move(r));
  }
  Answer<v1::Sync> confirm_removals(v1::ConfirmRemovalsRequest r) override {
    return play(on_confirm_removals, std::move(r));
  }
  Answer<v1::Provider> get_provider(v1::GetProviderRequest r) override {
    return play(on_get_provider, std::move(r));
  }
  Answer<v1::ListProvidersResponse> list_providers(v1::ListProvidersRequest r) override {
    return play(on_list_providers, std::move(r));
  }
  Answer<v1::ListKeysResponse> list_keys(v1::ListKeysRequest r) override {
    return play(on_list_keys, std::move(r));
  }
  Answer<v1::ListKeysResponse> rotate_keys(v1::RotateKeysRequest r) override {
    return play(on_rotate_keys, std::move(r));
  }

  Answer<v1::Connection> create_connection(v1::CreateConnectionRequest r) override {
    return play(on_create_connection, std::move(r));
  }
  Answer<v1::StartAuthorizationResponse> start_authorization(v1::StartAuthorizationRequest r) override {
    return play(on_start_authorization, std::move(r));
  }
  Answer<v1::Connection> finish_authorization(v1::FinishAuthorizationRequest r) override {
    return play(on_finish_authorization, std::move(r));
  }
  Answer<v1::Connection> get_connection(v1::GetConnectionRequest r) override {
    return play(on_get_connection, std::move(r));
  }
  Answer<v1::ListConnectionsResponse> list_connections(v1::ListConnectionsRequest r) override {
    return play(on_list_connections, std::move(r));
  }
  Answer<v1::ConnectionReport> check_connection(v1::CheckConnectionRequest r) override {
    return play(on_check_connection, std::move(r));
  }
  Answer<v1::SyncError> approval_help(v1::GetConnectionRequest r) override {
    return play(on_approval_help, std::move(r));
  }
  Answer<v1::BrowseResponse> browse(v1::BrowseRequest r) override { return play(on_browse, std::move(r)); }
  Answer<v1::DeleteConnectionResponse> delete_connection(v1::DeleteConnectionRequest r) override {
    return play(on_delete_connection, std::move(r));
  }

 private:
  template <class Request, class Response>
  static Answer<Response> play(const Script<Request, Response>& script, Request request) {
    if (script) return script(std::move(request));
    return ready<Response>(
        make_error(ErrorClass::kInternal, "UNSCRIPTED", "The test has no answer to this", ""));
  }
};

} // namespace circuit::api
