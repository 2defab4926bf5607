#include "ingest/http/adaptive_limit.h"

#include <algorithm>

namespace circuit::http {

AdaptiveLimit::AdaptiveLimit(size_t initial, size_t maximum)
    : limit_(static_cast<double>(std::clamp<size_t>(initial, 1, std::max<size_t>(maximum, 1)))),
      maximum_(static_cast<double>(std::max<size_t>(maximum, 1))) {}

void AdaptiveLimit::succeeded(size_t in_flight) {
  if (in_flight < limit()) return;
  limit_ = std::min(limit_ + 1 / limit_, maximum_);
}

void AdaptiveLimit::overloaded(uint64_t ticket) {
  if (ticket != generation_) return;
  ++generation_;
  limit_ = std::max(limit_ / 2, 1.0);
}

} // namespace circuit::http
