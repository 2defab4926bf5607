#include "ingest/http/retry.h"

#include "ingest/http/body_credit.h"
#include "ingest/http/provider_throttled.h"
#include "ingest/http/retry_after.h"
#include "ingest/http/url_target.h"

namespace circuit::http {
namespace {

Error after_attempts(Error error, int attempts) {
  if (attempts > 1) {
    error.message += " (after " + std::to_string(attempts) + " attempts)";
    error.metadata.insert_or_assign("attempts", std::to_string(attempts));
  }
  return error;
}

} // namespace

RetryLayer::Plan RetryLayer::plan(const SharedRequest& shared, const Result<Response>& outcome, int attempts,
                                  SteadyTime start) {
  const Request& request = *shared;
  if (!outcome && !may_repeat(request, outcome.error())) return {};
  // A provider's own way of asking for patience is a refusal to act, whatever the status.
  const bool throttled = outcome && request.patience != nullptr && outcome->status >= 400 &&
                         request.patience(*outcome, clock_.now()).has_value();
  if (outcome && !throttled && !may_repeat(request, outcome->status)) {
    if (!is_retryable_status(outcome->status)) budget_.succeeded(origin_of(shared));
    return {};
  }
  const auto asked = outcome ? asked_patience(request.patience, *outcome, clock_.now()) : std::nullopt;
  if (asked && *asked > policy_.longest_retry_after) return {Plan::kPark, *asked};
  if (attempts >= policy_.max_attempts) return {};
  const Duration wait = asked ? jittered_retry_after(policy_, *asked, random_.uniform())
                              : full_jitter(policy_, attempts, random_.uniform());
  if (clock_.steady_now() + wait - start > policy_.total) return {};
  // Coming back when told to is no storm.
  if (!asked && !budget_.withdraw(origin_of(shared))) return {};
  return {Plan::kWait, wait};
}

Task<Result<Response>> RetryLayer::send(SharedRequest request) {
  const SteadyTime start = clock_.steady_now();
  int renewals = 0;
  for (int attempts = 1;; ++attempts) {
    SharedRequest attempt = request;
    Result<Response> outcome = co_await next_.send(std::move(attempt));
    if (outcome && outcome->credential_renewed) {
      Request again = *request;
      again.reauthorized = true;
      request = SharedRequest(std::move(again), request);
      ++renewals;
      continue; // which gives back the response's place and memory, before the next attempt needs them
    }
    const Plan next = plan(request, outcome, attempts - renewals, start);
    if (next.what == Plan::kPark) {
      const SystemTime until = clock_.now() + next.wait;
      co_return after_attempts(provider_throttled(request->url, until, clock_.now()), attempts);
    }
    if (next.what == Plan::kStop) {
      if (!outcome) co_return after_attempts(std::move(outcome).error(), attempts);
      outcome->attempts = attempts;
      co_return outcome;
    }
    outcome = Response{}; // gives back its connection and memory before the wait
    if (request->claim) request->claim->release();
    co_await clock_.sleep_for(next.wait);
  }
}

} // namespace circuit::http
