#include "ingest/http/retry_policy.h"

#include <algorithm>

namespace circuit::http {
namespace {

bool is_idempotent(const Request& request) {
  return request.idempotent || request.method == "GET" || request.method == "HEAD";
}

Duration scaled(Duration duration, double factor) {
  return Duration(static_cast<int64_t>(static_cast<double>(duration.count()) * factor));
}

} // namespace

Duration full_jitter(const RetryPolicy& policy, int attempts, double uniform) {
  Duration bound = std::min(policy.base, policy.cap);
  for (int i = 1; i < attempts && bound < policy.cap; ++i) bound = std::min(bound * 2, policy.cap);
  return scaled(bound, uniform);
}

Duration jittered_retry_after(const RetryPolicy& policy, Duration retry_after, double uniform) {
  return retry_after + scaled(policy.base, uniform);
}

bool is_retryable_status(int status) {
  switch (status) {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

bool may_repeat(const Request& request, int status) {
  // 425 and 429 are refusals to look at the request.
  return is_retryable_status(status) && (is_idempotent(request) || status == 425 || status == 429);
}

bool may_repeat(const Request& request, const Error& error) {
  if (error.cls != ErrorClass::kTransient) return false;
  if (is_idempotent(request)) return true;
  return error.reason == "CONNECT_FAILED" || error.reason == "DNS_FAILED" ||
         error.reason == "TLS_HANDSHAKE_FAILED";
}

} // namespace circuit::http
