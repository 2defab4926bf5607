#pragma once
// How a provider's connections are authorized: the catalog's data, as the rest of the program reads it. Plain
// values; any thread. Templates have {name} where a connection's parameter, property or (last) default of the
// catalog is filled in, and {name.host} where the host of such a value, which is a URL, is.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"

namespace circuit::credentials {

// A value that a connection brings: a parameter, or a secret.
struct Field {
  std::string name;
  std::string description;
  bool required = false;
  bool secret = false;
  std::string default_value; // may be a template over the other values
  std::vector<std::string> choices;
  // ECMAScript regular expression for the whole value; empty: any. Whoever chooses a host chooses who gets
  // the credential, so values that become part of one have a pattern.
  std::string pattern;
};

struct Scope {
  std::string scope; // may be a template: "https://{org}.crm.dynamics.com/user_impersonation"
  std::string purpose;
  std::string capability;
  bool by_default = true;
};

enum class ClientAuthentication { kHeader, kBody, kNone }; // RFC 6749 section 2.3.1; kNone: a public client
enum class TokenRequestFormat { kForm, kJson };

struct Revocation {
  enum class Kind {
    kNone,       // the provider has no endpoint
    kRfc7009,    // POST token=..., authenticated and encoded as requests to the token endpoint are
    kGetQuery,   // GET endpoint?token=... (the token is in the URL, so it is not logged)
    kPostBearer, // POST with the access token as bearer
    kDeletePath, // DELETE endpoint/{token}
    kDeleteJson, // DELETE with {"access_token": ...} and the client's Basic authorization (GitHub)
  };
  Kind kind = Kind::kNone;
  std::string endpoint;      // template
  bool refresh_token = true; // which token is sent: the refresh token where there is one, or the access token
};

// The authorization code grant and what follows from it.
struct OAuthProfile {
  std::string authorization_endpoint; // template
  std::string token_endpoint;         // template
  std::string issuer;                 // template; empty: `iss` in the answer is not expected
  bool issuer_required = false;       // every answer has `iss` (RFC 9207)
  Revocation revocation;
  ClientAuthentication client_authentication = ClientAuthentication::kBody;
  TokenRequestFormat token_request_format = TokenRequestFormat::kForm;
  bool pkce = true;
  bool client_secret_required = true;
  std::string scope_parameter = "scope";
  std::string scope_separator = " ";
  std::map<std::string, std::string> authorization_parameters; // fixed ones, "access_type": "offline"
  std::map<std::string, std::string> token_parameters;
  std::map<std::string, std::string> token_headers; // "Notion-Version": "2022-06-28"
  bool incremental = false; // scopes granted before stay granted (Google include_granted_scopes)
  // Refreshing.
  bool refreshes = true;
  bool rotates_refresh_token = false; // each refresh spends the refresh token
  Duration reuse_leeway{};            // for so long the spent one may be sent again (Atlassian: 10 min)
  std::optional<Duration> access_token_lifetime; // where the answer does not say expires_in
  std::optional<Duration> refresh_token_idle_lifetime;
  // Reading token answers.
  std::string token_type = "bearer"; // whatever the case; Slack says "bot"
  std::string success_field;         // a field that is false in answers that are errors with status 200: "ok"
  std::string tokens_at; // JSON pointer to what holds the tokens: Slack's user tokens "/authed_user"
  // From fields of the token response (names, or JSON pointers) to properties of the connection:
  // "instance_url" -> "instance_url", "/team/id" -> "team_id".
  std::map<std::string, std::string> captured;
  // GET after the first token, whose answer has the account: see `AccountLookup`.
};

// The request that tells whose account it is (and, for Atlassian, which sites it covers).
struct AccountLookup {
  std::string url;     // template; empty: none
  std::string account; // JSON pointer into the answer: "/email"
  // JSON pointers to properties; "/0/id" -> "cloud_id".
  std::map<std::string, std::string> properties;
  bool empty_list_needs_approval = false; // Atlassian: no accessible resources
  // Where the answer is a list of what the grant reaches: the address in each entry, as a pointer into it,
  // and the parameter or property that says which one is meant. The pointers above are then those of a list
  // with that entry alone. Empty: the answer is no such list.
  std::string choose_by;
  std::string choose_parameter;
};

// A key pair signs a JWT (or a secret stands in for it) that is exchanged for an access token, again and
// again; nothing rotates.
struct AssertionProfile {
  enum class Kind {
    kGoogleServiceAccount, // RFC 7523 grant, RS256, `sub` = parameter "subject" (domain-wide delegation)
    kClientSecret,         // client_credentials with a secret (Microsoft app-only)
    kClientCertificate,    // client_credentials with a client_assertion, x5t#S256 (Microsoft app-only)
  };
  Kind kind = Kind::kClientSecret;
  std::string token_endpoint; // template
  std::string audience;       // template
  std::string scope_separator = " ";
};

// How a request is authorized.
enum class Application {
  kNone,
  kBearer, // Authorization: Bearer {access_token or token}
  kBasic,  // Authorization: Basic base64({username parameter}:{token secret})
  kSigner, // a provider's own (Azure Shared Key, SAS), registered by name in the composition root
};

struct Method {
  std::string name; // "oauth2", "token", "basic", "shared-key", "sas", "service-account", ...
  std::string display_name;
  std::vector<Field> fields;
  std::vector<Scope> scopes;
  Application application = Application::kBearer;
  std::string username_parameter;             // kBasic
  std::map<std::string, std::string> headers; // sent with each request: "client_id": "{client_id}"
  std::optional<OAuthProfile> oauth;
  std::optional<AssertionProfile> assertion;
  AccountLookup account;
  std::string where_to_create;
};

// An error of a consent page or token endpoint that means that an administrator has to act.
struct ApprovalSign {
  std::string error; // OAuth `error`; empty: any
  std::string
      contains; // in error_description, error_subtype or error_codes: "AADSTS90094"; empty: nothing more
  std::string meaning; // for people: "an administrator must consent for the whole organization"
  // Some of these mean that the person must reconnect, that the operator's configuration is wrong, or that it
  // passes by itself, whatever `error` says.
  enum class Who { kAdministrator, kPerson, kOperator, kNobody } who = Who::kAdministrator;
};

struct Approval {
  std::string when;
  std::string where; // what the approval is called there: "Entra admin consent"
  std::vector<std::string> roles;
  std::string console_url;
  std::vector<std::string> steps;
  std::string direct_url; // template: {tenant}, {client_id}
  std::vector<std::string> limit_users;
  std::vector<ApprovalSign> signs;
};

struct ReviewPlace {
  std::string who; // "user", "administrator"
  std::string where;
  std::string url;
};

// One provider.
struct Profile {
  std::string provider;
  std::string display_name;
  std::vector<Method> methods; // the preferred one first; empty: needs no connection
  // By parameter value ("cloud", "region"): the variables that templates use. {"cloud", "us-gov"} ->
  // {"login_host": "login.microsoftonline.us", "graph_host": "graph.microsoft.us"}.
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> variants;
  std::map<std::string, std::string> variables; // used where no variant says otherwise
  std::string base_url;                         // template: "https://{account}.blob.{endpoint_suffix}"
  // Hosts that a credential of this provider may be sent to; templates, or "*.example.com".
  std::vector<std::string> hosts;
  // Hosts that the catalog or the operator names, or "*.example.com": these may have private addresses (a
  // private link, a server within the company). One that a connection's parameters fill in may not.
  std::vector<std::string> named_hosts;
  std::optional<Approval> approval;
  std::vector<ReviewPlace> review_places;

  const Method* find_method(const std::string& name) const; // empty name: the first; null: there is none
};

using TemplateValues = std::map<std::string, std::string>;

// Whether a connection may have this value in this field (not for secrets): not too long, of one line, one of
// the choices, matching the pattern. INVALID CONNECTION_PARAMETER_INVALID, with `field` in the metadata.
Result<void> check_value(const Field& field, const std::string& value);

// What the templates of a provider see of a connection: its parameters, then its properties, then the
// variables of the variants that its parameters (or their defaults) choose, then the provider's, then
// defaults of fields; the first that has the name wins. Empty values count as not given.
TemplateValues template_values(const Profile& profile, const Method& method,
                               const std::map<std::string, std::string>& parameters,
                               const std::map<std::string, std::string>& properties);

// Fills in a template. INVALID CONNECTION_PARAMETER_MISSING names what `values` lacks, and
// CONNECTION_PARAMETER_INVALID a {name.host} that has none. With `as_url`, a value is percent-encoded, but
// for one that stands at the template's start ("{base_url}/...").
Result<std::string> fill_in(const std::string& text, const TemplateValues& values, bool as_url);

// The names in a template, in order, without ".host".
std::vector<std::string> template_names(const std::string& text);

} // namespace circuit::credentials
