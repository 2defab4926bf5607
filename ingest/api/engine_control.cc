#include "ingest/api/engine_control.h"

#include <optional>
#include <string>
#include <utility>

#include "ingest/accounts/accounts.h"
#include "ingest/credentials/key_rotation.h"
#include "ingest/sync/engine.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

namespace {

Answer<google::protobuf::Empty> as_empty(Task<Result<void>> operation) {
  Result<void> result = co_await std::move(operation);
  if (!result) co_return std::move(result).error();
  co_return google::protobuf::Empty();
}

template <class Response>
Answer<Response> ready(Result<Response> result) {
  co_return result;
}

class EngineWatch final : public SyncWatch {
 public:
  EngineWatch(sync::Engine& engine, std::string name) : engine_(engine), name_(std::move(name)) {}

  Answer<v1::Sync> next() override {
    Answer<v1::Sync> update = seen_ ? engine_.next_update(name_, *seen_) : now();
    Result<v1::Sync> state = co_await std::move(update);
    if (state) seen_ = *state;
    co_return state;
  }

 private:
  Answer<v1::Sync> now() {
    v1::GetSyncRequest request;
    request.set_name(name_);
    return engine_.get_sync(std::move(request));
  }

  sync::Engine& engine_;
  std::string name_;
  std::optional<v1::Sync> seen_;
};

} // namespace

Answer<v1::Feed> EngineControl::create_feed(v1::CreateFeedRequest request) {
  return engine_.create_feed(std::move(request));
}
Answer<v1::Feed> EngineControl::get_feed(v1::GetFeedRequest request) {
  return engine_.get_feed(std::move(request));
}
Answer<v1::ListFeedsResponse> EngineControl::list_feeds(v1::ListFeedsRequest request) {
  return engine_.list_feeds(std::move(request));
}
Answer<v1::Feed> EngineControl::update_feed(v1::UpdateFeedRequest request) {
  return engine_.update_feed(std::move(request));
}
Answer<google::protobuf::Empty> EngineControl::delete_feed(v1::DeleteFeedRequest request) {
  return as_empty(engine_.delete_feed(std::move(request)));
}
Answer<v1::Feed> EngineControl::reset_feed(v1::ResetFeedRequest request) {
  return engine_.reset_feed(std::move(request));
}
Answer<v1::ListDeadLettersResponse> EngineControl::list_dead_letters(v1::ListDeadLettersRequest request) {
  return engine_.list_dead_letters(std::move(request));
}
Answer<v1::Sync> EngineControl::retry_dead_letters(v1::RetryDeadLettersRequest request) {
  return engine_.retry_dead_letters(std::move(request));
}

Answer<v1::Sync> EngineControl::start_sync(v1::StartSyncRequest request) {
  return engine_.start_sync(std::move(request));
}
Answer<v1::Sync> EngineControl::get_sync(v1::GetSyncRequest request) {
  return engine_.get_sync(std::move(request));
}
Answer<v1::ListSyncsResponse> EngineControl::list_syncs(v1::ListSyncsRequest request) {
  return engine_.list_syncs(std::move(request));
}
std::unique_ptr<SyncWatch> EngineControl::watch_sync(v1::WatchSyncRequest request) {
  return std::make_unique<EngineWatch>(engine_, std::move(*request.mutable_name()));
}
Answer<v1::Sync> EngineControl::cancel_sync(v1::CancelSyncRequest request) {
  return engine_.cancel_sync(std::move(request));
}
Answer<v1::Sync> EngineControl::confirm_removals(v1::ConfirmRemovalsRequest request) {
  return engine_.confirm_removals(std::move(request));
}

Answer<v1::Provider> EngineControl::get_provider(v1::GetProviderRequest request) {
  return ready(engine_.get_provider(request));
}
Answer<v1::ListProvidersResponse> EngineControl::list_providers(v1::ListProvidersRequest request) {
  return ready(engine_.list_providers(request));
}

Answer<v1::Connection> EngineControl::create_connection(v1::CreateConnectionRequest request) {
  return accounts_.create(std::move(request));
}
Answer<v1::StartAuthorizationResponse> EngineControl::start_authorization(
    v1::StartAuthorizationRequest request) {
  return accounts_.start_authorization(std::move(request));
}
Answer<v1::Connection> EngineControl::finish_authorization(v1::FinishAuthorizationRequest request) {
  return accounts_.finish_authorization(std::move(request));
}
Answer<v1::Connection> EngineControl::get_connection(v1::GetConnectionRequest request) {
  return accounts_.get(std::move(request));
}
Answer<v1::ListConnectionsResponse> EngineControl::list_connections(v1::ListConnectionsRequest request) {
  return accounts_.list(std::move(request));
}
Answer<v1::ConnectionReport> EngineControl::check_connection(v1::CheckConnectionRequest request) {
  return accounts_.check(std::move(request));
}
Answer<v1::SyncError> EngineControl::approval_help(v1::GetConnectionRequest request) {
  return accounts_.approval_help(std::move(request));
}
Answer<v1::BrowseResponse> EngineControl::browse(v1::BrowseRequest request) {
  return accounts_.browse(std::move(request));
}
Answer<v1::DeleteConnectionResponse> EngineControl::delete_connection(v1::DeleteConnectionRequest request) {
  return accounts_.remove(std::move(request));
}

Answer<v1::ListKeysResponse> EngineControl::list_keys(v1::ListKeysRequest) { return keys_.list(); }
Answer<v1::ListKeysResponse> EngineControl::rotate_keys(v1::RotateKeysRequest) { return keys_.rotate(); }

} // namespace circuit::api
