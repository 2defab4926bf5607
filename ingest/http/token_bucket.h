#pragma once
// A static rate: so many a second on average, so many at once. Arithmetic on times that the caller passes.
// One loop.

#include "ingest/runtime/clock.h"

namespace circuit::http {

class TokenBucket {
 public:
  // `per_second` of 0 means no limit; `burst` is at least 1.
  TokenBucket(double per_second, double burst);

  // Takes a token if there is one at `now`, else says when there will be.
  bool try_take(SteadyTime now);
  SteadyTime next_token(SteadyTime now) const;

 private:
  void refill(SteadyTime now);

  double per_second_;
  double burst_;
  double tokens_;
  SteadyTime filled_at_{};
};

} // namespace circuit::http
