// The authorization code grant, from the link that a person follows to the credential that comes of it.

#include "ingest/credentials/core.h"
#include "ingest/credentials/refresh_outcome.h"
#include "ingest/credentials/settings.h"
#include "ingest/http/address_kind.h"
#include "ingest/runtime/digest.h"
#include "ingest/state/error_message.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

constexpr const char* kVerifierPurpose = "authorization";

// 256 random bits; its hash is the key of the record, so that what is stored cannot finish anything.
std::string new_state(Random& random) {
  std::array<std::byte, 32> bits{};
  random.fill(bits);
  return to_hex({reinterpret_cast<const char*>(bits.data()), bits.size()});
}

std::string record_key(const std::string& state) { return state::authorization_key(to_hex(sha256(state))); }

Result<void> check_redirect_uri(const std::string& uri) {
  const auto parts = text::split_url(uri);
  const bool web = parts && parts->user_info.empty() && parts->fragment.empty() && !uri.ends_with('#');
  if (web && parts->scheme == "https") return {};
  // RFC 8252 section 7.3.
  if (web && parts->scheme == "http" && http::classify_host(parts->host) == http::AddressKind::kLoopback)
    return {};
  return make_error(ErrorClass::kInvalid, "REDIRECT_URI_INVALID",
                    "redirect_uri is neither an https address nor an http one on loopback",
                    "Use the address that is registered with the provider's application.");
}

Error method_takes_secrets(const MethodOfProvider& found) {
  return make_error(ErrorClass::kInvalid, "METHOD_TAKES_SECRETS",
                    found.profile->display_name + " is connected by \"" + found.method->name +
                        "\" with a secret and not by a person's consent",
                    "Call Create with the secret.");
}

struct Started {
  StoredConnection stored;
  bool is_new = false;
};

// The connection that is to be authorized: the one that has the name, or a new one.
Task<Result<Started>> find_or_make(Core& core, v1::Connection wanted) {
  auto existing = co_await find_connection(core.seams.store, wanted.name());
  if (!existing) co_return std::move(existing).error();
  if (!*existing) {
    Started started{new_connection(std::move(wanted), core.now()), true};
    co_return started;
  }
  StoredConnection stored = **std::move(existing);
  if (!same_connection(stored.settings(), wanted)) co_return connection_exists(wanted.name());
  if (stored.state.state() == v1::Connection::DISCONNECTING) co_return *refusal_of(stored);
  renew_settings(stored, wanted, core.now());
  co_return Started{std::move(stored), false};
}

// Whoever authorizes an existing connection anew names it, and need not say again what it is.
Task<Result<v1::Connection>> complete_request(Core& core, v1::Connection wanted) {
  if (wanted.name().empty()) co_return wanted;
  auto existing = co_await find_connection(core.seams.store, wanted.name());
  if (!existing) co_return std::move(existing).error();
  if (!*existing) co_return wanted;
  const v1::Connection& settings = (*existing)->settings();
  if (wanted.provider().empty()) wanted.set_provider(settings.provider());
  if (wanted.method().empty()) wanted.set_method(settings.method());
  if (wanted.parameters().empty()) *wanted.mutable_parameters() = settings.parameters();
  if (wanted.capabilities().empty()) *wanted.mutable_capabilities() = settings.capabilities();
  co_return wanted;
}

std::vector<std::string> scopes_wanted(std::vector<std::string> needed,
                                       const v1::StartAuthorizationRequest& request,
                                       const StoredConnection& stored) {
  for (const auto& scope : request.additional_scopes()) {
    if (std::ranges::find(needed, scope) == needed.end()) needed.push_back(scope);
  }
  const auto& granted = stored.state.granted_scopes();
  return scopes_to_ask(needed, {granted.begin(), granted.end()});
}

} // namespace

Task<Result<v1::StartAuthorizationResponse>> start_authorization(Core& core,
                                                                 v1::StartAuthorizationRequest request) {
  auto completed = co_await complete_request(core, request.connection());
  if (!completed) co_return std::move(completed).error();
  v1::Connection wanted = *std::move(completed);
  auto method = canonicalize(core.seams, wanted);
  if (!method) co_return std::move(method).error();
  if (!method->method->oauth) co_return method_takes_secrets(*method);
  auto redirect = check_redirect_uri(request.redirect_uri());
  if (!redirect) co_return std::move(redirect).error();
  auto secrets = take_secrets(*method->method, *request.mutable_secrets());
  if (!secrets) co_return std::move(secrets).error();

  const std::string name = wanted.name();
  const auto hold = co_await core.locks.lock(name);
  auto found = co_await find_or_make(core, std::move(wanted));
  if (!found) co_return std::move(found).error();
  Started started = *std::move(found);
  const Secret* client_secret = secrets->find("client_secret");
  auto party = ConnectionParty::of(core.seams, started.stored, client_secret);
  if (!party) co_return std::move(party).error();
  const auto& capabilities = started.stored.settings().capabilities();
  auto needed = scopes_for(**party, {capabilities.begin(), capabilities.end()});
  if (!needed) co_return std::move(needed).error();

  const std::string state = new_state(core.seams.random);
  const Secret verifier = make_code_verifier(core.seams.random);
  AuthorizationQuery query;
  query.redirect_uri = request.redirect_uri();
  query.state = state;
  if (method->method->oauth->pkce) query.code_challenge = code_challenge(verifier);
  query.scopes = scopes_wanted(*std::move(needed), request, started.stored);
  auto url = authorization_url(**party, query);
  if (!url) co_return std::move(url).error();

  st::AuthorizationRecord record;
  record.set_connection(name);
  record.set_redirect_uri(query.redirect_uri);
  *record.mutable_expires_at() = state::to_timestamp(core.now() + core.options.authorization_lifetime);
  *record.mutable_scopes() = {query.scopes.begin(), query.scopes.end()};
  // The verifier, and the client secret where this connection brings one.
  std::string joined(verifier.reveal());
  if (client_secret) joined.append("\n").append(client_secret->reveal());
  Secret sealed_value = Secret::take(std::move(joined));
  state::Batch batch;
  auto sealing = core.seams.vault.seal_value(name, kVerifierPurpose, std::move(sealed_value), batch);
  auto sealed = co_await std::move(sealing);
  if (!sealed) co_return std::move(sealed).error();
  record.set_sealed(*std::move(sealed));

  v1::StartAuthorizationResponse response;
  response.set_connection(name);
  response.set_authorization_url(*std::move(url));
  *response.mutable_expires_at() = record.expires_at();
  put_settings(batch, started.stored);
  if (started.is_new) put_state(batch, started.stored);
  state::put_record(batch, record_key(state), std::move(record));
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  if (started.is_new) ++core.counts.connections;
  co_return response;
}

namespace {

// An authorization that came back, its record gone: nobody can finish it a second time.
struct Returned {
  st::AuthorizationRecord record;
  AuthorizationAnswer answer;
};

Error unknown_authorization() {
  return make_error(ErrorClass::kAuth, "AUTHORIZATION_UNKNOWN",
                    "This authorization was never started here, or was finished before", "Start it again.");
}

// RFC 9700 section 2.1: exact, but for what the server added.
bool is_redirect_to(const std::string& url, const std::string& redirect_uri) {
  const std::string bare = url.substr(0, url.find_first_of("?#"));
  return bare == redirect_uri.substr(0, redirect_uri.find('?'));
}

Task<Result<Returned>> take_returned(Core& core, std::string redirect_url) {
  auto answer = read_redirect(redirect_url);
  if (!answer) co_return std::move(answer).error();
  const std::string key = record_key(answer->state);
  const auto hold = co_await core.locks.lock("authorization " + key);
  auto record = co_await state::load_record<st::AuthorizationRecord>(core.seams.store, key);
  if (!record) co_return std::move(record).error();
  if (answer->state.empty() || !*record) co_return unknown_authorization();
  if (!is_redirect_to(redirect_url, (*record)->redirect_uri())) {
    co_return make_error(ErrorClass::kInvalid, "REDIRECT_MISMATCH",
                         "The person came back at another address than this authorization was started with",
                         "Pass the address as it was, and look into who redirects there.");
  }
  state::Batch batch;
  state::erase_record<st::AuthorizationRecord>(batch, key);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  if (state::from_timestamp((*record)->expires_at()) < core.now()) {
    co_return make_error(ErrorClass::kAuth, "AUTHORIZATION_EXPIRED",
                         "The person came back after the authorization had expired", "Start it again.");
  }
  co_return Returned{**std::move(record), *std::move(answer)};
}

// What the consent page or the exchange said against it. A connection that works goes on working.
Task<Result<void>> note_failure(Core& core, std::string name, ExchangeError failed) {
  const auto hold = co_await core.locks.lock(name);
  auto found = co_await find_connection(core.seams.store, name);
  if (!found) co_return std::move(found).error();
  if (!*found || (*found)->state.state() == v1::Connection::DISCONNECTING) co_return Result<void>();
  StoredConnection stored = **std::move(found);
  if (stored.state.state() != v1::Connection::ACTIVE && failed.failure == ExchangeFailure::kApproval)
    stored.state.set_state(v1::Connection::ADMIN_APPROVAL);
  *stored.state.mutable_state_error() = state::to_message(failed.error);
  state::Batch batch;
  put_state(batch, stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (written) state_changed(core, stored);
  co_return written;
}

// Notes it, and gives it back; that it could not be noted is a warning.
Task<Error> failed_with(Core& core, std::string name, ExchangeError failed) {
  Error error = failed.error;
  auto noted = co_await note_failure(core, name, std::move(failed));
  if (!noted) core.warn(noted.error());
  co_return std::move(error).with("connection", name);
}

// Whose account it is. Only ADMIN_APPROVAL is an error: an account can be asked for later.
Task<Result<AccountFacts>> look_up_account(Core& core, const OAuthParty* party, const Credential* credential,
                                           std::string name) {
  auto request = account_request(*party, *credential);
  if (!request || !*request) co_return AccountFacts();
  auto sending = core.endpoints.send(**std::move(request), std::move(name), core.options.exchange_deadline);
  auto response = co_await std::move(sending);
  if (!response) {
    core.warn(response.error());
    co_return AccountFacts();
  }
  auto facts = read_account(*party, *response);
  if (!facts && facts.error().cls != ErrorClass::kAdminApproval) {
    core.warn(facts.error());
    co_return AccountFacts();
  }
  co_return facts;
}

void apply_authorization(StoredConnection& stored, const Tokens& tokens, const AccountFacts& facts,
                         const Method& method, SystemTime now, Random& random) {
  apply_tokens(stored, tokens, method, now, random);
  st::ConnectionStateRecord& state = stored.state;
  state.set_state(v1::Connection::ACTIVE);
  state.clear_refreshed_at();
  *state.mutable_authorized_at() = state::to_timestamp(now);
  *state.mutable_granted_scopes() = {tokens.scopes.begin(), tokens.scopes.end()};
  if (!facts.account.empty()) state.set_account(facts.account);
  for (const auto& [key, value] : facts.properties) (*state.mutable_properties())[key] = value;
}

Error account_differs(const StoredConnection& stored, const std::string& account) {
  auto error =
      make_error(ErrorClass::kAuth, "ACCOUNT_DIFFERS",
                 stored.name() + " is for " + stored.state.account() + ", and " + account + " has signed in",
                 "Sign in as the account that the connection is for, or make a new connection.");
  return std::move(error).with("connection", stored.name()).with("account", account);
}

// The new credential and the state that says so, in one commit. What was stored is read again: a refresh may
// have ended in between.
Task<Result<v1::Connection>> keep_authorization(Core& core, std::string name, const Tokens* tokens,
                                                AccountFacts facts, const Method* method) {
  const auto hold = co_await core.locks.lock(name);
  auto found = co_await load_connection(core.seams.store, name);
  if (!found) co_return std::move(found).error();
  StoredConnection stored = *std::move(found);
  if (stored.state.state() == v1::Connection::DISCONNECTING) co_return *refusal_of(stored);
  const std::string& before = stored.state.account();
  if (!before.empty() && !facts.account.empty() && before != facts.account)
    co_return account_differs(stored, facts.account);
  apply_authorization(stored, *tokens, facts, *method, core.now(), core.seams.random);
  state::Batch batch;
  auto sealing =
      core.seams.vault.seal(name, stored.state.credential_version(), tokens->credential.copy(), batch);
  auto sealed = co_await std::move(sealing);
  if (!sealed) co_return std::move(sealed).error();
  put_state(batch, stored);
  auto commit = core.seams.store.commit(std::move(batch));
  auto written = co_await std::move(commit);
  if (!written) co_return std::move(written).error();
  state_changed(core, stored);
  co_return show_connection(stored, core.flights.flying(name));
}

struct AuthorizationSecrets {
  Secret verifier;
  Secret client_secret;
};

Task<Result<AuthorizationSecrets>> open_secrets(Core& core, st::AuthorizationRecord record) {
  auto opening = core.seams.vault.open_value(record.connection(), kVerifierPurpose, record.sealed());
  auto opened = co_await std::move(opening);
  if (!opened) co_return std::move(opened).error();
  const std::string_view joined = opened->reveal();
  const size_t end = joined.find('\n');
  AuthorizationSecrets secrets{Secret(joined.substr(0, end)), Secret()};
  if (end != std::string_view::npos) secrets.client_secret = Secret(joined.substr(end + 1));
  co_return secrets;
}

} // namespace

Task<Result<v1::Connection>> finish_authorization(Core& core, v1::FinishAuthorizationRequest request) {
  auto taken = co_await take_returned(core, request.redirect_url());
  wipe(*request.mutable_redirect_url());
  if (!taken) co_return std::move(taken).error();
  Returned returned = *std::move(taken);
  const Secret code = Secret::take(std::move(returned.answer.code));
  const std::string name = returned.record.connection();
  const std::vector<std::string> asked(returned.record.scopes().begin(), returned.record.scopes().end());

  auto stored = co_await load_connection(core.seams.store, name);
  if (!stored) co_return std::move(stored).error();
  auto secrets = co_await open_secrets(core, returned.record);
  if (!secrets) co_return std::move(secrets).error();
  auto party = ConnectionParty::of(core.seams, *stored, &secrets->client_secret);
  if (!party) co_return std::move(party).error();
  auto issuer = check_issuer(**party, returned.answer);
  if (!issuer) {
    ExchangeError failed{ExchangeFailure::kOperator, std::move(issuer).error()};
    co_return co_await failed_with(core, name, std::move(failed));
  }
  if (code.empty()) {
    auto failed = read_authorization_error(**party, returned.answer, asked);
    co_return co_await failed_with(core, name, std::move(failed));
  }
  auto exchange = code_exchange(**party, code, returned.record.redirect_uri(), secrets->verifier);
  if (!exchange) co_return std::move(exchange).error();
  auto sending = core.endpoints.send(*std::move(exchange), name, core.options.exchange_deadline);
  auto response = co_await std::move(sending);
  auto outcome = read_tokens(**party, response, nullptr, asked, core.now());
  if (response) wipe(response->body);
  if (auto* failed = std::get_if<ExchangeError>(&outcome)) {
    if (failed->failure == ExchangeFailure::kUnknown) {
      failed->error = make_error(ErrorClass::kAuth, "AUTHORIZATION_OUTCOME_UNKNOWN",
                                 "The provider's answer to the authorization was lost", "Start it again.");
    }
    ExchangeError error = std::move(*failed);
    co_return co_await failed_with(core, name, std::move(error));
  }
  Tokens tokens = std::get<Tokens>(std::move(outcome));
  if (!secrets->client_secret.empty())
    tokens.credential.secrets.insert_or_assign("client_secret", secrets->client_secret.copy());
  // Templates of the account lookup may use what the answer said.
  for (const auto& [key, value] : tokens.properties) (*stored->state.mutable_properties())[key] = value;
  auto told = ConnectionParty::of(core.seams, *stored, &secrets->client_secret);
  if (!told) co_return std::move(told).error();
  auto facts = co_await look_up_account(core, &**told, &tokens.credential, name);
  if (!facts) {
    ExchangeError failed{ExchangeFailure::kApproval, std::move(facts).error()};
    co_return co_await failed_with(core, name, std::move(failed));
  }
  auto keeping = keep_authorization(core, name, &tokens, *std::move(facts), &(*party)->method);
  co_return co_await std::move(keeping);
}

Task<void> expire_authorizations(Core& core) {
  constexpr Duration kEvery = std::chrono::hours(1);
  constexpr size_t kPage = 500;
  for (;;) {
    co_await core.clock().sleep_for(kEvery);
    std::string after;
    do {
      auto page = co_await state::scan_records<st::AuthorizationRecord>(core.seams.store, "", after, kPage);
      if (!page) {
        core.warn(page.error());
        break;
      }
      state::Batch batch;
      for (const auto& row : *page) {
        if (state::from_timestamp(row.record.expires_at()) < core.now())
          batch.erase(state::Table::kAuthorizations, row.key);
      }
      after = page->size() == kPage ? page->back().key : "";
      if (batch.empty()) continue;
      auto commit = core.seams.store.commit(std::move(batch));
      auto written = co_await std::move(commit);
      if (!written) core.warn(written.error());
    } while (!after.empty());
  }
}

} // namespace circuit::credentials
