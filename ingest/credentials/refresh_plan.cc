#include "ingest/credentials/refresh_plan.h"

#include <algorithm>

namespace circuit::credentials {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Duration draw(Duration bound, Random& random) {
  return Duration(static_cast<Duration::rep>(random.below(static_cast<uint64_t>(bound.count()) + 1)));
}

Duration doubled(Duration first, int times, Duration most) {
  return std::min(most, first * (int64_t{1} << std::clamp(times, 0, 20)));
}

} // namespace

Duration refresh_margin(Duration lifetime) {
  const Duration share = std::clamp<Duration>(lifetime / 5, minutes(1), minutes(30));
  return std::max(Duration(0), std::min(share, lifetime / 2));
}

SystemTime refresh_time(SystemTime issued, SystemTime expires, Random& random) {
  const Duration margin = refresh_margin(expires - issued);
  return expires - margin - draw(margin / 2, random);
}

std::optional<SystemTime> next_refresh(const Method& method, SystemTime issued,
                                       std::optional<SystemTime> expires, Random& random) {
  std::optional<SystemTime> due;
  if (expires) due = refresh_time(issued, *expires, random);
  if (method.oauth && method.oauth->refresh_token_idle_lifetime) {
    const Duration idle = *method.oauth->refresh_token_idle_lifetime;
    const SystemTime before_idle = issued + idle / 2 + draw(idle / 4, random);
    due = due ? std::min(*due, before_idle) : before_idle;
  }
  return due;
}

Duration refresh_backoff(int failures, std::optional<Duration> left, Random& random) {
  constexpr Duration kFirst = seconds(5), kMost = minutes(15), kBeforeTheEnd = seconds(30);
  Duration bound = kFirst;
  for (int i = 1; i < failures && bound < kMost; ++i) bound *= 3;
  bound = std::min(bound, kMost);
  const Duration wait = bound / 2 + draw(bound / 2, random);
  if (!left || *left <= 2 * kBeforeTheEnd) return wait;
  return std::min(wait, *left - kBeforeTheEnd);
}

Duration patient_backoff(int failures, Random& random) {
  const Duration bound = doubled(minutes(5), failures - 1, minutes(60));
  return bound / 2 + draw(bound / 2, random);
}

} // namespace circuit::credentials
