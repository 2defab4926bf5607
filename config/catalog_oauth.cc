#include "config/catalog_sections.h"

namespace circuit::config {
namespace {

using credentials::AssertionProfile;
using credentials::ClientAuthentication;
using credentials::OAuthProfile;
using credentials::Revocation;
using credentials::TokenRequestFormat;

Revocation read_revocation(const YAML::Node& node) {
  const Section section(node, "revocation", {"kind", "endpoint", "token"});
  Revocation revocation;
  const std::string kind =
      section.choice("kind", {"none", "rfc7009", "get-query", "post-bearer", "delete-path", "delete-json"});
  using Kind = Revocation::Kind;
  const std::pair<const char*, Kind> kinds[] = {
      {"rfc7009", Kind::kRfc7009},        {"get-query", Kind::kGetQuery},
      {"post-bearer", Kind::kPostBearer}, {"delete-path", Kind::kDeletePath},
      {"delete-json", Kind::kDeleteJson},
  };
  for (const auto& [name, value] : kinds) {
    if (kind == name) revocation.kind = value;
  }
  if (revocation.kind == Kind::kNone) {
    if (section.has("endpoint")) refuse(node, "a revocation of the kind none has no endpoint");
    return revocation;
  }
  revocation.endpoint = section.text("endpoint");
  revocation.refresh_token =
      section.choice("token", {"refresh_token", "access_token"}, "refresh_token") == "refresh_token";
  return revocation;
}

ClientAuthentication read_client_authentication(const Section& section) {
  const std::string how = section.choice("client_authentication", {"header", "body", "none"});
  if (how == "header") return ClientAuthentication::kHeader;
  return how == "body" ? ClientAuthentication::kBody : ClientAuthentication::kNone;
}

void read_refreshing(const Section& section, OAuthProfile& oauth) {
  using std::chrono::hours;
  using std::chrono::seconds;
  oauth.refreshes = section.flag("refreshes", true);
  oauth.rotates_refresh_token = section.flag("rotates_refresh_token", false);
  if (section.has("reuse_leeway")) {
    if (!oauth.rotates_refresh_token)
      refuse(section.at("reuse_leeway"), "reuse_leeway is for refresh tokens that rotate");
    oauth.reuse_leeway = section.duration("reuse_leeway", seconds(1), hours(1));
  }
  if (section.has("access_token_lifetime"))
    oauth.access_token_lifetime = section.duration("access_token_lifetime", seconds(60), hours(24 * 3660));
  if (section.has("refresh_token_idle_lifetime")) {
    oauth.refresh_token_idle_lifetime =
        section.duration("refresh_token_idle_lifetime", hours(1), hours(24 * 3660));
  }
}

} // namespace

OAuthProfile read_oauth(const YAML::Node& node) {
  const Section section(node, "oauth2",
                        {"authorization_endpoint",
                         "token_endpoint",
                         "issuer",
                         "issuer_required",
                         "revocation",
                         "client_authentication",
                         "token_request",
                         "pkce",
                         "client_secret_required",
                         "scope_parameter",
                         "scope_separator",
                         "authorization_parameters",
                         "token_parameters",
                         "token_headers",
                         "incremental",
                         "refreshes",
                         "rotates_refresh_token",
                         "reuse_leeway",
                         "access_token_lifetime",
                         "refresh_token_idle_lifetime",
                         "token_type",
                         "success_field",
                         "tokens_at",
                         "captured"});
  OAuthProfile oauth;
  oauth.authorization_endpoint = section.text("authorization_endpoint");
  oauth.token_endpoint = section.text("token_endpoint");
  oauth.issuer = section.text("issuer", "");
  oauth.issuer_required = section.flag("issuer_required", false);
  if (oauth.issuer_required && oauth.issuer.empty()) refuse(node, "oauth2 lacks issuer");
  oauth.revocation = read_revocation(section.at("revocation"));
  oauth.client_authentication = read_client_authentication(section);
  oauth.token_request_format = section.choice("token_request", {"form", "json"}, "form") == "json"
                                   ? TokenRequestFormat::kJson
                                   : TokenRequestFormat::kForm;
  oauth.pkce = section.flag("pkce", true);
  oauth.client_secret_required = section.flag("client_secret_required", true);
  oauth.scope_parameter = section.text("scope_parameter", "scope");
  oauth.scope_separator = section.text("scope_separator", " ");
  oauth.authorization_parameters = section.text_map("authorization_parameters");
  oauth.token_parameters = section.text_map("token_parameters");
  oauth.token_headers = section.text_map("token_headers");
  oauth.incremental = section.flag("incremental", false);
  read_refreshing(section, oauth);
  oauth.token_type = section.text("token_type", "bearer");
  oauth.success_field = section.text("success_field", "");
  oauth.tokens_at = section.text("tokens_at", "");
  if (!oauth.tokens_at.empty() && oauth.tokens_at.front() != '/')
    refuse(section.at("tokens_at"), "tokens_at must be a JSON pointer, such as /authed_user");
  oauth.captured = section.text_map("captured");
  return oauth;
}

AssertionProfile read_assertion(const YAML::Node& node) {
  const Section section(node, "assertion", {"kind", "token_endpoint", "audience", "scope_separator"});
  AssertionProfile assertion;
  const std::string kind =
      section.choice("kind", {"google-service-account", "client-secret", "client-certificate"});
  using Kind = AssertionProfile::Kind;
  assertion.kind = kind == "google-service-account" ? Kind::kGoogleServiceAccount
                   : kind == "client-secret"        ? Kind::kClientSecret
                                                    : Kind::kClientCertificate;
  assertion.token_endpoint = section.text("token_endpoint");
  assertion.audience =
      assertion.kind == Kind::kClientSecret ? section.text("audience", "") : section.text("audience");
  assertion.scope_separator = section.text("scope_separator", " ");
  return assertion;
}

} // namespace circuit::config
