#pragma once
// Connections: what the API and the command line ask for, behind one object. It keeps the records, drives the
// OAuth client, owns the refresher, and is the Authorizer of the HTTP layers.
//
// One per worker, on the engine's loop; the seams outlive it. No answer contains a secret.
//
// Errors of all, besides the store's and the vault's: NOT_FOUND CONNECTION_NOT_FOUND; INVALID
// CONNECTION_NAME_INVALID, PROVIDER_UNKNOWN, METHOD_UNKNOWN, CONNECTION_PARAMETER_MISSING,
// CONNECTION_PARAMETER_UNKNOWN, CONNECTION_PARAMETER_INVALID, SECRET_MISSING, SECRET_UNKNOWN,
// CAPABILITY_UNKNOWN, METHOD_NEEDS_CONSENT, METHOD_TAKES_SECRETS, LABELS_TOO_LARGE, CLIENT_NOT_CONFIGURED;
// CONFLICT CONNECTION_EXISTS, ETAG_MISMATCH, CONNECTION_BUSY. docs/credentials.md says how it all works.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "circuit/feeds/v1/services.pb.h"
#include "ingest/credentials/oauth.h"
#include "ingest/credentials/profile.h"
#include "ingest/credentials/vault.h"
#include "ingest/http/auth.h"
#include "ingest/runtime/loop.h"

namespace circuit::credentials {

// A provider's own way of authorizing a request (Application::kSigner): pure. `now` is the provider's time as
// far as it is known.
using Signer =
    std::function<Result<void>(http::Request& request, const circuit::feeds::v1::Connection& connection,
                               const Credential& credential, SystemTime now)>;

struct ConnectionsSeams {
  Loop& loop;
  Random& random;
  state::StateStore& store;
  // For token endpoints, revocations and account lookups: the layers below auth.
  http::HttpTransport& http;
  Vault& vault;
  std::vector<Profile> profiles;
  // Null: this worker has no application at that provider.
  std::function<const OAuthApplication*(const std::string& provider)> application;
  std::map<std::string, Signer> signers; // by "provider/method"
  std::function<void(const Error&)> warning;
};

struct ConnectionsOptions {
  Duration authorization_lifetime = std::chrono::minutes(15);
  // For each request to a token endpoint, below any lease.
  Duration exchange_deadline = std::chrono::seconds(20);
  size_t concurrent_refreshes = 64;
  size_t concurrent_refreshes_per_provider = 32;
  // How long a deletion waits for the provider; after that the revocation goes on without it.
  Duration revocation_deadline = std::chrono::seconds(8);
  Duration revocation_retried_for = std::chrono::hours(72);
  // Credentials that are kept open in memory, and for how long.
  size_t open_credentials = 4096;
  Duration open_credential_lifetime = std::chrono::minutes(5);
  Duration request_ids_kept = std::chrono::hours(24);
  // What stop() gives an exchange that is under way, so that its outcome is known.
  Duration shutdown_grace = std::chrono::seconds(10);
  // Lets hosts that whoever connects chose be private ones, and loopback ones be asked without TLS. What the
  // catalog or the operator names may be private in any case.
  bool allow_private = false;
};

class Connections final : public http::Authorizer {
 public:
  Connections(ConnectionsSeams seams, ConnectionsOptions options);
  // stop() has returned and so has every request, or the loop will never run again.
  ~Connections() override;

  // Finishes what a crash interrupted (refreshes of unknown outcome, deletions, revocations), and begins to
  // refresh.
  Task<Result<void>> start();
  Task<void> stop();

  using ConnectionResult = Task<Result<circuit::feeds::v1::Connection>>;
  // With secrets that the caller has. Where the connection exists with the same provider, method and
  // parameters, its credential is replaced and it is ACTIVE again; its feeds stay. Whether the secrets work
  // is asked by who calls this (Feed::check), and told by record_check().
  ConnectionResult create(circuit::feeds::v1::CreateConnectionRequest request);
  // A connection that exists is authorized anew: it goes on as it is until that is finished.
  Task<Result<circuit::feeds::v1::StartAuthorizationResponse>> start_authorization(
      circuit::feeds::v1::StartAuthorizationRequest request);
  // AUTH AUTHORIZATION_UNKNOWN (never started, or answered before), AUTHORIZATION_EXPIRED,
  // AUTHORIZATION_DENIED, AUTHORIZATION_OUTCOME_UNKNOWN, ACCOUNT_DIFFERS (somebody else signed in than the
  // connection is for); ADMIN_APPROVAL; INVALID REDIRECT_MALFORMED, REDIRECT_MISMATCH, ISSUER_MISMATCH. What
  // the consent page said is also kept in the connection's state_error.
  ConnectionResult finish_authorization(circuit::feeds::v1::FinishAuthorizationRequest request);
  ConnectionResult get(circuit::feeds::v1::GetConnectionRequest request);
  Task<Result<circuit::feeds::v1::ListConnectionsResponse>> list(
      circuit::feeds::v1::ListConnectionsRequest request);

  // Disconnecting, in the order in which the caller (who knows the feeds) goes through it. begin marks it
  // DISCONNECTING, durably: from then on nothing is authorized with it. finish revokes, destroys, erases.
  ConnectionResult begin_deletion(circuit::feeds::v1::DeleteConnectionRequest request);
  Task<Result<circuit::feeds::v1::DeleteConnectionResponse>> finish_deletion(std::string name);
  // Those that a restart found DISCONNECTING.
  Task<Result<std::vector<circuit::feeds::v1::DeleteConnectionRequest>>> interrupted_deletions();

  // What a check found out is kept: state, account, granted scopes.
  Task<Result<void>> record_check(circuit::feeds::v1::ConnectionReport report);
  // The stored error of a connection that does not work, or what an administrator has to do: for
  // approve-help.
  Task<Result<circuit::feeds::v1::SyncError>> approval_help(std::string name);

  // Authorizer.
  Task<Result<int64_t>> authorize(http::Request& request) override;
  std::optional<Result<int64_t>> authorize_now(http::Request& request) override;
  Task<Result<bool>> refused(std::string connection, int64_t version) override;

  struct Gauges {
    uint64_t connections = 0, refreshing = 0, needing_a_person = 0;
    uint64_t refreshes = 0, refresh_failures = 0, refreshed_late = 0;
  };
  Gauges gauges() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace circuit::credentials
