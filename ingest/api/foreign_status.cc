#include "ingest/api/foreign_status.h"

#include <utility>

namespace circuit::api {
namespace {

Error unreachable(const grpc::Status& status, const std::string& address) {
  return make_error(ErrorClass::kTransient, "SERVER_UNREACHABLE",
                    "No worker answers at " + address + " (" + status.error_message() + ")",
                    "Start one with circuit-feeds serve, or name the address of one that runs.");
}

Error timed_out(const std::string& address, Duration deadline) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(deadline).count();
  return make_error(ErrorClass::kTransient, "SERVER_TIMEOUT",
                    "The worker at " + address + " did not answer within " + std::to_string(seconds) + " s",
                    "Look whether it did what was asked, then ask again with the same request id.");
}

Error exhausted(const grpc::Status& status, const std::string& address) {
  if (status.error_message().find("larger than max") != std::string::npos) {
    return make_error(ErrorClass::kInvalid, "MESSAGE_TOO_LARGE",
                      "A message to or from " + address + " is too large: " + status.error_message(),
                      "Ask for smaller pages, or send less at once.");
  }
  return make_error(ErrorClass::kExhausted, "SERVER_EXHAUSTED",
                    "The server at " + address + " refused the call: " + status.error_message(),
                    "Try again with backoff.");
}

Error refused(const grpc::Status& status, const std::string& address) {
  return make_error(ErrorClass::kPermission, "SERVER_REFUSED",
                    address + " refused the call: " + status.error_message(),
                    "Ask whoever runs that server, or the proxy before it, for access.");
}

} // namespace

Error foreign_error(const grpc::Status& status, const std::string& address, Duration deadline) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return unreachable(status, address).with("address", address);
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return timed_out(address, deadline).with("address", address);
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return exhausted(status, address).with("address", address);
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return refused(status, address).with("address", address);
    case grpc::StatusCode::UNIMPLEMENTED:
      return make_error(ErrorClass::kInvalid, "METHOD_UNKNOWN",
                        "What listens on " + address + " does not know this call",
                        "Check that it is a worker of at least this version.")
          .with("address", address);
    case grpc::StatusCode::CANCELLED:
      return make_error(ErrorClass::kCancelled, "CALL_CANCELLED", "The call to " + address + " was cancelled",
                        "Look at the state of what it asked for before asking again.")
          .with("address", address);
    default:
      return make_error(ErrorClass::kInternal, "SERVER_FAILED",
                        "The server at " + address + " failed to answer: " + status.error_message(),
                        "Look into its log.")
          .with("address", address)
          .with("grpc_code", std::to_string(status.error_code()));
  }
}

} // namespace circuit::api
