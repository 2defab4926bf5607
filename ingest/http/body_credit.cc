#include "ingest/http/body_credit.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "ingest/runtime/deadline.h"

namespace circuit::http {
namespace {

constexpr uint64_t kLargestBlock = 16 << 10; // what libcurl hands over at once
constexpr uint64_t kSmallestBlock = 64;
constexpr uint64_t kBlocks = 8192;

} // namespace

BodyCredit::BodyCredit(Clock& clock, uint64_t capacity)
    : clock_(clock),
      capacity_(capacity),
      block_(std::clamp(capacity / kBlocks, kSmallestBlock, kLargestBlock)) {}

BodyCredit::~BodyCredit() {
  closing_ = true; // whoever waits has claims, which look here while they go
  const Line doomed = std::move(line_);
}

bool BodyCredit::may_take(const BodyPayer& payer, uint64_t amount) const {
  return in_use_ + amount <= capacity_ || in_use_ == payer.held_ || exempt_ == &payer;
}

void BodyCredit::take(BodyClaim& claim, uint64_t amount) {
  claim.held_ += amount;
  claim.covered_ = claim.held_ / kTimes;
  claim.payer_.held_ += amount;
  in_use_ += amount;
  peak_ = std::max(peak_, in_use_);
}

void BodyCredit::give_back(BodyClaim& claim, uint64_t amount) {
  if (amount == 0) return;
  claim.held_ -= amount;
  claim.covered_ = claim.held_ / kTimes;
  claim.payer_.held_ -= amount;
  in_use_ -= amount;
  if (exempt_ == &claim.payer_ && claim.payer_.held_ == 0) exempt_ = nullptr;
  serve();
}

BodyCredit::Line::iterator BodyCredit::grant(Line::iterator waiter) {
  take(*waiter->claim, waiter->amount);
  const auto wait = std::move(waiter->wait);
  const auto next = line_.erase(waiter);
  if (wait) wait->complete({});
  return next;
}

const BodyPayer* BodyCredit::oldest_that_holds_and_waits() const {
  const BodyPayer* oldest = nullptr;
  for (const Waiter& waiter : line_) {
    const BodyPayer& payer = waiter.claim->payer_;
    const bool holds_others = payer.held_ > waiter.claim->held_;
    if (holds_others && (oldest == nullptr || payer.age_ < oldest->age_)) oldest = &payer;
  }
  return oldest;
}

void BodyCredit::serve() {
  while (!closing_) {
    while (!line_.empty() && may_take(line_.front().claim->payer_, line_.front().amount))
      grant(line_.begin());
    // Nobody else may go beyond the capacity before what this one took has come back.
    if (in_use_ <= capacity_) exempt_ = nullptr;
    if (exempt_ == nullptr) exempt_ = oldest_that_holds_and_waits();
    bool granted = false;
    for (auto at = line_.begin(); at != line_.end();) {
      const bool is_exempt = &at->claim->payer_ == exempt_;
      granted |= is_exempt;
      at = is_exempt ? grant(at) : std::next(at);
    }
    if (!granted) return;
  }
}

std::unique_ptr<PendingWait> BodyCredit::leave(const BodyClaim* claim) {
  const auto place = std::find_if(line_.begin(), line_.end(),
                                  [claim](const Waiter& waiter) { return waiter.claim == claim; });
  if (place == line_.end()) return nullptr;
  auto wait = std::move(place->wait);
  line_.erase(place);
  serve();
  return wait;
}

// Bodies that arrive come before those that are not asked for yet: only they give back what they hold.
Task<void> BodyCredit::wait_in_line(BodyClaim* claim, uint64_t amount) {
  const uint64_t target = claim->held_ + amount;
  const auto behind =
      claim->held_ == 0 ? line_.end() : std::find_if(line_.begin(), line_.end(), [](const Waiter& waiter) {
        return waiter.claim->held_ == 0;
      });
  const auto at = line_.insert(behind, {claim, amount});
  const std::shared_ptr<void> place(nullptr, [this, claim](void*) { leave(claim); });
  serve();
  if (claim->held_ >= target) co_return;
  const auto start = [at](std::unique_ptr<PendingWait> wait) {
    at->wait = std::move(wait);
    return 0;
  };
  co_await suspend(start, [this, claim](int) { return leave(claim); });
}

uint64_t BodyClaim::missing(uint64_t bytes) const {
  const uint64_t block = payer_.credit_.block();
  const uint64_t whole_blocks = (bytes + block - 1) / block * block;
  const uint64_t wanted = std::max(whole_blocks, block) * BodyCredit::kTimes;
  return wanted > held_ ? wanted - held_ : 0;
}

bool BodyClaim::reserve_now(uint64_t bytes) {
  const uint64_t amount = missing(bytes);
  BodyCredit& credit = payer_.credit_;
  const bool is_first = credit.line_.empty() || credit.exempt_ == &payer_ ||
                        (held_ > 0 && credit.line_.front().claim->held_ == 0);
  if (amount > 0 && (!is_first || !credit.may_take(payer_, amount))) return false;
  credit.take(*this, amount);
  return true;
}

Task<void> BodyClaim::reserve(uint64_t bytes) {
  if (reserve_now(bytes)) co_return;
  co_await payer_.credit_.wait_in_line(this, missing(bytes));
}

bool BodyClaim::extend(uint64_t bytes) {
  if (reserve_now(bytes)) return true;
  refused_ = bytes;
  return false;
}

namespace {

Task<Result<bool>> until_there(BodyClaim* claim, uint64_t bytes) {
  co_await claim->reserve(bytes);
  co_return true;
}

} // namespace

Task<bool> BodyClaim::cover(uint64_t bytes) {
  if (cover_now(bytes)) co_return true;
  const auto executor = co_await boost::asio::this_coro::executor;
  auto waiting = until_there(this, bytes);
  auto in_time = with_deadline(executor, payer_.credit_.clock_, BodyCredit::kPatience, std::move(waiting),
                               body_credit_spent());
  const auto ended = co_await std::move(in_time);
  co_return ended.ok() || bytes <= covered_;
}

void BodyClaim::settle(uint64_t bytes) {
  const uint64_t due = bytes * BodyCredit::kTimes;
  if (due > held_) {
    payer_.credit_.take(*this, due - held_);
  } else {
    payer_.credit_.give_back(*this, held_ - due);
  }
}

uint64_t BodyClaim::needed() const { return expected_ >= refused_ ? expected_ : refused_ * 2; }

BodyClaim::~BodyClaim() {
  const auto doomed = payer_.credit_.leave(this);
  release();
}

void BodyClaim::release() { payer_.credit_.give_back(*this, held_); }

const char* const kBodyCreditSpent = "BODY_CREDIT_SPENT";

Error body_credit_spent() {
  return make_error(ErrorClass::kExhausted, kBodyCreditSpent, "there is no memory for an answer now",
                    "Nothing to do: it is asked for again when there is. If that takes long, raise "
                    "engine.body_credit.");
}

} // namespace circuit::http
