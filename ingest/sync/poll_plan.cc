#include "ingest/sync/poll_plan.h"

#include <algorithm>

namespace circuit::sync {
namespace {

// The connection is gone or waits for a person: asking the provider again changes nothing, and whoever mends
// it has the feed polled at once.
bool needs_somebody(const Error& error) {
  return error.cls == ErrorClass::kAuth || error.cls == ErrorClass::kAdminApproval ||
         error.reason.starts_with("CONNECTION_");
}

} // namespace

std::optional<SystemTime> plan_next_sync(const circuit::feeds::v1::Feed& settings, const SyncOutcome& outcome,
                                         SystemTime now, const EngineOptions& options, Random& random) {
  if (!settings.has_poll_interval()) return std::nullopt;
  const Duration interval = std::chrono::seconds(settings.poll_interval().seconds()) +
                            std::chrono::microseconds(settings.poll_interval().nanos() / 1000);
  Duration wait = interval;
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

} // namespace circuit::sync
