#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/api/services.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

namespace {

class ProvidersService final : public v1::Providers::CallbackService {
 public:
  explicit ProvidersService(const Desk& desk) : desk_(desk) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext*, const v1::GetProviderRequest* request,
                                v1::Provider* response) override {
    return serve_unary(desk_, request, response, &Control::get_provider);
  }
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const v1::ListProvidersRequest* request,
                                 v1::ListProvidersResponse* response) override {
    return serve_unary(desk_, request, response, &Control::list_providers);
  }

 private:
  const Desk& desk_;
};

} // namespace

std::unique_ptr<grpc::Service> make_providers_service(const Desk& desk) {
  return std::make_unique<ProvidersService>(desk);
}

} // namespace circuit::api
