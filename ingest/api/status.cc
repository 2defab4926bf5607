#include "ingest/api/status.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "circuit/feeds/v1/error.pb.h"
#include "ingest/text/charset.h"

namespace circuit::api {

namespace rpc = circuit::feeds::v1::rpc;
using google::protobuf::util::TimeUtil;

namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr char kClass[] = "class";
constexpr char kNextStep[] = "next_step";
constexpr char kRetryAt[] = "retry_at";

// The message travels twice, once percent-encoded; the details travel in base64.
constexpr size_t kMaxMessageBytes = 768;
constexpr size_t kMaxNextStepBytes = 384;
constexpr size_t kMaxReasonBytes = 63;
constexpr size_t kMaxMetadataBytes = 1024; // keys and values together

constexpr std::array kClasses = {
    ErrorClass::kAuth,      ErrorClass::kPermission, ErrorClass::kAdminApproval, ErrorClass::kThrottled,
    ErrorClass::kTransient, ErrorClass::kInvalid,    ErrorClass::kCorrupt,       ErrorClass::kNotFound,
    ErrorClass::kConflict,  ErrorClass::kExhausted,  ErrorClass::kCancelled,     ErrorClass::kInternal,
};

std::optional<ErrorClass> class_named(std::string_view name) {
  for (const ErrorClass c : kClasses) {
    if (name == error_class_name(c)) return c;
  }
  return std::nullopt;
}

// Cut between characters, so that it stays valid UTF-8.
std::string bounded(const std::string& text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  constexpr std::string_view kEllipsis = "…";
  return std::string(text::truncate_utf8(text, max_bytes - kEllipsis.size())).append(kEllipsis);
}

// AIP-154 wants ABORTED where trying the same again can help, FAILED_PRECONDITION where something else must
// change first.
grpc::StatusCode conflict_code(const std::string& reason) {
  if (reason == "FEED_EXISTS" || reason == "CONNECTION_EXISTS") return grpc::StatusCode::ALREADY_EXISTS;
  if (reason == "SYNC_ALREADY_RUNNING" || reason == "ETAG_MISMATCH" || reason == "CONNECTION_BUSY")
    return grpc::StatusCode::ABORTED;
  return grpc::StatusCode::FAILED_PRECONDITION;
}

rpc::RpcErrorInfo error_info(const Error& error) {
  rpc::RpcErrorInfo info;
  info.set_reason(bounded(error.reason, kMaxReasonBytes));
  info.set_domain(kErrorDomain);
  auto& metadata = *info.mutable_metadata();
  size_t left = kMaxMetadataBytes;
  for (const auto& [key, value] : error.metadata) {
    if (key.size() + value.size() > left) continue;
    left -= key.size() + value.size();
    metadata[key] = value;
  }
  metadata[kClass] = error_class_name(error.cls);
  if (!error.next_step.empty()) metadata[kNextStep] = bounded(error.next_step, kMaxNextStepBytes);
  if (error.retry_at) {
    metadata[kRetryAt] =
        TimeUtil::ToString(TimeUtil::MicrosecondsToTimestamp(error.retry_at->time_since_epoch().count()));
  }
  return info;
}

// google.rpc.RetryInfo { google.protobuf.Duration retry_delay = 1; }
std::string retry_info(SystemTime retry_at, SystemTime now) {
  const auto delay = std::max(retry_at - now, SystemTime::duration::zero());
  const std::string duration = TimeUtil::MicrosecondsToDuration(delay.count()).SerializeAsString();
  std::string bytes;
  {
    constexpr uint32_t kRetryDelayTag = (1 << 3) | 2; // field 1, length-delimited
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.WriteTag(kRetryDelayTag);
    out.WriteVarint32(static_cast<uint32_t>(duration.size()));
    out.WriteString(duration);
  }
  return bytes;
}

// The message as it was before to_string() put the next step behind it, but for a full stop.
std::string without_next_step(std::string text, const std::string& next_step) {
  if (next_step.empty() || !std::string_view(text).ends_with(next_step)) return text;
  text.resize(text.size() - next_step.size());
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

std::string taken(google::protobuf::Map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  if (found == map.end()) return {};
  std::string value = std::move(found->second);
  map.erase(found);
  return value;
}

} // namespace

grpc::StatusCode status_code(const Error& error) {
  switch (error.cls) {
    case ErrorClass::kAuth:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorClass::kPermission:
    case ErrorClass::kAdminApproval:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorClass::kThrottled:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorClass::kTransient:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorClass::kInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorClass::kCorrupt:
      return grpc::StatusCode::DATA_LOSS;
    case ErrorClass::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorClass::kConflict:
      return conflict_code(error.reason);
    case ErrorClass::kExhausted:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorClass::kCancelled:
      return grpc::StatusCode::CANCELLED;
    case ErrorClass::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::Status to_status(const Error& error, SystemTime now) {
  Error shown = error;
  shown.message = bounded(error.message, kMaxMessageBytes);
  shown.next_step = bounded(error.next_step, kMaxNextStepBytes);

  rpc::RpcStatus details;
  details.set_code(status_code(error));
  details.set_message(shown.to_string());
  auto* info = details.add_details();
  info->set_type_url(kErrorInfoUrl);
  info->set_value(error_info(error).SerializeAsString());
  if (error.retry_at && is_retryable(error)) {
    auto* retry = details.add_details();
    retry->set_type_url(kRetryInfoUrl);
    retry->set_value(retry_info(*error.retry_at, now));
  }
  return {status_code(error), details.message(), details.SerializeAsString()};
}

std::optional<Error> error_in(const grpc::Status& status) {
  rpc::RpcStatus details;
  if (status.ok() || !details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& detail : details.details()) {
    rpc::RpcErrorInfo info;
    if (detail.type_url() != kErrorInfoUrl || !info.ParseFromString(detail.value())) continue;
    if (info.domain() != kErrorDomain) continue;
    auto& metadata = *info.mutable_metadata();
    const auto cls = class_named(taken(metadata, kClass));
    if (!cls) continue;
    Error error = make_error(*cls, info.reason(), {}, taken(metadata, kNextStep));
    error.message = without_next_step(details.message(), error.next_step);
    google::protobuf::Timestamp retry_at;
    if (TimeUtil::FromString(taken(metadata, kRetryAt), &retry_at)) {
      error.retry_at = SystemTime(std::chrono::microseconds(TimeUtil::TimestampToMicroseconds(retry_at)));
    }
    error.metadata.insert(metadata.begin(), metadata.end());
    return error;
  }
  return std::nullopt;
}

} // namespace circuit::api
