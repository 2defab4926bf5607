#pragma once
// Requests that carry secrets: what is in them is overwritten when they have served. Protobuf itself only
// frees. Any thread.

#include "circuit/feeds/v1/services.pb.h"

namespace circuit::accounts {

void wipe_secrets(circuit::feeds::v1::CreateConnectionRequest& request);
void wipe_secrets(circuit::feeds::v1::StartAuthorizationRequest& request);
// The code in the address is a secret until it was exchanged.
void wipe_secrets(circuit::feeds::v1::FinishAuthorizationRequest& request);

// Wipes it at the end of a scope, whichever way that is left.
template <class Request>
class WipeAtEnd {
 public:
  explicit WipeAtEnd(Request& request) : request_(request) {}
  ~WipeAtEnd() { wipe_secrets(request_); }
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  Request& request_;
};

} // namespace circuit::accounts
