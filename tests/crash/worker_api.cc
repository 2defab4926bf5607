#include "tests/crash/worker_api.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

namespace circuit::crash {

namespace v1 = circuit::feeds::v1;

namespace {

template <class Response, class Stub, class Request, class Method>
Answered<Response> call(Stub& stub, Method method, const Request& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  Answered<Response> answered;
  answered.status = (stub.*method)(&context, request, &answered.value);
  return answered;
}

} // namespace

WorkerApi::WorkerApi(const std::string& address)
    : channel_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
      feeds_(v1::Feeds::NewStub(channel_)),
      syncs_(v1::Syncs::NewStub(channel_)) {}

Answered<v1::Feed> WorkerApi::create(const v1::CreateFeedRequest& request) {
  return call<v1::Feed>(*feeds_, &v1::Feeds::Stub::Create, request);
}

Answered<v1::Feed> WorkerApi::get_feed(const std::string& name) {
  v1::GetFeedRequest request;
  request.set_name(name);
  return call<v1::Feed>(*feeds_, &v1::Feeds::Stub::Get, request);
}

Answered<v1::Feed> WorkerApi::reset(const std::string& name) {
  v1::ResetFeedRequest request;
  request.set_name(name);
  return call<v1::Feed>(*feeds_, &v1::Feeds::Stub::Reset, request);
}

grpc::Status WorkerApi::remove(const std::string& name) {
  v1::DeleteFeedRequest request;
  request.set_name(name);
  return call<google::protobuf::Empty>(*feeds_, &v1::Feeds::Stub::Delete, request).status;
}

Answered<v1::Sync> WorkerApi::start(const v1::StartSyncRequest& request) {
  return call<v1::Sync>(*syncs_, &v1::Syncs::Stub::Start, request);
}

Answered<v1::Sync> WorkerApi::get_sync(const std::string& name) {
  v1::GetSyncRequest request;
  request.set_name(name);
  return call<v1::Sync>(*syncs_, &v1::Syncs::Stub::Get, request);
}

bool has_ended(const v1::Sync& sync) {
  return sync.state() == v1::Sync::SUCCEEDED || sync.state() == v1::Sync::FAILED ||
         sync.state() == v1::Sync::CANCELLED;
}

} // namespace circuit::crash
