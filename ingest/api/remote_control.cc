#include "ingest/api/remote_control.h"

#include <grpcpp/channel.h>

#include <functional>
#include <optional>
#include <utility>

#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/accounts/confidential.h"
#include "ingest/api/channel.h"
#include "ingest/api/foreign_status.h"
#include "ingest/api/in_flight.h"
#include "ingest/api/status.h"
#include "ingest/api/watch_stream.h"
#include "ingest/runtime/event.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

struct RemoteControl::Parts {
  RemoteOptions options;
  Loop& loop;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Feeds::StubInterface> feeds = v1::Feeds::NewStub(channel);
  std::unique_ptr<v1::Syncs::StubInterface> syncs = v1::Syncs::NewStub(channel);
  std::unique_ptr<v1::Providers::StubInterface> providers = v1::Providers::NewStub(channel);
  std::unique_ptr<v1::Connections::StubInterface> connections = v1::Connections::NewStub(channel);
  std::unique_ptr<v1::Keys::StubInterface> keys = v1::Keys::NewStub(channel);
  std::shared_ptr<InFlight> in_flight = std::make_shared<InFlight>();

  Error error_of(const grpc::Status& status) const {
    std::optional<Error> answered = error_in(status);
    return answered ? std::move(*answered) : foreign_error(status, options.address, options.deadline);
  }

  template <class Calls, class Request, class Response>
  using Method = void (Calls::*)(grpc::ClientContext*, const Request*, Response*,
                                 std::function<void(grpc::Status)>);

  template <class Calls, class Request, class Response>
  Answer<Response> ask(Calls* calls, Method<Calls, Request, Response> method, Request request);
};

namespace {

using FeedsCalls = v1::Feeds::StubInterface::async_interface;
using SyncsCalls = v1::Syncs::StubInterface::async_interface;
using ConnectionsCalls = v1::Connections::StubInterface::async_interface;
using ProvidersCalls = v1::Providers::StubInterface::async_interface;
using KeysCalls = v1::Keys::StubInterface::async_interface;

template <class Request>
constexpr bool kIsConfidential = requires(Request& request) {
  accounts::wipe_secrets(request);
};

// One unary call; shared between the coroutine that waits and gRPC.
template <class Request, class Response>
struct Exchange {
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    if constexpr (kIsConfidential<Request>) accounts::wipe_secrets(request);
  }

  Request request;
  Response response;
  grpc::ClientContext context;
  std::optional<grpc::Status> status; // on the loop, as is `done`
  Event done;
};

// Tells gRPC to give up when nobody waits any more.
template <class ExchangePtr>
class CancelUnlessDone {
 public:
  explicit CancelUnlessDone(const ExchangePtr& exchange) : exchange_(exchange) {}
  ~CancelUnlessDone() {
    if (!exchange_->status) exchange_->context.TryCancel();
  }
  CancelUnlessDone(const CancelUnlessDone&) = delete;
  CancelUnlessDone& operator=(const CancelUnlessDone&) = delete;

 private:
  const ExchangePtr& exchange_;
};

} // namespace

template <class Calls, class Request, class Response>
Answer<Response> RemoteControl::Parts::ask(Calls* calls, Method<Calls, Request, Response> method,
                                           Request request) {
  using ExchangePtr = std::shared_ptr<Exchange<Request, Response>>;
  const ExchangePtr exchange = std::make_shared<Exchange<Request, Response>>();
  exchange->request = std::move(request);
  exchange->context.set_deadline(std::chrono::system_clock::now() + options.deadline);
  const InFlight::Id id = in_flight->add({exchange, &exchange->context});
  auto on_done = [exchange, in_flight = in_flight, id, loop = &loop](grpc::Status status) mutable {
    // Moved, so that the exchange never ends on gRPC's thread.
    loop->post([exchange = std::move(exchange), status = std::move(status)] {
      exchange->status = status;
      exchange->done.notify_all();
    });
    in_flight->remove(id);
  };
  (calls->*method)(&exchange->context, &exchange->request, &exchange->response, std::move(on_done));

  const CancelUnlessDone<ExchangePtr> guard(exchange);
  while (!exchange->status) co_await exchange->done.wait();
  if (!exchange->status->ok()) co_return error_of(*exchange->status);
  co_return std::move(exchange->response);
}

namespace {

class RemoteWatch final : public SyncWatch {
 public:
  using Open = std::function<std::shared_ptr<WatchStream>()>;
  using Explain = std::function<Error(const grpc::Status&)>;
  RemoteWatch(Open open, Explain explain) : open_(std::move(open)), explain_(std::move(explain)) {}
  ~RemoteWatch() override { close(); }

  Answer<v1::Sync> next() override {
    if (!stream_) stream_ = open_();
    Task<WatchStream::Step> stepping = stream_->next();
    WatchStream::Step step = co_await std::move(stepping);
    if (step.state) co_return std::move(*step.state);
    close();
    // The caller stops after a state that has ended, so this was not the end.
    if (step.ended.ok())
      step.ended = {grpc::StatusCode::UNAVAILABLE, "it closed the watch before the sync ended"};
    co_return explain_(step.ended);
  }

 private:
  void close() {
    if (stream_) stream_->cancel();
    stream_.reset();
  }

  Open open_;
  Explain explain_;
  std::shared_ptr<WatchStream> stream_;
};

} // namespace

Result<std::unique_ptr<RemoteControl>> RemoteControl::open(RemoteOptions options, Loop& loop) {
  auto channel = make_channel(options);
  if (!channel) return std::move(channel).error();
  std::unique_ptr<Parts> parts(new Parts{std::move(options), loop, std::move(*channel)});
  return std::unique_ptr<RemoteControl>(new RemoteControl(std::move(parts)));
}

RemoteControl::RemoteControl(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RemoteControl::~RemoteControl() { parts_->in_flight->end_all(); }

Answer<v1::Feed> RemoteControl::create_feed(v1::CreateFeedRequest request) {
  return parts_->ask<FeedsCalls, v1::CreateFeedRequest, v1::Feed>(parts_->feeds->async(), &FeedsCalls::Create,
                                                                  std::move(request));
}
Answer<v1::Feed> RemoteControl::get_feed(v1::GetFeedRequest request) {
  return parts_->ask<FeedsCalls, v1::GetFeedRequest, v1::Feed>(parts_->feeds->async(), &FeedsCalls::Get,
                                                               std::move(request));
}
Answer<v1::ListFeedsResponse> RemoteControl::list_feeds(v1::ListFeedsRequest request) {
  return parts_->ask<FeedsCalls, v1::ListFeedsRequest, v1::ListFeedsResponse>(
      parts_->feeds->async(), &FeedsCalls::List, std::move(request));
}
Answer<v1::Feed> RemoteControl::update_feed(v1::UpdateFeedRequest request) {
  return parts_->ask<FeedsCalls, v1::UpdateFeedRequest, v1::Feed>(parts_->feeds->async(), &FeedsCalls::Update,
                                                                  std::move(request));
}
Answer<google::protobuf::Empty> RemoteControl::delete_feed(v1::DeleteFeedRequest request) {
  return parts_->ask<FeedsCalls, v1::DeleteFeedRequest, google::protobuf::Empty>(
      parts_->feeds->async(), &FeedsCalls::Delete, std::move(request));
}
Answer<v1::Feed> RemoteControl::reset_feed(v1::ResetFeedRequest request) {
  return parts_->ask<FeedsCalls, v1::ResetFeedRequest, v1::Feed>(parts_->feeds->async(), &FeedsCalls::Reset,
                                                                 std::move(request));
}
Answer<v1::ListDeadLettersResponse> RemoteControl::list_dead_letters(v1::ListDeadLettersRequest request) {
  return parts_->ask<FeedsCalls, v1::ListDeadLettersRequest, v1::ListDeadLettersResponse>(
      parts_->feeds->async(), &FeedsCalls::ListDeadLetters, std::move(request));
}
Answer<v1::Sync> RemoteControl::retry_dead_letters(v1::RetryDeadLettersRequest request) {
  return parts_->ask<FeedsCalls, v1::RetryDeadLettersRequest, v1::Sync>(
      parts_->feeds->async(), &FeedsCalls::RetryDeadLetters, std::move(request));
}

Answer<v1::Sync> RemoteControl::start_sync(v1::StartSyncRequest request) {
  return parts_->ask<SyncsCalls, v1::StartSyncRequest, v1::Sync>(parts_->syncs->async(), &SyncsCalls::Start,
                                                                 std::move(request));
}
Answer<v1::Sync> RemoteControl::get_sync(v1::GetSyncRequest request) {
  return parts_->ask<SyncsCalls, v1::GetSyncRequest, v1::Sync>(parts_->syncs->async(), &SyncsCalls::Get,
                                                               std::move(request));
}
Answer<v1::ListSyncsResponse> RemoteControl::list_syncs(v1::ListSyncsRequest request) {
  return parts_->ask<SyncsCalls, v1::ListSyncsRequest, v1::ListSyncsResponse>(
      parts_->syncs->async(), &SyncsCalls::List, std::move(request));
}
std::unique_ptr<SyncWatch> RemoteControl::watch_sync(v1::WatchSyncRequest request) {
  Parts* parts = parts_.get();
  auto open = [parts, request = std::move(request)] {
    auto stream = std::make_shared<WatchStream>(parts->loop, parts->in_flight, request);
    stream->start(*parts->syncs);
    return stream;
  };
  auto explain = [parts](const grpc::Status& status) { return parts->error_of(status); };
  return std::make_unique<RemoteWatch>(std::move(open), std::move(explain));
}
Answer<v1::Sync> RemoteControl::cancel_sync(v1::CancelSyncRequest request) {
  return parts_->ask<SyncsCalls, v1::CancelSyncRequest, v1::Sync>(parts_->syncs->async(), &SyncsCalls::Cancel,
                                                                  std::move(request));
}
Answer<v1::Sync> RemoteControl::confirm_removals(v1::ConfirmRemovalsRequest request) {
  return parts_->ask<SyncsCalls, v1::ConfirmRemovalsRequest, v1::Sync>(
      parts_->syncs->async(), &SyncsCalls::ConfirmRemovals, std::move(request));
}

Answer<v1::Provider> RemoteControl::get_provider(v1::GetProviderRequest request) {
  return parts_->ask<ProvidersCalls, v1::GetProviderRequest, v1::Provider>(
      parts_->providers->async(), &ProvidersCalls::Get, std::move(request));
}
Answer<v1::ListProvidersResponse> RemoteControl::list_providers(v1::ListProvidersRequest request) {
  return parts_->ask<ProvidersCalls, v1::ListProvidersRequest, v1::ListProvidersResponse>(
      parts_->providers->async(), &ProvidersCalls::List, std::move(request));
}

Answer<v1::Connection> RemoteControl::create_connection(v1::CreateConnectionRequest request) {
  return parts_->ask<ConnectionsCalls, v1::CreateConnectionRequest, v1::Connection>(
      parts_->connections->async(), &ConnectionsCalls::Create, std::move(request));
}
Answer<v1::StartAuthorizationResponse> RemoteControl::start_authorization(
    v1::StartAuthorizationRequest request) {
  return parts_->ask<ConnectionsCalls, v1::StartAuthorizationRequest, v1::StartAuthorizationResponse>(
      parts_->connections->async(), &ConnectionsCalls::StartAuthorization, std::move(request));
}
Answer<v1::Connection> RemoteControl::finish_authorization(v1::FinishAuthorizationRequest request) {
  return parts_->ask<ConnectionsCalls, v1::FinishAuthorizationRequest, v1::Connection>(
      parts_->connections->async(), &ConnectionsCalls::FinishAuthorization, std::move(request));
}
Answer<v1::Connection> RemoteControl::get_connection(v1::GetConnectionRequest request) {
  return parts_->ask<ConnectionsCalls, v1::GetConnectionRequest, v1::Connection>(
      parts_->connections->async(), &ConnectionsCalls::Get, std::move(request));
}
Answer<v1::ListConnectionsResponse> RemoteControl::list_connections(v1::ListConnectionsRequest request) {
  return parts_->ask<ConnectionsCalls, v1::ListConnectionsRequest, v1::ListConnectionsResponse>(
      parts_->connections->async(), &ConnectionsCalls::List, std::move(request));
}
Answer<v1::ConnectionReport> RemoteControl::check_connection(v1::CheckConnectionRequest request) {
  return parts_->ask<ConnectionsCalls, v1::CheckConnectionRequest, v1::ConnectionReport>(
      parts_->connections->async(), &ConnectionsCalls::Check, std::move(request));
}
Answer<v1::SyncError> RemoteControl::approval_help(v1::GetConnectionRequest request) {
  return parts_->ask<ConnectionsCalls, v1::GetConnectionRequest, v1::SyncError>(
      parts_->connections->async(), &ConnectionsCalls::ApprovalHelp, std::move(request));
}
Answer<v1::BrowseResponse> RemoteControl::browse(v1::BrowseRequest request) {
  return parts_->ask<ConnectionsCalls, v1::BrowseRequest, v1::BrowseResponse>(
      parts_->connections->async(), &ConnectionsCalls::Browse, std::move(request));
}
Answer<v1::DeleteConnectionResponse> RemoteControl::delete_connection(v1::DeleteConnectionRequest request) {
  return parts_->ask<ConnectionsCalls, v1::DeleteConnectionRequest, v1::DeleteConnectionResponse>(
      parts_->connections->async(), &ConnectionsCalls::Delete, std::move(request));
}

Answer<v1::ListKeysResponse> RemoteControl::list_keys(v1::ListKeysRequest request) {
  return parts_->ask<KeysCalls, v1::ListKeysRequest, v1::ListKeysResponse>(
      parts_->keys->async(), &KeysCalls::List, std::move(request));
}
Answer<v1::ListKeysResponse> RemoteControl::rotate_keys(v1::RotateKeysRequest request) {
  return parts_->ask<KeysCalls, v1::RotateKeysRequest, v1::ListKeysResponse>(
      parts_->keys->async(), &KeysCalls::Rotate, std::move(request));
}

} // namespace circuit::api
