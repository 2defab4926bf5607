#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/api/services.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class FeedsService final : public v1::Feeds::CallbackService {
 public:
  explicit FeedsService(const Desk& desk) : desk_(desk) {}

  Reactor* Create(Context*, const v1::CreateFeedRequest* request, v1::Feed* response) override {
    return serve_unary(desk_, request, response, &Control::create_feed);
  }
  Reactor* Get(Context*, const v1::GetFeedRequest* request, v1::Feed* response) override {
    return serve_unary(desk_, request, response, &Control::get_feed);
  }
  Reactor* List(Context*, const v1::ListFeedsRequest* request, v1::ListFeedsResponse* response) override {
    return serve_unary(desk_, request, response, &Control::list_feeds);
  }
  Reactor* Update(Context*, const v1::UpdateFeedRequest* request, v1::Feed* response) override {
    return serve_unary(desk_, request, response, &Control::update_feed);
  }
  Reactor* Delete(Context*, const v1::DeleteFeedRequest* request,
                  google::protobuf::Empty* response) override {
    return serve_unary(desk_, request, response, &Control::delete_feed);
  }
  Reactor* Reset(Context*, const v1::ResetFeedRequest* request, v1::Feed* response) override {
    return serve_unary(desk_, request, response, &Control::reset_feed);
  }
  Reactor* ListDeadLetters(Context*, const v1::ListDeadLettersRequest* request,
                           v1::ListDeadLettersResponse* response) override {
    return serve_unary(desk_, request, response, &Control::list_dead_letters);
  }
  Reactor* RetryDeadLetters(Context*, const v1::RetryDeadLettersRequest* request,
                            v1::Sync* response) override {
    return serve_unary(desk_, request, response, &Control::retry_dead_letters);
  }

 private:
  const Desk& desk_;
};

} // namespace

std::unique_ptr<grpc::Service> make_feeds_service(const Desk& desk) {
  return std::make_unique<FeedsService>(desk);
}

} // namespace circuit::api
