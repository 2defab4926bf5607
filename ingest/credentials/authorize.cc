// What requests of feeds are given (http::Authorizer).

#include <algorithm>

#include "ingest/credentials/core.h"
#include "ingest/credentials/oauth_token_request.h"
#include "ingest/credentials/web_encoding.h"
#include "ingest/http/egress.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

using Open = std::shared_ptr<const OpenCredential>;

// A token that ends within this is not sent any more: it would end on the way.
constexpr Duration kTooShort = std::chrono::seconds(2);
// A token that was exchanged within this and is refused is not cured by another exchange.
constexpr Duration kFresh = std::chrono::minutes(1);

// The first of these names that the credential has.
const Secret* first_of(const Credential& credential, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const Secret* found = credential.find(name)) return found;
  }
  return nullptr;
}

Error secret_missing(const std::string& connection) {
  auto error = make_error(ErrorClass::kAuth, "CREDENTIAL_INCOMPLETE",
                          "The credential of " + connection + " lacks what its method needs",
                          "Connect the account again.");
  return std::move(error).with("connection", connection);
}

// The hosts that the credential may go to: the provider's, with the connection's own filled in. A template
// that lacks a value names no host.
http::HostList hosts_of(const OAuthParty& party, const StoredConnection& stored) {
  std::vector<std::string> hosts;
  for (const std::string& pattern : party.profile.hosts) {
    if (pattern == "*") continue; // user-chosen addresses never get a credential
    if (auto host = fill_in(pattern, party.values, false); host && !host->empty()) hosts.push_back(*host);
  }
  const auto base = stored.settings().parameters().find("base_url");
  if (base != stored.settings().parameters().end()) {
    if (const auto parts = text::split_url(base->second)) hosts.push_back(parts->host);
  }
  return http::host_list(std::move(hosts));
}

Result<void> add_authorization(OpenCredential& open, const ConnectionsSeams& seams, const OAuthParty& party,
                               const StoredConnection& stored) {
  const v1::Connection& settings = stored.settings();
  switch (party.method.application) {
    case Application::kNone:
      return {};
    case Application::kBearer: {
      const Secret* token = first_of(open.credential, {"access_token", "token"});
      if (!token && open.refreshable) return {}; // the first exchange is still to come
      if (!token) return secret_missing(settings.name());
      open.authorization = Secret::take(bearer_authorization(*token));
      return {};
    }
    case Application::kBasic: {
      const Secret* password = first_of(open.credential, {"token", "password", "key"});
      if (!password) return secret_missing(settings.name());
      const auto user = party.values.find(party.method.username_parameter);
      open.authorization = Secret::take(
          basic_authorization(user == party.values.end() ? std::string() : user->second, *password));
      return {};
    }
    case Application::kSigner: {
      const auto signer = seams.signers.find(settings.provider() + "/" + party.method.name);
      if (signer == seams.signers.end()) {
        return make_error(ErrorClass::kInternal, "SIGNER_MISSING",
                          "This program cannot sign requests to " + party.profile.display_name,
                          "Report this as a defect.");
      }
      open.signer = &signer->second;
      open.shown = show_connection(stored, false);
      return {};
    }
  }
  return {};
}

Task<Result<Open>> open_once(Core& core, std::string connection) {
  const uint64_t changes = core.open.changes();
  auto stored = co_await load_connection(core.seams.store, connection);
  if (!stored) co_return std::move(stored).error();
  auto open = std::make_shared<OpenCredential>();
  if (auto refusal = refusal_of(*stored)) {
    open->refusal = std::move(refusal);
  } else {
    open->version = stored->state.credential_version();
    auto credential = co_await core.seams.vault.open(connection, open->version);
    if (!credential) co_return std::move(credential).error();
    open->credential = *std::move(credential);
    auto party = ConnectionParty::of(core.seams, *stored, nullptr);
    if (!party) co_return std::move(party).error();
    auto method = find_method(core.seams, stored->settings().provider(), stored->settings().method());
    if (!method) co_return std::move(method).error();
    open->profile = method->profile;
    open->method = method->method;
    open->lane = method->lane;
    open->refreshable = can_refresh(*method->method, &open->credential);
    if (stored->state.has_expires_at()) open->expires_at = state::from_timestamp(stored->state.expires_at());
    open->hosts = hosts_of(**party, *stored);
    for (const auto& [name, value] : method->method->headers) {
      auto filled = fill_in(value, (*party)->values, false);
      if (!filled) co_return std::move(filled).error();
      open->headers.emplace_back(name, *std::move(filled));
    }
    auto added = add_authorization(*open, core.seams, **party, *stored);
    if (!added) co_return std::move(added).error();
    if (!open->signer) open->credential = {}; // only its header is needed
  }
  if (core.open.changes() == changes) core.open.keep(connection, open, core.clock().steady_now());
  co_return Open(std::move(open));
}

// Without the connection's lock: a request does not wait for those who write. So the credential may be
// another one than the state, read a moment before, says; then both are read again.
Task<Result<Open>> open_credential(Core& core, std::string connection) {
  constexpr int kTries = 3;
  for (int left = kTries;; --left) {
    auto opened = co_await open_once(core, connection);
    if (opened || opened.error().cls != ErrorClass::kConflict || left == 1) co_return opened;
  }
}

bool lacks_token(const OpenCredential& open, SystemTime now) {
  if (open.refusal || !open.refreshable) return false;
  if (open.authorization.empty() && open.method->application == Application::kBearer) return true;
  return open.expires_at && *open.expires_at <= now + kTooShort;
}

Task<Result<Open>> open_or_kept(Core& core, std::string connection) {
  if (auto kept = core.open.find(connection, core.clock().steady_now())) co_return kept;
  auto opening = open_credential(core, std::move(connection));
  co_return co_await std::move(opening);
}

// Whether an exchange may begin at this moment: after a failure not before its time, so that many requests
// are not many attempts.
Task<Result<std::optional<Error>>> refusal_to_exchange(Core& core, std::string connection) {
  auto stored = co_await load_connection(core.seams.store, connection);
  if (!stored) co_return std::move(stored).error();
  const st::ConnectionStateRecord& state = stored->state;
  const bool waits = state.refresh_failures() > 0 && state.has_next_refresh_at() &&
                     state::from_timestamp(state.next_refresh_at()) > core.now();
  if (!waits) co_return std::optional<Error>();
  auto error = make_error(ErrorClass::kTransient, "REFRESH_PENDING",
                          connection + " has no valid token at the moment: " + state.state_error().message(),
                          "It is tried again by itself.")
                   .with("connection", connection)
                   .with("cause", state.state_error().reason());
  error.retry_at = state::from_timestamp(state.next_refresh_at());
  co_return std::optional<Error>(std::move(error));
}

// Joins or begins the connection's exchange, and waits for its end.
Task<void> exchange_now(Core& core, std::string connection, size_t lane) {
  core.flights.request(connection, lane, true);
  auto waiting = core.flights.wait(connection, core.clock(), core.options.exchange_deadline);
  co_await std::move(waiting);
}

Error still_pending(Core& core, const std::string& connection) {
  auto error = make_error(ErrorClass::kTransient, "REFRESH_PENDING",
                          connection + " has no valid token at the moment", "It is tried again by itself.")
                   .with("connection", connection);
  error.retry_at = core.now() + std::chrono::seconds(5);
  return error;
}

Error host_refused(const http::Request& request, const std::string& connection) {
  auto error = make_error(ErrorClass::kPermission, "CREDENTIAL_HOST_REFUSED",
                          "The credential of " + connection + " is not sent to " +
                              text::loggable_url(request.url) + ", which is none of the provider's hosts",
                          "If the provider really uses this host, add it to its catalog file.");
  return std::move(error).with("connection", connection);
}

// Scheme and authority as they are written, up to the slash of the path; empty where anything else ends them,
// which not every reader of URLs takes for an end.
std::string_view written_origin(std::string_view url) {
  const size_t authority = url.find("://");
  if (authority == std::string_view::npos) return {};
  const size_t path = url.find_first_of("/?#\\", authority + 3);
  if (path == std::string_view::npos || url[path] != '/') return {};
  return url.substr(0, path);
}

Result<void> attach(Core& core, const OpenCredential& open, http::Request& request) {
  // The egress layer judges the same hosts once more, on the URL as the transport reads it.
  const std::string_view origin = written_origin(request.url);
  if (origin.empty() || origin != open.permitted_origin) {
    const auto parts = text::split_url(request.url);
    // A backslash is a slash to some readers of URLs and part of a name to others.
    const bool plain = request.url.find('\\') == std::string::npos;
    const bool confidential =
        plain && parts && is_confidential(parts->scheme, parts->host, core.options.allow_private);
    if (!confidential || !http::host_is_listed(parts->host, *open.hosts))
      return host_refused(request, request.connection);
    open.permitted_origin = origin;
    open.address_policy = core.options.allow_private ? http::AddressPolicy::kAnyAddress
                                                     : policy_towards(*open.profile, parts->host);
  }
  request.address_policy = open.address_policy;
  request.allowed_hosts = open.hosts;
  for (const auto& [name, value] : open.headers) request.headers.set(name, value);
  if (open.signer) return (*open.signer)(request, open.shown, open.credential, core.now());
  if (!open.authorization.empty())
    request.headers.set("Authorization", std::string(open.authorization.reveal()));
  return {};
}

} // namespace

std::optional<Result<int64_t>> authorize_now(Core& core, http::Request& request) {
  const auto open = core.open.find(request.connection, core.clock().steady_now());
  if (!open || open->refusal || lacks_token(*open, core.now())) return std::nullopt;
  if (auto attached = attach(core, *open, request); !attached) return std::move(attached).error();
  return open->version;
}

Task<Result<int64_t>> authorize(Core& core, http::Request* request) {
  const std::string& connection = request->connection;
  auto open = core.open.find(connection, core.clock().steady_now());
  if (!open) {
    auto opened = co_await open_credential(core, connection);
    if (!opened) co_return std::move(opened).error();
    open = *std::move(opened);
  }
  if (lacks_token(*open, core.now())) {
    auto refusal = co_await refusal_to_exchange(core, connection);
    if (!refusal) co_return std::move(refusal).error();
    if (*refusal) co_return **std::move(refusal);
    co_await exchange_now(core, connection, open->lane);
    auto opened = co_await open_or_kept(core, connection);
    if (!opened) co_return std::move(opened).error();
    open = *std::move(opened);
    if (lacks_token(*open, core.now())) {
      refusal = co_await refusal_to_exchange(core, connection);
      if (refusal && *refusal) co_return **std::move(refusal);
      co_return still_pending(core, connection);
    }
  }
  if (open->refusal) co_return *open->refusal;
  auto attached = attach(core, *open, *request);
  if (!attached) co_return std::move(attached).error();
  co_return open->version;
}

Task<Result<bool>> refused(Core& core, std::string connection, int64_t version) {
  auto stored = co_await load_connection(core.seams.store, connection);
  if (!stored) co_return std::move(stored).error();
  if (stored->state.credential_version() > version) {
    core.open.forget(connection);
    co_return true;
  }
  auto method = find_method(core.seams, stored->settings().provider(), stored->settings().method());
  if (!method) co_return std::move(method).error();
  // A key that is refused once may be refused by mistake: only a check, which asks for nothing else, says
  // that it is dead (record_check).
  if (!can_refresh(*method->method, nullptr)) co_return false;
  const st::ConnectionStateRecord& state = stored->state;
  if (state.has_refreshed_at() && core.now() < state::from_timestamp(state.refreshed_at()) + kFresh)
    co_return false;
  if (!core.flights.flying(connection)) {
    auto refusal = co_await refusal_to_exchange(core, connection);
    if (!refusal) co_return std::move(refusal).error();
    if (*refusal) co_return false;
  }
  co_await exchange_now(core, connection, method->lane);
  auto after = co_await load_connection(core.seams.store, connection);
  if (!after) co_return std::move(after).error();
  co_return after->state.credential_version() > version && !refusal_of(*after);
}

} // namespace circuit::credentials
