#pragma once
// The sink `grpc:HOST:PORT`: a downstream service that implements circuit.feeds.v1.DocumentSink.
// docs/sinks.md.
//
// One stream carries the batches of every feed, within the credit in bytes that the receiver grants.
// deliver() returns when the receiver has acknowledged the batch. A broken stream is made again with backoff,
// and what was not acknowledged is sent again, in order, with the same batch ids. A batch larger than a
// message may be is sent as several; a single change that is too large is rejected (INVALID
// MESSAGE_TOO_LARGE).
//
// deliver_content() goes over the same stream, in pieces that share the credit and take turns with the
// batches. A source can be read only once, and no copy of a large original is kept: when the stream breaks in
// the middle of one, the error is TRANSIENT CONTENT_INTERRUPTED, and the document is to be fetched again. One
// that fits into a single piece (256 KiB) is sent again by itself.
//
// Errors of deliver(): TRANSIENT SINK_TIMEOUT, SINK_UNREACHABLE; what the receiver said (Ack.error); and
// those of grpc_stream.h. A session that failed fails from then on. recover() connects, so a receiver that is
// not there is known before anything is pulled; it may be called again after a TRANSIENT error.
//
// Sessions may live on any loop. The sink must be destroyed from a thread that is not gRPC's.

#include <memory>
#include <string>

#include "ingest/sync/sink.h"
#include "sinks/grpc_options.h"

namespace circuit::sinks {

// Does not connect. Errors: grpc_channel.h.
Result<std::unique_ptr<sync::Sink>> make_grpc_sink(std::string uri, const std::string& address,
                                                   GrpcOptions options);

} // namespace circuit::sinks
