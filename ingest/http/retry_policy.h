#pragma once
// When to try again: arithmetic without a clock or a network. Exponential backoff with full jitter. Pure; any
// thread.

#include <optional>

#include "ingest/http/message.h"

namespace circuit::http {

struct RetryPolicy {
  int max_attempts = 5;                           // the first one included
  Duration base = std::chrono::milliseconds(500); // upper bound of the first wait
  Duration cap = std::chrono::seconds(30);        // upper bound of every wait of our own choice
  Duration total = std::chrono::minutes(3);       // no attempt starts later than this after the first one
  // What the server asks for beyond this is handed to the caller, who parks.
  Duration longest_retry_after = std::chrono::minutes(1);
};

// Uniform in [0, min(cap, base * 2^(attempts - 1))), by a `uniform` in [0, 1). At least one attempt was made.
Duration full_jitter(const RetryPolicy& policy, int attempts, double uniform);

// What the server asked for, and a little more, so that those who were told the same do not return in step.
Duration jittered_retry_after(const RetryPolicy& policy, Duration retry_after, double uniform);

// 408, 425, 429, 500, 502, 503, 504.
bool is_retryable_status(int status);
// Whether a second attempt is harmless, after `status`: always for idempotent requests; for others when the
// server said that it did not act on the first.
bool may_repeat(const Request& request, int status);
// The same after a failure: for requests that are not idempotent, when they cannot have reached the server.
bool may_repeat(const Request& request, const Error& error);

} // namespace circuit::http
