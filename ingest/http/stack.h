#pragma once
// The usual chain of layers over a transport, outermost first:
//
//   redirect   outermost, so that each hop is an exchange of its own to all the rest
//   retry      above throttle, so that a wait for the next attempt holds nobody's place
//   auth       for every attempt anew
//   throttle   per key and host of the hop
//   egress     last before the wire, so that nothing gets past it
//
// Belongs to the loop of its transport.

#include <memory>

#include "ingest/http/auth.h"
#include "ingest/http/egress.h"
#include "ingest/http/redirect.h"
#include "ingest/http/retry.h"
#include "ingest/http/throttle.h"

namespace circuit::http {

struct StackOptions {
  RetryPolicy retry;
  RetryBudget::Options retry_budget;
  ThrottleOptions throttle;
};

class HttpStack final : public HttpTransport {
 public:
  HttpStack(std::unique_ptr<HttpTransport> wire, Clock& clock, Random& random, StackOptions options);

  Task<Result<Response>> send(SharedRequest request) override { return redirect_.send(std::move(request)); }

  AuthLayer& auth() { return auth_; }
  ThrottleLayer& throttle() { return throttle_; }

 private:
  std::unique_ptr<HttpTransport> wire_;
  EgressLayer egress_;
  ThrottleLayer throttle_;
  AuthLayer auth_;
  RetryLayer retry_;
  RedirectLayer redirect_;
};

} // namespace circuit::http
