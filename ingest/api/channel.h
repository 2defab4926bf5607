#pragma once
// From a RemoteControl's options to a gRPC channel. Does not connect; reads the TLS files. INVALID as
// remote_control.h says.

#include <memory>

#include "ingest/api/remote_control.h"

namespace grpc {
class Channel;
}

namespace circuit::api {

Result<std::shared_ptr<grpc::Channel>> make_channel(const RemoteOptions& options);

} // namespace circuit::api
