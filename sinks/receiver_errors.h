#pragma once
// What a receiver says, as errors of ours. Pure; any thread.

#include <grpcpp/support/status.h>

#include <string>

#include "circuit/feeds/v1/sink.pb.h"
#include "ingest/runtime/clock.h"
#include "ingest/sync/sink.h"

namespace circuit::sinks {

// Ack.error: its own class and reason; a class that this version does not know is INVALID.
Error refused_batch(const std::string& address, const std::string& feed,
                    const circuit::feeds::v1::SyncError& error);

// ContentAck.error: INVALID CONTENT_REFUSED, with the receiver's reason in the metadata, for what it will
// never take; others as of a batch.
Error refused_content(const std::string& address, const std::string& feed,
                      const circuit::feeds::v1::SyncError& error);
// INVALID SINK_PROTOCOL_ERROR: a content was acknowledged before its end.
Error acknowledged_early(const std::string& address, const std::string& feed);
// INVALID CONTENT_UNSUPPORTED: the receiver's Grant does not say that it takes originals.
Error content_unsupported(const std::string& address);

// Ack.rejections, with `first` added to the positions. INVALID SINK_PROTOCOL_ERROR: a position outside the
// part.
Result<sync::DeliverAck> rejections_of(const std::string& address, const circuit::feeds::v1::Ack& ack,
                                       size_t first, size_t count);

// Whether connecting again cannot help: the receiver does not serve this, or does not let this worker in.
bool is_permanent(const grpc::Status& status);
// A message was larger than the receiver takes.
bool is_message_too_large(const grpc::Status& status);

// The end of a stream as an error. AUTH SINK_UNAUTHENTICATED, PERMISSION SINK_FORBIDDEN, INVALID
// SINK_NOT_A_RECEIVER, MESSAGE_TOO_LARGE or SINK_PROTOCOL_ERROR; all else is TRANSIENT SINK_UNREACHABLE.
Error stream_error(const std::string& address, const grpc::Status& status);
// CANCELLED SINK_SHUT_DOWN.
Error shut_down(const std::string& address);
Error timed_out(const std::string& address, const std::string& feed, Duration limit);

} // namespace circuit::sinks
