#include "ingest/credentials/refresh_outcome.h"

#include <algorithm>

#include "ingest/credentials/refresh_plan.h"
#include "ingest/state/error_message.h"

namespace circuit::credentials {
namespace {

using std::chrono::seconds;

std::optional<Duration> time_left(const st::ConnectionStateRecord& state, SystemTime now) {
  if (!state.has_expires_at()) return std::nullopt;
  return state::from_timestamp(state.expires_at()) - now;
}

RefreshDecision later(const Error& error, SystemTime next, int attempts) {
  return {v1::Connection::ACTIVE, error, next, attempts};
}

// A server that let go of the token stays forgiving for so long after it was first sent; what is tried within
// that time may save the connection, so that the last attempt is not left to chance.
SystemTime within_leeway(SystemTime next, const st::ConnectionStateRecord& state, Duration leeway,
                         SystemTime now) {
  constexpr Duration kBeforeItEnds = seconds(30);
  const SystemTime last = state::from_timestamp(state.intent().first_sent_at()) + leeway - kBeforeItEnds;
  return last > now ? std::min(next, last) : next;
}

// Of the first attempt whose answer was lost.
Duration soon(Random& random) {
  return seconds(1) + Duration(static_cast<Duration::rep>(random.below(2'000'000)));
}

RefreshDecision given_up(const Error& error) {
  return {v1::Connection::NEEDS_REAUTHORIZATION, error, std::nullopt, 0};
}

// The stored token was good when it was first sent.
Error successor_lost(const Error& refusal) {
  return make_error(
      ErrorClass::kAuth, "REFRESH_OUTCOME_UNKNOWN",
      "an answer that may have held a new token was lost, and the provider does not take the one "
      "before it any more: " +
          refusal.message,
      "Connect the account again.");
}

} // namespace

void apply_tokens(StoredConnection& connection, const Tokens& tokens, const Method& method, SystemTime now,
                  Random& random) {
  st::ConnectionStateRecord& state = connection.state;
  state.set_credential_version(state.credential_version() + 1);
  state.clear_intent();
  state.set_refresh_failures(0);
  state.clear_state_error();
  if (state.state() != v1::Connection::DISCONNECTING) state.set_state(v1::Connection::ACTIVE);
  *state.mutable_refreshed_at() = state::to_timestamp(now);
  state.clear_expires_at();
  if (tokens.expires_at) *state.mutable_expires_at() = state::to_timestamp(*tokens.expires_at);
  if (!tokens.scopes.empty()) *state.mutable_granted_scopes() = {tokens.scopes.begin(), tokens.scopes.end()};
  for (const auto& [key, value] : tokens.properties) (*state.mutable_properties())[key] = value;
  state.clear_next_refresh_at();
  const bool refreshes = method.assertion || tokens.credential.find("refresh_token");
  if (!refreshes || (method.oauth && !method.oauth->refreshes)) return;
  if (const auto due = next_refresh(method, now, tokens.expires_at, random))
    *state.mutable_next_refresh_at() = state::to_timestamp(*due);
}

RefreshDecision credential_unreadable(const Error& error, SystemTime now, Random& random) {
  // A key can be loaded again; what was tampered with or is missing stays so.
  if (error.cls == ErrorClass::kCorrupt)
    return {v1::Connection::NEEDS_REAUTHORIZATION, error, std::nullopt, 0};
  return later(error, now + patient_backoff(1, random), 0);
}

RefreshDecision decide_failure(const st::ConnectionStateRecord& state, const ExchangeError& failed,
                               std::optional<Duration> reuse_leeway, SystemTime now, Random& random) {
  const int sent = reuse_leeway ? state.intent().attempts() : 0;
  const int before = std::max(0, sent - 1); // attempts whose answers were lost, this one apart
  const int failures = state.refresh_failures() + 1;
  const bool lost = failed.failure == ExchangeFailure::kUnknown;
  SystemTime backoff = now + refresh_backoff(failures, time_left(state, now), random);
  if (lost && sent == 1) backoff = now + soon(random);
  if (lost ? sent > 1 : before > 0) backoff = within_leeway(backoff, state, *reuse_leeway, now);
  switch (failed.failure) {
    case ExchangeFailure::kRefused:
      return given_up(before > 0 ? successor_lost(failed.error) : failed.error);
    case ExchangeFailure::kApproval:
      return {v1::Connection::ADMIN_APPROVAL, failed.error, now + patient_backoff(10, random), before};
    case ExchangeFailure::kOperator:
      return later(failed.error, now + patient_backoff(failures, random), before);
    case ExchangeFailure::kThrottled:
      return later(failed.error, std::max(backoff, failed.error.retry_at.value_or(now)), before);
    case ExchangeFailure::kUnknown:
      return later(failed.error, backoff, sent);
    case ExchangeFailure::kTransient:
      break;
  }
  return later(failed.error, backoff, before);
}

void apply_decision(StoredConnection& connection, const RefreshDecision& decision) {
  st::ConnectionStateRecord& state = connection.state;
  // An administrator's approval is still missing, whatever else goes wrong while it is waited for.
  const bool waits_for_approval =
      state.state() == v1::Connection::ADMIN_APPROVAL && decision.state == v1::Connection::ACTIVE;
  if (state.state() != v1::Connection::DISCONNECTING && !waits_for_approval) state.set_state(decision.state);
  if (!waits_for_approval) *state.mutable_state_error() = state::to_message(decision.error);
  state.set_refresh_failures(state.refresh_failures() + 1);
  if (decision.attempts == 0)
    state.clear_intent();
  else
    state.mutable_intent()->set_attempts(decision.attempts);
  state.clear_next_refresh_at();
  if (decision.next) *state.mutable_next_refresh_at() = state::to_timestamp(*decision.next);
}

} // namespace circuit::credentials
