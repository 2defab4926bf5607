#pragma once
// Which requests go wrong, and how: drawn from a seed, each fault at a rate of its own, at most one per
// request. The same seed and the same order of requests give the same faults. One thread.

#include <array>
#include <cstddef>
#include <deque>
#include <optional>

#include "ingest/runtime/random.h"

namespace circuit::providers {

enum class Fault {
  kRefused,          // no connection
  kReset,            // connection reset before the response
  kTruncated,        // the body ends early
  kSlow,             // the body trickles
  kStalled,          // nothing comes for minutes
  kClientError,      // a 4xx that passes: 400, 403, 404, 408
  kServerError,      // 500, 502, 503 without Retry-After, 504
  kThrottled,        // 429 or 503 with Retry-After, in seconds or as a date
  kStale,            // ContentFault
  kRepeatedPage,     // ContentFault
  kEmptyPage,        // ContentFault
  kEmptyBody,        // 200 with no byte in it, and the validators of the real one
  kRedirectFlap,     // a temporary redirect to another address of the same thing
  kWrongContentType, // the right body under a wrong media type
  kClockSkew,        // the server's Date is hours off
};
inline constexpr size_t kFaultCount = 15;
const char* fault_name(Fault fault); // "refused", "reset", ...

class FaultRates {
 public:
  static FaultRates none() { return FaultRates(); }
  // Faults of all kinds in this share of all requests.
  static FaultRates uniform(double share);
  // Some kinds often, others never, as the seed will have it; together at most `share_max`.
  static FaultRates drawn(Random& random, double share_max);

  double operator[](Fault fault) const { return rates_[static_cast<size_t>(fault)]; }
  FaultRates& set(Fault fault, double rate);
  double total() const;

 private:
  std::array<double, kFaultCount> rates_{};
};

class FaultPlan {
 public:
  FaultPlan(uint64_t seed, FaultRates rates) : random_(seed), rates_(rates) {}

  // What goes wrong with the next request.
  std::optional<Fault> draw();
  // The next `times` requests fail so, before anything is drawn; for tests that need a certain fault.
  void force(Fault fault, size_t times = 1);
  // From here on nothing goes wrong.
  void stop();

  Random& random() { return random_; } // for the details of a fault
  size_t drawn(Fault fault) const { return counts_[static_cast<size_t>(fault)]; }

 private:
  SeededRandom random_;
  FaultRates rates_;
  std::deque<std::pair<Fault, size_t>> forced_;
  std::array<size_t, kFaultCount> counts_{};
};

} // namespace circuit::providers
