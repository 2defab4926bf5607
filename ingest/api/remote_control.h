#pragma once
// A Control over a worker that runs elsewhere, through its gRPC API.
//
// All calls from coroutines of `loop`, which outlives it. Destroy it on the loop's thread when its calls have
// ended, or when the loop will not run again: what is still open is then cancelled, and the destructor waits
// for gRPC to let go.
//
// Errors: what the worker answered, as the engine made it there; and of its own
//   TRANSIENT  SERVER_UNREACHABLE  nobody answers there, or the connection broke
//   TRANSIENT  SERVER_TIMEOUT      no answer within the deadline; whether the worker did it is not known
//   INVALID    METHOD_UNKNOWN      what answers is an older worker, or something else
//   INVALID    MESSAGE_TOO_LARGE   the request or the answer exceeds what one of the two sides accepts

#include <chrono>
#include <memory>
#include <string>

#include "ingest/api/control.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/loop.h"

namespace circuit::api {

struct RemoteTls {
  bool enabled = false;
  std::string ca_file;          // PEM; empty: the system's authorities
  std::string certificate_file; // PEM, for workers that want to know who asks; with key_file
  std::string key_file;
  std::string server_name; // expected in the server's certificate; empty: the host of the address
};

struct RemoteOptions {
  std::string address; // "HOST:PORT"
  RemoteTls tls;
  bool allow_insecure = false; // without TLS to an address other than loopback
  Duration deadline = std::chrono::seconds(30);
  Duration keepalive_interval = std::chrono::seconds(20);
  Duration keepalive_timeout = std::chrono::seconds(10);
  int max_message_bytes = 64 << 20;
};

class RemoteControl final : public Control {
 public:
  // Does not connect yet. INVALID (ADDRESS_INVALID, INSECURE_ADDRESS, TLS_FILE_UNREADABLE, TLS_FILE_INVALID,
  // TLS_KEY_MISMATCH).
  static Result<std::unique_ptr<RemoteControl>> open(RemoteOptions options, Loop& loop);
  ~RemoteControl() override;

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
  // Has no deadline, since a queued sync may say nothing for long: keepalive notices a dead connection.
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
  struct Parts;
  explicit RemoteControl(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::api
