#pragma once
// Idempotency: the same request id within a day gets the answer that it got before. Any loop, as the store.

#include <optional>
#include <string>

#include "ingest/runtime/clock.h"
#include "ingest/state/store.h"

namespace circuit::state {

// A request as its id remembers it.
struct IdentifiedRequest {
  std::string id;   // empty: the caller does not care
  std::string hash; // SHA-256 of what was asked for
};

// INVALID REQUEST_ID_TOO_LONG.
Result<void> check_request_id(const std::string& id);

// The resource that this request made before; nullopt: it is new. Answers older than `kept` are forgotten.
// CONFLICT REQUEST_ID_REUSED: the id came with another request.
Task<Result<std::optional<std::string>>> find_request(StateStore& store, IdentifiedRequest request,
                                                      SystemTime now, Duration kept);
// To be committed with what the request makes.
void put_request(Batch& batch, const IdentifiedRequest& request, const std::string& resource, SystemTime now);

} // namespace circuit::state
