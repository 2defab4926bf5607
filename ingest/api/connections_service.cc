#include "circuit/feeds/v1/services.grpc.pb.h"
#include "ingest/api/services.h"

namespace circuit::api {

namespace v1 = circuit::feeds::v1;

namespace {

class ConnectionsService final : public v1::Connections::CallbackService {
 public:
  explicit ConnectionsService(const Desk& desk) : desk_(desk) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext*, const v1::CreateConnectionRequest* request,
                                   v1::Connection* response) override {
    return serve_confidential(desk_, request, response, &Control::create_connection);
  }
  grpc::ServerUnaryReactor* StartAuthorization(grpc::CallbackServerContext*,
                                               const v1::StartAuthorizationRequest* request,
                                               v1::StartAuthorizationResponse* response) override {
    return serve_confidential(desk_, request, response, &Control::start_authorization);
  }
  grpc::ServerUnaryReactor* FinishAuthorization(grpc::CallbackServerContext*,
                                                const v1::FinishAuthorizationRequest* request,
                                                v1::Connection* response) override {
    return serve_confidential(desk_, request, response, &Control::finish_authorization);
  }
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext*, const v1::GetConnectionRequest* request,
                                v1::Connection* response) override {
    return serve_unary(desk_, request, response, &Control::get_connection);
  }
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext*, const v1::ListConnectionsRequest* request,
                                 v1::ListConnectionsResponse* response) override {
    return serve_unary(desk_, request, response, &Control::list_connections);
  }
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext*, const v1::CheckConnectionRequest* request,
                                  v1::ConnectionReport* response) override {
    return serve_unary(desk_, request, response, &Control::check_connection);
  }
  grpc::ServerUnaryReactor* ApprovalHelp(grpc::CallbackServerContext*,
                                         const v1::GetConnectionRequest* request,
                                         v1::SyncError* response) override {
    return serve_unary(desk_, request, response, &Control::approval_help);
  }
  grpc::ServerUnaryReactor* Browse(grpc::CallbackServerContext*, const v1::BrowseRequest* request,
                                   v1::BrowseResponse* response) override {
    return serve_unary(desk_, request, response, &Control::browse);
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext*, const v1::DeleteConnectionRequest* request,
                                   v1::DeleteConnectionResponse* response) override {
    return serve_unary(desk_, request, response, &Control::delete_connection);
  }

 private:
  const Desk& desk_;
};

} // namespace

std::unique_ptr<grpc::Service> make_connections_service(const Desk& desk) {
  return std::make_unique<ConnectionsService>(desk);
}

} // namespace circuit::api
