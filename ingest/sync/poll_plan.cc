#include "ingest/sync/poll_plan.h"

#include <algorithm>

#include "ingest/state/timestamp.h"

namespace circuit::sync {
namespace {

// More is not believed of a Retry-After (ingest/http/retry_after.h).
constexpr Duration kLongestThrottle = std::chrono::hours(24 * 7);

// The connection is gone or waits for a person: asking the provider again changes nothing, and whoever mends
// it has the feed polled at once.
bool needs_somebody(const Error& error) {
  return error.cls == ErrorClass::kAuth || error.cls == ErrorClass::kAdminApproval ||
         error.reason.starts_with("CONNECTION_");
}

// A duration can say more seconds than a Duration holds; a wait that wrapped around would be none.
Duration interval_of(const google::protobuf::Duration& interval) {
  const auto longest = std::chrono::duration_cast<std::chrono::seconds>(kLongestPollInterval);
  const auto whole = std::clamp(std::chrono::seconds(interval.seconds()), std::chrono::seconds(1), longest);
  return whole + std::chrono::microseconds(interval.nanos() / 1000);
}

} // namespace

std::optional<SystemTime> plan_next_sync(const circuit::feeds::v1::Feed& settings, const SyncOutcome& outcome,
                                         SystemTime now, const EngineOptions& options, Random& random) {
  if (!settings.has_poll_interval()) return std::nullopt;
  Duration wait = interval_of(settings.poll_interval());
  if (outcome.suggested)
    wait = std::max(wait, std::min<Duration>(*outcome.suggested - now, options.max_poll_interval));
  if (outcome.error) {
    // Doubling stops long before it could overflow.
    const int doublings = std::clamp(outcome.failures - 1, 0, 20);
    const Duration backoff =
        std::min(options.failure_backoff_min * (1 << doublings), options.failure_backoff_max);
    wait = std::max(wait, needs_somebody(*outcome.error) ? options.failure_backoff_max : backoff);
  }
  const auto jitter = std::chrono::duration_cast<Duration>(wait * (0.1 * random.uniform()));
  SystemTime next = now + wait + jitter;
  if (outcome.error && outcome.error->retry_at) next = std::max(next, *outcome.error->retry_at + jitter);
  return next;
}

SystemTime stored_plan(const circuit::feeds::v1::Feed& settings,
                       const circuit::feeds::state::v1::FeedStateRecord& state, SystemTime now,
                       const EngineOptions& options) {
  if (!state.has_next_sync_at()) return now;
  Duration longest = std::max(interval_of(settings.poll_interval()), options.max_poll_interval);
  if (state.failures() > 0) longest = std::max({longest, options.failure_backoff_max, kLongestThrottle});
  const SystemTime planned = circuit::state::from_timestamp(state.next_sync_at());
  const bool out_of_reach = planned - now > longest + longest / 10; // a tenth of jitter
  return out_of_reach ? now : std::max(planned, now);
}

} // namespace circuit::sync
