#pragma once
// Changes as DeliverRequest messages on the wire, written straight from the engine's batch into one buffer:
// nothing is copied into a Batch message first.
//
// A batch of the engine becomes one part on the wire, or several when it is larger than what the receiver
// takes. Pure; any thread that may read the batch.

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ingest/sync/sink.h"

namespace circuit::sinks {

// Neighbouring changes of a batch that travel in one message.
struct BatchPart {
  size_t first = 0;
  size_t count = 0;
  size_t bytes = 0; // of the serialized Batch: what it takes of the receiver's credit
};

struct BatchPlan {
  std::vector<BatchPart> parts;
  std::vector<sync::Rejection> too_large; // INVALID MESSAGE_TOO_LARGE: changes that fit into no message
};

// Serialized DeliverRequests stay within `max_message_bytes`.
BatchPlan plan_batch(const sync::DeliverBatch& batch, const std::string& feed, size_t max_message_bytes);

// The DeliverRequest that carries a part of a planned batch.
grpc::ByteBuffer encode_part(const sync::DeliverBatch& batch, const BatchPart& part, const std::string& feed,
                             int64_t batch_id);

// The DeliverRequest that carries a piece of an original. `finished`: of the last one, else null.
grpc::ByteBuffer encode_content(int64_t content_id, const std::string& feed, int64_t offset,
                                const std::string& data, const circuit::feeds::v1::RawContent* finished);
grpc::ByteBuffer encode_aborted(int64_t content_id, const std::string& feed);

grpc::ByteBuffer encode_hello(const std::string& worker);

} // namespace circuit::sinks
