#pragma once
// OAuth 2.0 as a client: what is sent to authorization servers, and what their answers mean. Pure functions,
// any thread; who sends, waits and stores is elsewhere (connections.h, refresher.h).
//
// RFC 6749, 6750, 7009 (revocation), 7523 (assertions), 7636 (PKCE, S256), 8252 (loopback), 9207 (iss), 9700.
// What providers do differently is data (profile.h).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ingest/credentials/profile.h"
#include "ingest/credentials/secret.h"
#include "ingest/http/message.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"

namespace circuit::credentials {

// The application that this worker is registered as at a provider.
struct OAuthApplication {
  std::string client_id;
  Secret client_secret; // empty: a public client
};

// Whom it is about. Refers to what the caller keeps alive.
struct OAuthParty {
  const Profile& profile;
  const Method& method;
  const OAuthApplication& application;
  TemplateValues values; // template_values(); has "client_id" too
};

struct AuthorizationQuery {
  std::string redirect_uri;
  std::string state;
  std::string code_challenge; // S256 of the verifier; empty: without PKCE
  std::vector<std::string> scopes;
};
// Errors of all that go to an authorization server: INVALID CONNECTION_PARAMETER_MISSING, ENDPOINT_UNUSABLE
// (not https), AUTHORIZATION_UNSUPPORTED (the method has no OAuth), CLIENT_SECRET_MISSING (none is
// configured).
Result<std::string> authorization_url(const OAuthParty& party, const AuthorizationQuery& query);

// 43 characters of 256 random bits, and its S256 challenge.
Secret make_code_verifier(Random& random);
std::string code_challenge(const Secret& verifier);

// The scopes that these capabilities need (empty: the default ones), as the provider names them, each once.
// INVALID CAPABILITY_UNKNOWN.
Result<std::vector<std::string>> scopes_for(const OAuthParty& party,
                                            const std::vector<std::string>& capabilities);

// What to ask for where `granted` was granted before: both, each once. With most providers a new grant
// replaces the one before, and where it adds to it (Google, Entra) asking again for what is there does no
// harm.
std::vector<std::string> scopes_to_ask(const std::vector<std::string>& needed,
                                       const std::vector<std::string>& granted);

// The answer at the redirect address.
struct AuthorizationAnswer {
  std::string state;
  std::string code; // empty: refused
  std::string iss;
  std::string error, error_description, error_subtype, error_uri;
};
// INVALID REDIRECT_MALFORMED. The code in it is a secret until it was exchanged.
Result<AuthorizationAnswer> read_redirect(const std::string& redirect_url);
// INVALID ISSUER_MISMATCH where the profile names an issuer and the answer another (or none, where the
// profile says that one is always sent).
Result<void> check_issuer(const OAuthParty& party, const AuthorizationAnswer& answer);

// Requests. Not idempotent: nobody repeats them unasked. Their bodies hold secrets; wipe() them when sent.
Result<http::Request> code_exchange(const OAuthParty& party, const Secret& code,
                                    const std::string& redirect_uri, const Secret& verifier);
Result<http::Request> refresh_exchange(const OAuthParty& party, const Secret& refresh_token);
// Google service account: secret "key", the JSON file; of it only who signs and with what is believed, and
// the token endpoint is the profile's. Microsoft app-only: secret "client_secret", or "private_key" and
// "certificate" (PEM; one of them may hold both). INVALID SECRET_MISSING, ASSERTION_KEY_MALFORMED.
Result<http::Request> assertion_exchange(const OAuthParty& party, const Credential& credential,
                                         const std::vector<std::string>& scopes, SystemTime now,
                                         Random& random);
// nullopt: this provider has no revocation, or the credential nothing that could be revoked. Doing it twice
// does no harm, so it is repeated until an answer says that it is done. With Kind::kGetQuery and kDeletePath
// the token is in the URL.
Result<std::optional<http::Request>> revocation_request(const OAuthParty& party,
                                                        const Credential& credential);
// Whether what was sent is revoked, or was gone already. TRANSIENT REVOCATION_FAILED and THROTTLED
// PROVIDER_THROTTLED: try again; INVALID REVOCATION_REFUSED, CLIENT_REFUSED: again only when something
// changed.
Result<void> read_revocation(const OAuthParty& party, const Result<http::Response>& response, SystemTime now);
// nullopt: it has no account lookup, or signs its requests (Application::kSigner). A GET, so it may be
// repeated.
Result<std::optional<http::Request>> account_request(const OAuthParty& party, const Credential& credential);

// What a token endpoint gave.
struct Tokens {
  // Secrets access_token and, where there is one, refresh_token (the one before where the answer has none);
  // attributes token_type, and expires_at and refresh_token_expires_at (RFC 3339) where they are known.
  Credential credential;
  std::optional<SystemTime> expires_at;
  std::vector<std::string> scopes;               // granted; as asked where the answer does not say
  std::map<std::string, std::string> properties; // OAuthProfile::captured
};

// How an exchange failed, for who decides what to do next.
enum class ExchangeFailure {
  kRefused,   // the grant is dead: a person has to authorize anew (invalid_grant, consent revoked)
  kApproval,  // an administrator has to act
  kOperator,  // this worker's registration is wrong or expired (invalid_client, expired secret)
  kTransient, // did not take place: try again later (5xx with an error body that says so, connection refused)
  kThrottled, // the same, not before retry_at
  kUnknown,   // may have taken place: the answer was lost (reset, timeout, truncated, 502/504)
};

struct ExchangeError {
  ExchangeFailure failure = ExchangeFailure::kTransient;
  // kRefused: AUTH TOKEN_REFUSED. kApproval: approval_error(). kOperator: INVALID CLIENT_REFUSED (who this
  // worker is), TOKEN_REQUEST_REFUSED (what it asks for), or the transport's error. kTransient: TRANSIENT
  // TOKEN_ENDPOINT_UNAVAILABLE, or the transport's. kThrottled: THROTTLED PROVIDER_THROTTLED. kUnknown:
  // TRANSIENT TOKEN_OUTCOME_UNKNOWN, or the transport's. Metadata: provider, status, and error and
  // error_codes of the answer where they are known words. Nothing else of an answer is in it.
  Error error;
};

// Whether tokens, or why not. `before`: what was refreshed or signed with, whose other secrets and attributes
// go on. `asked`: the scopes, those granted before for a refresh.
std::variant<Tokens, ExchangeError> read_tokens(const OAuthParty& party,
                                                const Result<http::Response>& response,
                                                const Credential* before,
                                                const std::vector<std::string>& asked, SystemTime now);

// The error of a consent page: AUTH AUTHORIZATION_DENIED (the person said no), ADMIN_APPROVAL
// ADMIN_APPROVAL_REQUIRED, TRANSIENT AUTHORIZATION_UNAVAILABLE, or INVALID AUTHORIZATION_FAILED.
ExchangeError read_authorization_error(const OAuthParty& party, const AuthorizationAnswer& answer,
                                       const std::vector<std::string>& asked);

// What an administrator has to do, filled in for this connection, in words that can be forwarded. Metadata,
// where there is something to say: provider, client_id, roles, console_url, steps (one a line), consent_url
// (opens the right organization's consent page for this application), scopes (to compare), meaning.
Error approval_error(const OAuthParty& party, const std::string& meaning,
                     const std::vector<std::string>& scopes);

struct AccountFacts {
  std::string account;
  std::map<std::string, std::string> properties;
};
// ADMIN_APPROVAL where an empty list means that (Atlassian). AUTH CREDENTIAL_REFUSED (401), PERMISSION
// ACCOUNT_FORBIDDEN (403), THROTTLED PROVIDER_THROTTLED, TRANSIENT ACCOUNT_LOOKUP_FAILED, INVALID
// ACCOUNT_UNREADABLE, ACCOUNT_AMBIGUOUS.
Result<AccountFacts> read_account(const OAuthParty& party, const http::Response& response);

} // namespace circuit::credentials
