// The exchange of a connection's token: intent, exchange, durable, use. docs/credentials.md has the states.

#include <memory>

#include "ingest/credentials/core.h"
#include "ingest/credentials/refresh_outcome.h"
#include "ingest/credentials/refresh_plan.h"

namespace circuit::credentials {
namespace {

// A token that is about to be spent, with all that its exchange needs.
struct Exchange {
  StoredConnection stored; // as of the intent
  ConnectionParty party;
  Credential credential;
  http::Request request;
  std::string endpoint;
  // Of a refresh token that each exchange spends: for how long it is taken again. nullopt: it spends nothing.
  std::optional<Duration> reuse_leeway;
  std::vector<std::string> scopes;
};
using Begun = std::optional<Exchange>; // nullopt: there is nothing to exchange, or not now

std::optional<Duration> leeway_of(const Method& method) {
  if (!method.oauth || !method.oauth->rotates_refresh_token) return std::nullopt;
  return method.oauth->reuse_leeway;
}

// What is decided without an exchange: by the store's errors, by a credential that does not open.
Task<Result<void>> note(Core& core, StoredConnection stored, RefreshDecision decision) {
  const bool given_up = decision.state == v1::Connection::NEEDS_REAUTHORIZATION;
  decision.attempts = given_up ? 0 : stored.state.intent().attempts();
  apply_decision(stored, decision);
  state::Batch batch;
  put_state(batch, stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (written) state_changed(core, stored);
  co_return written;
}

Result<http::Request> make_request(Core& core, const Exchange& exchange) {
  if (exchange.party->method.assertion) {
    return assertion_exchange(*exchange.party, exchange.credential, exchange.scopes, core.now(),
                              core.seams.random);
  }
  return refresh_exchange(*exchange.party, *exchange.credential.find("refresh_token"));
}

// Scopes that an assertion asks for, and that are taken as granted where an answer names none.
Result<std::vector<std::string>> asked_scopes(const ConnectionParty& party, const StoredConnection& stored) {
  const auto& granted = stored.state.granted_scopes();
  if (!party->method.assertion) return std::vector<std::string>(granted.begin(), granted.end());
  const auto& wanted = stored.settings().capabilities();
  return scopes_for(*party, {wanted.begin(), wanted.end()});
}

Result<Exchange> prepare(Core& core, const StoredConnection& stored, Credential credential) {
  auto party = ConnectionParty::of(core.seams, stored, credential.find("client_secret"));
  if (!party) return std::move(party).error();
  auto scopes = asked_scopes(*party, stored);
  if (!scopes) return std::move(scopes).error();
  const auto leeway = leeway_of((*party)->method);
  Exchange exchange{stored, *std::move(party), std::move(credential), {}, {}, leeway, *std::move(scopes)};
  auto request = make_request(core, exchange);
  if (!request) return std::move(request).error();
  exchange.request = *std::move(request);
  exchange.endpoint = exchange.request.url;
  return exchange;
}

bool may_be_refreshed(const st::ConnectionStateRecord& state) {
  const bool usable =
      state.state() == v1::Connection::ACTIVE || state.state() == v1::Connection::ADMIN_APPROVAL;
  return usable && state.credential_version() > 0;
}

// Up to the durable intent. An error is the store's.
Task<Result<Begun>> begin(Core& core, std::string connection, size_t lane) {
  const auto hold = co_await core.locks.lock(connection);
  auto found = co_await find_connection(core.seams.store, connection);
  if (!found) co_return std::move(found).error();
  if (!*found || !may_be_refreshed((*found)->state)) co_return Begun();
  StoredConnection stored = **std::move(found);
  const int64_t version = stored.state.credential_version();
  const bool attempted = stored.state.has_intent() && stored.state.intent().credential_version() == version;
  auto credential = co_await core.seams.vault.open(connection, version);
  // CONFLICT: somebody replaced it this moment; the state says so too when it is read again.
  if (!credential && (is_retryable(credential.error()) || credential.error().cls == ErrorClass::kConflict))
    co_return std::move(credential).error();
  if (!credential) {
    core.warn(credential.error());
    auto noted = co_await note(core, std::move(stored),
                               credential_unreadable(credential.error(), core.now(), core.seams.random));
    if (!noted) co_return std::move(noted).error();
    co_return Begun();
  }
  auto method = find_method(core.seams, stored.settings().provider(), stored.settings().method());
  if (method && !can_refresh(*method->method, &*credential)) co_return Begun();
  auto exchange = prepare(core, stored, *std::move(credential));
  if (!exchange) {
    ExchangeError failed{ExchangeFailure::kOperator, std::move(exchange).error()};
    auto noted = co_await note(
        core, stored, decide_failure(stored.state, failed, std::nullopt, core.now(), core.seams.random));
    if (!noted) co_return std::move(noted).error();
    co_return Begun();
  }
  if (const auto parked = core.endpoints.parked_until(exchange->endpoint)) {
    core.refreshes.plan(due_name(lane, connection),
                        *parked + refresh_backoff(3, std::nullopt, core.seams.random));
    co_return Begun();
  }
  if (!exchange->reuse_leeway) co_return Begun(*std::move(exchange));

  auto& intent = *exchange->stored.state.mutable_intent();
  if (!attempted) {
    intent.set_attempts(0);
    intent.set_credential_version(version);
    *intent.mutable_first_sent_at() = state::to_timestamp(core.now());
  }
  intent.set_attempts(intent.attempts() + 1);
  state::Batch batch;
  put_state(batch, exchange->stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  co_return Begun(*std::move(exchange));
}

using Answer = std::variant<Tokens, ExchangeError>;

// Writes down what the exchange came to. What is stored is read again: in the meantime somebody may have
// authorized anew, or deleted it, and what they wrote stands.
Task<Result<void>> settle(Core& core, const Exchange* sent, const Answer* answered) {
  const Exchange& exchange = *sent;
  const Answer& answer = *answered;
  const std::string& name = exchange.stored.name();
  const auto hold = co_await core.locks.lock(name);
  auto found = co_await find_connection(core.seams.store, name);
  if (!found) co_return std::move(found).error();
  const int64_t version = exchange.stored.state.credential_version();
  if (!*found || (*found)->state.credential_version() != version) co_return Result<void>();
  StoredConnection stored = **std::move(found);
  const SystemTime now = core.now();
  state::Batch batch;
  if (const auto* tokens = std::get_if<Tokens>(&answer)) {
    if (stored.state.has_expires_at() && state::from_timestamp(stored.state.expires_at()) <= now)
      ++core.counts.refreshed_late;
    apply_tokens(stored, *tokens, exchange.party->method, now, core.seams.random);
    auto sealing = core.seams.vault.seal(name, version + 1, tokens->credential.copy(), batch);
    auto sealed = co_await std::move(sealing);
    if (!sealed) co_return sealed;
  } else {
    const auto& failed = std::get<ExchangeError>(answer);
    apply_decision(stored,
                   decide_failure(stored.state, failed, exchange.reuse_leeway, now, core.seams.random));
  }
  put_state(batch, stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return written;
  state_changed(core, stored);
  co_return Result<void>();
}

void count(Core& core, const Exchange& exchange, const Answer& answer) {
  if (std::holds_alternative<Tokens>(answer)) {
    ++core.counts.refreshes;
    return;
  }
  ++core.counts.refresh_failures;
  const auto& failed = std::get<ExchangeError>(answer);
  if (failed.failure == ExchangeFailure::kThrottled && failed.error.retry_at)
    core.endpoints.park(exchange.endpoint, *failed.error.retry_at);
  if (failed.failure == ExchangeFailure::kOperator) core.warn(failed.error);
}

} // namespace

bool can_refresh(const Method& method, const Credential* credential) {
  if (method.assertion) return true;
  return method.oauth && method.oauth->refreshes && (!credential || credential->find("refresh_token"));
}

std::string due_name(size_t lane, const std::string& connection) {
  return static_cast<char>(lane) + connection;
}

void fly_due(Core& core, const std::string& due_name) {
  core.flights.request(due_name.substr(1), static_cast<unsigned char>(due_name.front()), false);
}

void plan_refresh(Core& core, const StoredConnection& connection) {
  const auto state = connection.state.state();
  if (state == v1::Connection::NEEDS_REAUTHORIZATION || state == v1::Connection::ADMIN_APPROVAL)
    core.needing_a_person.insert(connection.name());
  else
    core.needing_a_person.erase(connection.name());
  const auto method =
      find_method(core.seams, connection.settings().provider(), connection.settings().method());
  if (!method) return; // the provider is in the catalog no more: nothing can be exchanged
  std::optional<SystemTime> due;
  if (may_be_refreshed(connection.state) && connection.state.has_next_refresh_at())
    due = state::from_timestamp(connection.state.next_refresh_at());
  core.refreshes.plan(due_name(method->lane, connection.name()), due);
}

void state_changed(Core& core, const StoredConnection& connection) {
  core.open.forget(connection.name());
  plan_refresh(core, connection);
}

Task<void> refresh(Core& core, std::string connection, size_t lane) {
  auto begun = co_await begin(core, connection, lane);
  if (!begun) {
    core.warn(begun.error());
    const SystemTime again = core.now() + refresh_backoff(2, std::nullopt, core.seams.random);
    core.refreshes.plan(due_name(lane, connection), again);
    co_return;
  }
  if (!*begun) co_return;
  const Exchange exchange = **std::move(begun);
  http::Request request = exchange.request;
  auto sending = core.endpoints.send(std::move(request), connection, core.options.exchange_deadline);
  auto response = co_await std::move(sending);
  const Answer answer =
      read_tokens(*exchange.party, response, &exchange.credential, exchange.scopes, core.now());
  if (response) wipe(response->body);
  count(core, exchange, answer);
  co_await until_durable(core, [&core, &exchange, &answer] { return settle(core, &exchange, &answer); });
}

} // namespace circuit::credentials
