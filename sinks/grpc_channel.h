#pragma once
// From HOST:PORT and options to a gRPC channel. Any thread; reads the certificate files.

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "ingest/runtime/result.h"
#include "sinks/grpc_options.h"

namespace circuit::sinks {

// INVALID SINK_ADDRESS_INVALID, SINK_PLAINTEXT_REFUSED, SINK_TLS_FILE, SINK_TLS_INCOMPLETE. Does not connect.
Result<std::shared_ptr<grpc::Channel>> make_grpc_channel(const std::string& address,
                                                         const GrpcOptions& options);

} // namespace circuit::sinks
