// A sync's requests. Feeds send several side by side, but a run has one place and one share of the body
// credit: here is what they have in common.

#include "ingest/sync/run.h"

#include <algorithm>
#include <utility>

namespace circuit::sync {

// Counts a fetch as long as it lasts.
class Run::Fetching {
 public:
  explicit Fetching(Run& run) : run_(run) { ++run_.fetching_; }
  Fetching(const Fetching&) = delete;
  Fetching& operator=(const Fetching&) = delete;
  ~Fetching() {
    --run_.fetching_;
    run_.leave_place_when_idle();
  }

 private:
  Run& run_;
};

class Run::Parked {
 public:
  explicit Parked(Run& run) : run_(run) { ++run_.parked_; }
  Parked(const Parked&) = delete;
  Parked& operator=(const Parked&) = delete;
  ~Parked() { --run_.parked_; }

 private:
  Run& run_;
};

namespace {

// Whether it can be sent once more when the memory for its answer ran out. One that streams has a window
// instead.
bool may_run_short(const http::Request& request) {
  const bool is_repeatable = request.idempotent || request.method == "GET" || request.method == "HEAD";
  return is_repeatable && !request.stream_body;
}

} // namespace

Task<Result<http::Response>> Run::fetch(http::Request request) {
  if (manifest_.pending() == 0) check_stop();
  if (fetching_ == 0) body_claims_.clear(); // what came before is worked up
  const Fetching counted(*this);
  if (away_) co_await come_back();
  request.throttle_key = settings_.connection();
  request.connection = settings_.connection();
  const auto claim = std::make_shared<http::BodyClaim>(payer_);
  if (may_run_short(request)) request.claim = claim;
  const http::SharedRequest shared(std::move(request));
  auto response = co_await send(shared);
  if (!response && response.error().cls == ErrorClass::kThrottled && response.error().retry_at) {
    response = co_await parked(shared, response.error());
  }
  if (!response) {
    counts().set_requests(counts().requests() + 1);
    co_return response;
  }
  auto& c = counts();
  c.set_requests(c.requests() + response->attempts + static_cast<int64_t>(response->hops.size()));
  c.set_retries(c.retries() + response->attempts - 1);
  c.set_bytes_fetched(c.bytes_fetched() + static_cast<int64_t>(response->body.size()));
  if (response->status == 304) c.set_not_modified(c.not_modified() + 1);
  claim->settle(response->body.size());
  if (!response->body.empty()) body_claims_.push_back(claim);
  co_return response;
}

// Waits until there is memory for the answer, as far as its size is known, and again when it turned out
// larger.
Task<Result<http::Response>> Run::send(http::SharedRequest request) {
  if (!request->claim) co_return co_await seams_.http.send(request);
  http::BodyClaim& claim = *request->claim;
  for (uint64_t bytes = 1;; bytes = std::min(claim.needed(), request->max_body_bytes)) {
    if (!claim.reserve_now(bytes)) {
      // Whoever has the credit may wait for the delivery credit of what is gathered here.
      co_await delivery_.flush();
      co_await claim.reserve(bytes);
    }
    auto response = co_await seams_.http.send(request);
    if (response) co_return response;
    claim.release();
    if (response.error().reason != http::kBodyCreditSpent) co_return response;
    counts().set_requests(counts().requests() + 1);
  }
}

Task<Result<http::Response>> Run::parked(http::SharedRequest request, Error throttled) {
  const SystemTime give_up = seams_.clock.now() + seams_.options.max_park;
  for (;;) {
    const SystemTime until = *throttled.retry_at;
    if (until > give_up) co_return throttled;
    // What is gathered holds credit that others wait for.
    co_await delivery_.flush();
    *status_->sync.mutable_parked_until() = to_timestamp(until);
    status_->publish();
    {
      const Parked counted(*this);
      leave_place_when_idle();
      co_await seams_.clock.sleep_until_system(until);
    }
    co_await come_back();
    if (parked_ == 0) status_->sync.clear_parked_until();
    status_->publish();
    auto response = co_await send(request);
    if (response || response.error().cls != ErrorClass::kThrottled || !response.error().retry_at) {
      co_return response;
    }
    throttled = response.error();
  }
}

// The place goes to others while every fetch is parked.
void Run::leave_place_when_idle() {
  if (away_ || parked_ == 0 || parked_ < fetching_) return;
  away_ = true;
  body_claims_.clear(); // who waits for a place must hold nothing that those in the places wait for
  seams_.place.leave();
}

Task<void> Run::come_back() {
  co_await coming_back_.acquire(1);
  const CreditHold hold(coming_back_, 1);
  if (!away_) co_return;
  co_await seams_.place.take();
  away_ = false;
}

} // namespace circuit::sync
