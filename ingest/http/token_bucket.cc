#include "ingest/http/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace circuit::http {

TokenBucket::TokenBucket(double per_second, double burst)
    : per_second_(std::max(per_second, 0.0)), burst_(std::max(burst, 1.0)), tokens_(burst_) {}

bool TokenBucket::try_take(SteadyTime now) {
  if (per_second_ == 0) return true;
  refill(now);
  // Waiting for the time that next_token() names must be enough, whatever the rounding.
  constexpr double kRounding = 1e-6;
  if (tokens_ < 1 - kRounding) return false;
  tokens_ = std::max(tokens_ - 1, 0.0);
  return true;
}

SteadyTime TokenBucket::next_token(SteadyTime now) const {
  if (per_second_ == 0 || tokens_ >= 1) return now;
  const double seconds = (1 - tokens_) / per_second_;
  return std::max(now, filled_at_ + Duration(static_cast<int64_t>(std::ceil(seconds * 1e6))));
}

void TokenBucket::refill(SteadyTime now) {
  if (now <= filled_at_) return;
  const double seconds = std::chrono::duration<double>(now - filled_at_).count();
  tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
  filled_at_ = now;
}

} // namespace circuit::http
