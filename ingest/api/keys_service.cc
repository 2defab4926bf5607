#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/api/services.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

namespace {

class KeysService final : public v1::Keys::CallbackService {
 public:
  explicit KeysService(const Desk& desk) : desk_(desk) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const v1::ListKeysRequest* request,
                                 v1::ListKeysResponse* response) override {
    return serve_unary(desk_, request, response, &Control::list_keys);
  }
  grpc::ServerUnaryReactor* Rotate(grpc::CallbackServerContext*, const v1::RotateKeysRequest* request,
                                   v1::ListKeysResponse* response) override {
    return serve_unary(desk_, request, response, &Control::rotate_keys);
  }

 private:
  const Desk& desk_;
};

} // namespace

std::unique_ptr<grpc::Service> make_keys_service(const Desk& desk) {
  return std::make_unique<KeysService>(desk);
}

} // namespace circuit::api
