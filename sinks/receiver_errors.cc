#include "sinks/receiver_errors.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;

constexpr std::array kClasses = {ErrorClass::kAuth,      ErrorClass::kPermission, ErrorClass::kAdminApproval,
                                 ErrorClass::kThrottled, ErrorClass::kTransient,  ErrorClass::kInvalid,
                                 ErrorClass::kCorrupt,   ErrorClass::kNotFound,   ErrorClass::kConflict,
                                 ErrorClass::kExhausted, ErrorClass::kCancelled,  ErrorClass::kInternal};

ErrorClass class_named(const std::string& name) {
  const auto found = std::find_if(kClasses.begin(), kClasses.end(),
                                  [&](ErrorClass c) { return name == error_class_name(c); });
  return found == kClasses.end() ? ErrorClass::kInvalid : *found;
}

// Reasons are matched by programs, so another program's text gets in only if it has their form.
std::string reason_or(const std::string& reason, const char* otherwise) {
  const bool well_formed = !reason.empty() && reason.size() <= 63 && reason.front() >= 'A' &&
                           reason.front() <= 'Z' && std::all_of(reason.begin(), reason.end(), [](char c) {
                             return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                           });
  return well_formed ? reason : otherwise;
}

std::string shortened(const std::string& text) {
  constexpr size_t kMessageBytes = 1000;
  return text.size() <= kMessageBytes ? text : text.substr(0, kMessageBytes) + "...";
}

// In the words of gRPC, which has no code for it.
bool is_tls_failure(const grpc::Status& status) {
  const std::string& said = status.error_message();
  return said.find("handshake failed") != std::string::npos || said.find("Peer name") != std::string::npos;
}

} // namespace

Error refused_batch(const std::string& address, const std::string& feed, const v1::SyncError& error) {
  return make_error(
             class_named(error.error_class()), reason_or(error.reason(), "SINK_REFUSED"),
             "the receiver at " + address + " refused a batch of " + feed + ": " + shortened(error.message()),
             error.next_step().empty() ? "Look at the receiver's log" : shortened(error.next_step()))
      .with("address", address);
}

Error refused_content(const std::string& address, const std::string& feed, const v1::SyncError& said) {
  Error error = refused_batch(address, feed, said);
  error.message =
      "the receiver at " + address + " refused an original of " + feed + ": " + shortened(said.message());
  if (error.cls != ErrorClass::kInvalid) return error;
  const std::string reason = std::exchange(error.reason, "CONTENT_REFUSED");
  return std::move(error).with("receiver_reason", reason);
}

Error acknowledged_early(const std::string& address, const std::string& feed) {
  return make_error(ErrorClass::kInvalid, "SINK_PROTOCOL_ERROR",
                    "the receiver at " + address + " acknowledged an original of " + feed + " before its end",
                    "Correct the receiver: ContentAck answers the piece that is marked as finished");
}

Error content_unsupported(const std::string& address) {
  return make_error(
             ErrorClass::kInvalid, "CONTENT_UNSUPPORTED",
             "the receiver at " + address + " does not take originals",
             "Have it set Grant.accepts_content and store them, or use the content policy CONTENT_TEXT")
      .with("address", address);
}

Result<sync::DeliverAck> rejections_of(const std::string& address, const v1::Ack& ack, size_t first,
                                       size_t count) {
  sync::DeliverAck result;
  for (const auto& rejection : ack.rejections()) {
    if (rejection.index() < 0 || static_cast<size_t>(rejection.index()) >= count) {
      return make_error(ErrorClass::kInvalid, "SINK_PROTOCOL_ERROR",
                        "the receiver at " + address + " rejected change " +
                            std::to_string(rejection.index()) + " of a batch of " + std::to_string(count),
                        "Correct the receiver: Rejection.index counts from 0 within the batch");
    }
    auto error =
        make_error(ErrorClass::kInvalid, reason_or(rejection.reason(), "SINK_REJECTED"),
                   "the receiver at " + address + " rejected the document: " + shortened(rejection.message()),
                   "Correct the document or the receiver, then retry the feed's dead letters");
    result.rejections.push_back({first + static_cast<size_t>(rejection.index()), std::move(error)});
  }
  return result;
}

bool is_permanent(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::INVALID_ARGUMENT:
      return true;
    default:
      return false;
  }
}

bool is_message_too_large(const grpc::Status& status) {
  // gRPC has no other way to tell this from a quota that is used up.
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
         status.error_message().find("larger than max") != std::string::npos;
}

Error stream_error(const std::string& address, const grpc::Status& status) {
  const auto error = [&](ErrorClass cls, const char* reason, const std::string& what, const char* next_step) {
    const std::string detail = status.error_message().empty() ? "" : ": " + shortened(status.error_message());
    return make_error(cls, reason, what + " " + address + detail, next_step).with("address", address);
  };
  if (is_message_too_large(status)) {
    return error(ErrorClass::kInvalid, "MESSAGE_TOO_LARGE",
                 "a batch is larger than what is taken by the receiver at",
                 "Raise the receiver's largest message size, or lower the sink's to it");
  }
  switch (status.error_code()) {
    case grpc::StatusCode::UNIMPLEMENTED:
      return error(ErrorClass::kInvalid, "SINK_NOT_A_RECEIVER",
                   "circuit.feeds.v1.DocumentSink is not served by the program at",
                   "Name the address of a receiver; circuit-feeds receive starts one to try with");
    case grpc::StatusCode::UNAUTHENTICATED:
      return error(ErrorClass::kAuth, "SINK_UNAUTHENTICATED", "this worker is not known to the receiver at",
                   "Give the sink a client certificate that the receiver trusts");
    case grpc::StatusCode::PERMISSION_DENIED:
      return error(ErrorClass::kPermission, "SINK_FORBIDDEN",
                   "this worker may not deliver to the receiver at", "Allow it at the receiver");
    case grpc::StatusCode::INVALID_ARGUMENT:
      return error(ErrorClass::kInvalid, "SINK_PROTOCOL_ERROR",
                   "what was sent is not understood by the receiver at",
                   "Compare the versions of the contract that the worker and the receiver use");
    default:
      return error(
          ErrorClass::kTransient, "SINK_UNREACHABLE", "cannot keep a stream to the receiver at",
          is_tls_failure(status)
              ? "Compare the receiver's certificate (its names, its authority, when it ends) with "
                "sinks.grpc_ca_file; what was not acknowledged is sent again"
              : "Start the receiver, correct the address, or set sinks.grpc_tls if it speaks TLS; what "
                "was not acknowledged is sent again");
  }
}

Error shut_down(const std::string& address) {
  return make_error(ErrorClass::kCancelled, "SINK_SHUT_DOWN", "the sink to " + address + " is closed",
                    "Sync again: what was not acknowledged is sent again");
}

Error timed_out(const std::string& address, const std::string& feed, Duration limit) {
  const auto seconds = std::chrono::duration<double>(limit).count();
  std::string shown = std::to_string(seconds);
  shown.erase(shown.find_last_not_of('0') + 1);
  if (shown.back() == '.') shown.pop_back();
  return make_error(
             ErrorClass::kTransient, "SINK_TIMEOUT",
             "the receiver at " + address + " did not acknowledge a batch of " + feed + " within " + shown +
                 " s",
             "Look at why the receiver stalls, or raise the sink's batch deadline; the batch is sent again")
      .with("address", address);
}

} // namespace circuit::sinks
