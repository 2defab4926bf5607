// A sync's requests. Feeds send several side by side, but a run has one place and one share of the body
// credit: here is what they have in common.

#include "ingest/sync/run.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <utility>

#include "ingest/runtime/deadline.h"

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

// Requests that ended with this error, by what the retries say of it (ingest/http/retry.h).
int64_t attempts_of(const Error& error) {
  const auto told = error.metadata.find("attempts");
  int64_t attempts = 1;
  if (told != error.metadata.end())
    std::from_chars(told->second.data(), told->second.data() + told->second.size(), attempts);
  return attempts;
}

// Whether it can be sent once more when the memory for its answer ran out. One that streams has a window
// instead.
bool may_run_short(const http::Request& request) {
  const bool is_repeatable = request.idempotent || request.method == "GET" || request.method == "HEAD";
  return is_repeatable && !request.stream_body;
}

// Bodies that are kept (Response::claim) say themselves when they are worked up; others are when the next
// one is asked for, with none beside it.
void forget_worked_up(std::vector<std::shared_ptr<http::BodyClaim>>& claims, bool is_alone) {
  std::erase_if(claims, [is_alone](const std::shared_ptr<http::BodyClaim>& claim) {
    return claim.use_count() == 1 && (is_alone || !claim->holds());
  });
}

// A wait of a request, and what the feed gathers beside it (read_ahead.h) meanwhile: that holds credit which
// others wait for, so that it leaves now and then.
struct WaitBeside {
  Delivery& delivery;
  Clock& clock;
  bool has_ended = false;
  Event ended{};
};

Task<Result<void>> until_ended(WaitBeside* wait) {
  while (!wait->has_ended) co_await wait->ended.wait();
  co_return Result<void>();
}

Task<void> flush_now_and_then(WaitBeside* wait) {
  constexpr Duration kNowAndThen = std::chrono::seconds(1);
  const auto executor = co_await boost::asio::this_coro::executor;
  while (!wait->has_ended) {
    co_await wait->delivery.flush();
    auto rest = until_ended(wait);
    auto not_yet = make_error(ErrorClass::kTransient, "", "", "");
    auto pause = with_deadline(executor, wait->clock, kNowAndThen, std::move(rest), std::move(not_yet));
    co_await std::move(pause);
  }
}

Task<void> flushing(Delivery& delivery, Clock& clock, Task<void> waiting) {
  WaitBeside wait{delivery, clock};
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup beside(executor);
  beside.spawn(flush_now_and_then(&wait));
  std::function<void(bool)> at_end = [&wait, &beside](bool failed) {
    // Told, and not cancelled, unless the sync ends: a batch that has begun to leave does leave.
    wait.has_ended = true;
    wait.ended.notify_all();
    if (failed) beside.cancel();
  };
  auto both = run_and_see_out(beside, std::move(waiting), std::move(at_end));
  co_await std::move(both);
}

} // namespace

Task<Result<http::Response>> Run::fetch(http::Request request) {
  if (manifest_.pending() == 0) check_stop();
  forget_worked_up(body_claims_, fetching_ == 0);
  const Fetching counted(*this);
  if (away_) {
    auto back = come_back();
    co_await flushing(delivery_, seams_.clock, std::move(back));
  }
  request.throttle_key = settings_.connection();
  request.connection = settings_.connection();
  const auto claim = std::make_shared<http::BodyClaim>(payer_);
  if (may_run_short(request)) request.claim = claim;
  const http::SharedRequest shared(std::move(request));
  auto response = co_await send(shared);
  if (!response && response.error().cls == ErrorClass::kThrottled && response.error().retry_at) {
    response = co_await parked(shared, response.error());
  }
  auto& c = counts();
  if (!response) {
    const int64_t attempts = attempts_of(response.error());
    c.set_requests(c.requests() + attempts);
    c.set_retries(c.retries() + attempts - 1);
    co_return response;
  }
  c.set_requests(c.requests() + response->attempts + static_cast<int64_t>(response->hops.size()));
  c.set_retries(c.retries() + response->attempts - 1);
  c.set_bytes_fetched(c.bytes_fetched() + static_cast<int64_t>(response->body.size()));
  if (response->status == 304) c.set_not_modified(c.not_modified() + 1);
  claim->settle(response->body.size());
  if (!response->body.empty()) {
    body_claims_.push_back(claim);
    response->claim = claim;
  }
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
      auto reserved = claim.reserve(bytes);
      co_await flushing(delivery_, seams_.clock, std::move(reserved));
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
    // What is gathered holds credit that others wait for, those in the places among them.
    co_await delivery_.flush();
    *status_->sync.mutable_parked_until() = to_timestamp(until);
    status_->publish();
    {
      const Parked counted(*this);
      leave_place_when_idle();
      auto asleep = seams_.clock.sleep_until_system(until);
      co_await flushing(delivery_, seams_.clock, std::move(asleep));
    }
    auto back = come_back();
    co_await flushing(delivery_, seams_.clock, std::move(back));
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
  // Who waits for a place must hold nothing that those in the places wait for, whoever keeps it.
  for (const auto& claim : body_claims_) claim->release();
  body_claims_.clear();
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
