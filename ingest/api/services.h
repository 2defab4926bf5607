#pragma once
// The services of circuit.feeds.v1, each over what they share. gRPC's threads call them and are never
// blocked. `desk` outlives what is made; so does its Control.

#include <memory>

#include "ingest/api/unary.h"

namespace grpc {
class Service;
}

namespace circuit::api {

std::unique_ptr<grpc::Service> make_feeds_service(const Desk& desk);
std::unique_ptr<grpc::Service> make_syncs_service(const Desk& desk);
std::unique_ptr<grpc::Service> make_connections_service(const Desk& desk);
std::unique_ptr<grpc::Service> make_providers_service(const Desk& desk);
std::unique_ptr<grpc::Service> make_keys_service(const Desk& desk);

} // namespace circuit::api
