#pragma once
// Errors on the wire: Error to grpc::Status and back. The status carries a serialized google.rpc.Status with
// exactly one google.rpc.ErrorInfo {reason, domain "circuit-feeds", metadata}, whose metadata holds "class",
// "next_step" and, where known, "retry_at" beside what the error holds itself; THROTTLED and TRANSIENT errors
// that know when add a google.rpc.RetryInfo. docs/errors.md has the table of codes. Pure; any thread.

#include <grpcpp/support/status.h>

#include <optional>

#include "ingest/runtime/error.h"

namespace circuit::api {

inline constexpr char kErrorDomain[] = "circuit-feeds";

grpc::StatusCode status_code(const Error& error);

// `now` turns retry_at into a delay. Texts are cut to what fits the 8 KiB of headers that every gRPC peer
// accepts.
grpc::Status to_status(const Error& error, SystemTime now);

// The Error inside a status that to_status() made; nothing for statuses that gRPC or somebody else made.
std::optional<Error> error_in(const grpc::Status& status);

} // namespace circuit::api
