#include "tests/providers/fault_plan.h"

#include <numeric>

namespace circuit::providers {

const char* fault_name(Fault fault) {
  switch (fault) {
    case Fault::kRefused:
      return "refused";
    case Fault::kReset:
      return "reset";
    case Fault::kTruncated:
      return "truncated";
    case Fault::kSlow:
      return "slow";
    case Fault::kStalled:
      return "stalled";
    case Fault::kClientError:
      return "client_error";
    case Fault::kServerError:
      return "server_error";
    case Fault::kThrottled:
      return "throttled";
    case Fault::kStale:
      return "stale";
    case Fault::kRepeatedPage:
      return "repeated_page";
    case Fault::kEmptyPage:
      return "empty_page";
    case Fault::kEmptyBody:
      return "empty_body";
    case Fault::kRedirectFlap:
      return "redirect_flap";
    case Fault::kWrongContentType:
      return "wrong_content_type";
    case Fault::kClockSkew:
      return "clock_skew";
  }
  return "unknown";
}

FaultRates FaultRates::uniform(double share) {
  FaultRates rates;
  rates.rates_.fill(share / kFaultCount);
  return rates;
}

FaultRates FaultRates::drawn(Random& random, double share_max) {
  FaultRates rates;
  for (double& rate : rates.rates_) rate = random.chance(0.5) ? random.uniform() : 0;
  const double share = share_max * random.uniform();
  const double total = rates.total();
  if (total > 0) {
    for (double& rate : rates.rates_) rate *= share / total;
  }
  return rates;
}

FaultRates& FaultRates::set(Fault fault, double rate) {
  rates_[static_cast<size_t>(fault)] = rate;
  return *this;
}

double FaultRates::total() const { return std::accumulate(rates_.begin(), rates_.end(), 0.0); }

std::optional<Fault> FaultPlan::draw() {
  std::optional<Fault> fault;
  if (!forced_.empty()) {
    fault = forced_.front().first;
    if (--forced_.front().second == 0) forced_.pop_front();
  } else if (rates_.total() > 0) {
    double at = random_.uniform();
    for (size_t i = 0; i < kFaultCount && !fault; ++i) {
      const double rate = rates_[static_cast<Fault>(i)];
      if (at < rate) fault = static_cast<Fault>(i);
      at -= rate;
    }
  }
  if (fault) ++counts_[static_cast<size_t>(*fault)];
  return fault;
}

void FaultPlan::force(Fault fault, size_t times) {
  if (times != 0) forced_.emplace_back(fault, times);
}

void FaultPlan::stop() {
  rates_ = FaultRates::none();
  forced_.clear();
}

} // namespace circuit::providers
