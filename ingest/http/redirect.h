#pragma once
// Follows up to Request::max_redirects redirects by the rules of redirect_rules.h. Each hop is a request of
// its own to the layers below, and so is throttled, retried and checked like the first. Response::hops
// records the way.
//
// INVALID REDIRECT_LOOP, TOO_MANY_REDIRECTS, and what redirected() refuses.

#include "ingest/http/transport.h"

namespace circuit::http {

class RedirectLayer final : public HttpTransport {
 public:
  explicit RedirectLayer(HttpTransport& next) : next_(next) {}
  Task<Result<Response>> send(SharedRequest request) override;

 private:
  Task<Result<Response>> follow(SharedRequest request);

  HttpTransport& next_;
};

} // namespace circuit::http
