#pragma once
// How many requests a host takes side by side, found out by trying: one more for each round that went well,
// half as many when it complains (additive increase, multiplicative decrease). Arithmetic without a clock.
// One loop.

#include <cstddef>
#include <cstdint>

namespace circuit::http {

class AdaptiveLimit {
 public:
  AdaptiveLimit(size_t initial, size_t maximum);

  size_t limit() const { return static_cast<size_t>(limit_); }
  // To be called when a request starts; hand the ticket to the outcome.
  uint64_t begin() { return generation_; }
  // `in_flight` includes the one that ended: a limit that nobody reached has not been proved.
  void succeeded(size_t in_flight);
  // Those that were under way together complain together, and count once.
  void overloaded(uint64_t ticket);

 private:
  double limit_;
  double maximum_;
  uint64_t generation_ = 0;
};

} // namespace circuit::http
