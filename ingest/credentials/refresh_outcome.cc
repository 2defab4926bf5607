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

RefreshDecision unknown(const Error& error, int attempts, SystemTime now, Random& random) {
  if (attempts >= kMostAttempts) return outcome_unknown();
  // Soon: servers that let a spent token be sent again do so for some seconds or minutes.
  const Duration soon = seconds(1) + Duration(static_cast<Duration::rep>(random.below(2'000'000)));
  return later(error, now + soon, attempts);
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

RefreshDecision outcome_unknown() {
  return {v1::Connection::NEEDS_REAUTHORIZATION,
          make_error(ErrorClass::kAuth, "REFRESH_OUTCOME_UNKNOWN",
                     "the provider was asked for a new token and its answer was lost; the token that was "
                     "sent may be spent",
                     "Connect the account again."),
          std::nullopt, 0};
}

RefreshDecision credential_unreadable(const Error& error, SystemTime now, Random& random) {
  // A key can be loaded again; what was tampered with or is missing stays so.
  if (error.cls == ErrorClass::kCorrupt)
    return {v1::Connection::NEEDS_REAUTHORIZATION, error, std::nullopt, 0};
  return later(error, now + patient_backoff(1, random), 0);
}

RefreshDecision decide_failure(const st::ConnectionStateRecord& state, const ExchangeError& failed,
                               bool spends, SystemTime now, Random& random) {
  const int sent = spends ? state.intent().attempts() : 0;
  const int before = std::max(0, sent - 1); // attempts whose outcome is unknown, this one apart
  const int failures = state.refresh_failures() + 1;
  const SystemTime backoff = now + refresh_backoff(failures, time_left(state, now), random);
  switch (failed.failure) {
    case ExchangeFailure::kRefused:
      if (before > 0) return outcome_unknown();
      return {v1::Connection::NEEDS_REAUTHORIZATION, failed.error, std::nullopt, 0};
    case ExchangeFailure::kApproval:
      return {v1::Connection::ADMIN_APPROVAL, failed.error, now + patient_backoff(10, random), before};
    case ExchangeFailure::kOperator:
      return later(failed.error, now + patient_backoff(failures, random), before);
    case ExchangeFailure::kThrottled:
      return later(failed.error, std::max(backoff, failed.error.retry_at.value_or(now)), before);
    case ExchangeFailure::kUnknown:
      if (spends) return unknown(failed.error, sent, now, random);
      return later(failed.error, backoff, 0);
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
