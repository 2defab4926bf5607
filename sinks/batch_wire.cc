#include "sinks/batch_wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpc/slice.h>
#include <grpcpp/support/slice.h>

#include <cassert>
#include <utility>

#include "circuit/feeds/v1/sink.pb.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t tag_of(int field_number) {
  return static_cast<uint32_t>(field_number) << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}
constexpr uint32_t kBatchTag = tag_of(v1::DeliverRequest::kBatchFieldNumber);
constexpr uint32_t kFeedTag = tag_of(v1::Batch::kFeedFieldNumber);
constexpr uint32_t kChangesTag = tag_of(v1::Batch::kChangesFieldNumber);
constexpr uint32_t kBatchIdTag = v1::Batch::kBatchIdFieldNumber << 3 | WireFormatLite::WIRETYPE_VARINT;
static_assert(kBatchTag < 0x80 && kFeedTag < 0x80 && kChangesTag < 0x80 && kBatchIdTag < 0x80);

size_t length_delimited(size_t length) { return 1 + CodedOutputStream::VarintSize64(length) + length; }

// The id is counted at its largest, so that a plan is made before ids are given.
constexpr size_t kBatchIdBytes = 1 + 10;
constexpr size_t kRequestHeader = 1 + 5; // tag and length of the batch inside the request

size_t id_bytes(int64_t batch_id) {
  return 1 + CodedOutputStream::VarintSize64(static_cast<uint64_t>(batch_id));
}

sync::Rejection too_large(size_t index, const std::string& external_id, size_t bytes, size_t limit) {
  return {index,
          make_error(ErrorClass::kInvalid, "MESSAGE_TOO_LARGE",
                     "document " + external_id + " takes " + std::to_string(bytes) +
                         " bytes on the wire, more than the " + std::to_string(limit) + " of one message",
                     "Raise the largest message size of the sink and of the receiver, or lower the bound on "
                     "document text")
              .with("external_id", external_id)
              .with("bytes", std::to_string(bytes))
              .with("max_message_bytes", std::to_string(limit))};
}

} // namespace

BatchPlan plan_batch(const sync::DeliverBatch& batch, const std::string& feed, size_t max_message_bytes) {
  BatchPlan plan;
  const size_t fixed = kBatchIdBytes + length_delimited(feed.size());
  bool open = false; // whether the last part takes more
  for (size_t i = 0; i < batch.changes.size(); ++i) {
    const size_t bytes = length_delimited(batch.changes[i].wire.size());
    if (kRequestHeader + fixed + bytes > max_message_bytes) {
      plan.too_large.push_back(
          too_large(i, batch.changes[i].external_id, kRequestHeader + fixed + bytes, max_message_bytes));
      open = false;
      continue;
    }
    if (!open || kRequestHeader + plan.parts.back().bytes + bytes > max_message_bytes) {
      plan.parts.push_back({i, 0, fixed});
      open = true;
    }
    ++plan.parts.back().count;
    plan.parts.back().bytes += bytes;
  }
  return plan;
}

grpc::ByteBuffer encode_part(const sync::DeliverBatch& batch, const BatchPart& part, const std::string& feed,
                             int64_t batch_id) {
  const size_t batch_bytes = part.bytes - kBatchIdBytes + id_bytes(batch_id);
  const size_t total = length_delimited(batch_bytes);
  grpc_slice memory = grpc_slice_malloc(total);
  uint8_t* at = GRPC_SLICE_START_PTR(memory);
  const uint8_t* const end = at + total;

  *at++ = kBatchTag;
  at = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(batch_bytes), at);
  *at++ = kBatchIdTag;
  at = CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(batch_id), at);
  *at++ = kFeedTag;
  at = CodedOutputStream::WriteStringWithSizeToArray(feed, at);
  for (size_t i = part.first; i < part.first + part.count; ++i) {
    *at++ = kChangesTag;
    at = CodedOutputStream::WriteStringWithSizeToArray(batch.changes[i].wire, at);
  }
  assert(at == end);
  static_cast<void>(end);
  const grpc::Slice slice(memory, grpc::Slice::STEAL_REF);
  return grpc::ByteBuffer(&slice, 1);
}

namespace {

grpc::ByteBuffer encode(const v1::DeliverRequest& request) {
  grpc_slice memory = grpc_slice_malloc(request.ByteSizeLong());
  request.SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(memory));
  const grpc::Slice slice(memory, grpc::Slice::STEAL_REF);
  return grpc::ByteBuffer(&slice, 1);
}

} // namespace

grpc::ByteBuffer encode_content(int64_t content_id, const std::string& feed, int64_t offset,
                                const std::string& data, const v1::RawContent* finished) {
  v1::DeliverRequest request;
  auto& chunk = *request.mutable_content();
  chunk.set_content_id(content_id);
  chunk.set_feed(feed);
  chunk.set_offset(offset);
  chunk.set_data(data);
  if (finished != nullptr) *chunk.mutable_finished() = *finished;
  return encode(request);
}

grpc::ByteBuffer encode_aborted(int64_t content_id, const std::string& feed) {
  v1::DeliverRequest request;
  request.mutable_content()->set_content_id(content_id);
  request.mutable_content()->set_feed(feed);
  request.mutable_content()->set_aborted(true);
  return encode(request);
}

grpc::ByteBuffer encode_hello(const std::string& worker) {
  v1::DeliverRequest request;
  request.mutable_hello()->set_worker(worker);
  return encode(request);
}

} // namespace circuit::sinks
