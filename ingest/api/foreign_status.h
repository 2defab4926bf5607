#pragma once
// Statuses that do not come from a worker's answer but from gRPC on the way, as Errors. Pure; any thread.

#include <grpcpp/support/status.h>

#include <string>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/error.h"

namespace circuit::api {

// `status` is not OK. Errors as remote_control.h lists them.
Error foreign_error(const grpc::Status& status, const std::string& address, Duration deadline);

} // namespace circuit::api
