#pragma once
// Sends again what is expected to succeed a little later: transient errors and the statuses of
// is_retryable_status(), of requests for which a second time does no harm. And at once, one time, what was
// refused for a credential that has been renewed meanwhile (Response::credential_renewed): such an attempt is
// reported, and counts for no limit.
//
// Retry-After is honoured in full. A wait of more than RetryPolicy::longest_retry_after is not slept here:
// the result is THROTTLED PROVIDER_THROTTLED with retry_at, so that the caller parks and says so. When the
// attempts, the time or the host's budget are used up, the last response is returned as it is, an error says
// after how many attempts. What a streamed body fails with later is the caller's, who knows whether it can go
// on in the middle.

#include "ingest/http/retry_budget.h"
#include "ingest/http/retry_policy.h"
#include "ingest/http/transport.h"
#include "ingest/runtime/random.h"

namespace circuit::http {

class RetryLayer final : public HttpTransport {
 public:
  RetryLayer(HttpTransport& next, Clock& clock, Random& random, RetryPolicy policy,
             RetryBudget::Options budget)
      : next_(next), clock_(clock), random_(random), policy_(policy), budget_(budget) {}

  Task<Result<Response>> send(SharedRequest request) override;

 private:
  struct Plan {
    enum { kStop, kWait, kPark } what = kStop;
    Duration wait{};
  };
  // What to do after `attempts`, the first of which began at `start`.
  Plan plan(const SharedRequest& request, const Result<Response>& outcome, int attempts, SteadyTime start);

  HttpTransport& next_;
  Clock& clock_;
  Random& random_;
  RetryPolicy policy_;
  RetryBudget budget_;
};

} // namespace circuit::http
