#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/api/services.h"
#include "ingest/api/watch_reactor.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class SyncsService final : public v1::Syncs::CallbackService {
 public:
  explicit SyncsService(const Desk& desk) : desk_(desk) {}

  Reactor* Start(Context*, const v1::StartSyncRequest* request, v1::Sync* response) override {
    return serve_unary(desk_, request, response, &Control::start_sync);
  }
  Reactor* Get(Context*, const v1::GetSyncRequest* request, v1::Sync* response) override {
    return serve_unary(desk_, request, response, &Control::get_sync);
  }
  Reactor* List(Context*, const v1::ListSyncsRequest* request, v1::ListSyncsResponse* response) override {
    return serve_unary(desk_, request, response, &Control::list_syncs);
  }
  grpc::ServerWriteReactor<v1::Sync>* Watch(Context*, const v1::WatchSyncRequest* request) override {
    auto* reactor = new WatchReactor(desk_);
    reactor->open(*request);
    return reactor;
  }
  Reactor* Cancel(Context*, const v1::CancelSyncRequest* request, v1::Sync* response) override {
    return serve_unary(desk_, request, response, &Control::cancel_sync);
  }
  Reactor* ConfirmRemovals(Context*, const v1::ConfirmRemovalsRequest* request, v1::Sync* response) override {
    return serve_unary(desk_, request, response, &Control::confirm_removals);
  }

 private:
  const Desk& desk_;
};

} // namespace

std::unique_ptr<grpc::Service> make_syncs_service(const Desk& desk) {
  return std::make_unique<SyncsService>(desk);
}

} // namespace circuit::api
