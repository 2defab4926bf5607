#pragma once
// One original over the stream of a gRPC sink, from its source to the receiver's acknowledgement.
//
// On the loop of the session. One piece is in memory at a time. Errors: deliver_content() in
// ingest/sync/sink.h, and those of grpc_stream.h. Cancelling it, and every error, makes the receiver forget
// what it has.

#include <memory>
#include <string>

#include "ingest/sync/sink.h"
#include "sinks/grpc_stream.h"

namespace circuit::sinks {

// Connects first: the receiver says whether it takes originals before anything is read.
Task<Result<circuit::feeds::v1::RawContent>> send_content(std::shared_ptr<GrpcStream> stream,
                                                          std::string feed, sync::ContentSource& source);

} // namespace circuit::sinks
