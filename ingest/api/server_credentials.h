#pragma once
// From TLS files to gRPC's server credentials. Reads the files; INVALID as tls_files.h says.

#include <memory>

#include "ingest/api/server.h"

namespace grpc {
class ServerCredentials;
}

namespace circuit::api {

Result<std::shared_ptr<grpc::ServerCredentials>> make_server_credentials(const ServerTls& tls);

} // namespace circuit::api
