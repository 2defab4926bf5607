// The way to the consent page, and what comes back from it.

#include <algorithm>

#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_token_request.h"
#include "ingest/credentials/web_encoding.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

constexpr size_t kLongestRedirect = 64 << 10;

Error redirect_malformed(const char* why) {
  return make_error(ErrorClass::kInvalid, "REDIRECT_MALFORMED",
                    std::string("the address that the person came back to ") + why,
                    "Give the whole address, as the browser was sent to it.");
}

Error capability_unknown(const OAuthParty& party, const std::string& capability) {
  std::vector<std::string> known;
  for (const Scope& scope : party.method.scopes) {
    if (!scope.capability.empty() && std::find(known.begin(), known.end(), scope.capability) == known.end())
      known.push_back(scope.capability);
  }
  return make_error(ErrorClass::kInvalid, "CAPABILITY_UNKNOWN",
                    "'" + capability + "' is no capability of " + party.profile.display_name,
                    known.empty() ? "Name none: it has no capabilities to choose from."
                                  : "Choose from: " + joined(known, ", ") + ".")
      .with("capability", capability)
      .with("provider", party.profile.provider);
}

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

} // namespace

Result<std::string> authorization_url(const OAuthParty& party, const AuthorizationQuery& query) {
  const auto profile = oauth_profile(party);
  if (!profile) return profile.error();
  auto url = endpoint_url(party, (*profile)->authorization_endpoint);
  if (!url) return url;
  const auto client_id = client_id_of(party);
  if (!client_id) return client_id.error();
  const auto fixed = fixed_parameters(party, (*profile)->authorization_parameters);
  if (!fixed) return fixed.error();

  const std::string scopes = joined(query.scopes, (*profile)->scope_separator);
  Parameters parameters = {{"response_type", "code"},
                           {"client_id", *client_id},
                           {"redirect_uri", query.redirect_uri},
                           {"state", query.state}};
  if (!scopes.empty()) parameters.emplace_back((*profile)->scope_parameter, scopes);
  if ((*profile)->pkce && !query.code_challenge.empty()) {
    parameters.emplace_back("code_challenge", query.code_challenge);
    parameters.emplace_back("code_challenge_method", "S256");
  }
  add_fixed(parameters, *fixed);
  return *url + (url->find('?') == std::string::npos ? '?' : '&') + written_as_form(parameters);
}

Result<std::vector<std::string>> scopes_for(const OAuthParty& party,
                                            const std::vector<std::string>& capabilities) {
  for (const std::string& capability : capabilities) {
    const auto gives = [&](const Scope& scope) { return scope.capability == capability; };
    if (capability.empty() || std::none_of(party.method.scopes.begin(), party.method.scopes.end(), gives))
      return capability_unknown(party, capability);
  }
  std::vector<std::string> scopes;
  for (const Scope& scope : party.method.scopes) {
    // One of no capability serves all of them: "offline_access".
    const bool wanted =
        capabilities.empty() || scope.capability.empty()
            ? scope.by_default
            : std::find(capabilities.begin(), capabilities.end(), scope.capability) != capabilities.end();
    if (!wanted) continue;
    auto name = fill_in(scope.scope, party.values, false);
    if (!name) return std::move(name).error();
    add_once(scopes, *name);
  }
  return scopes;
}

std::vector<std::string> scopes_to_ask(const std::vector<std::string>& needed,
                                       const std::vector<std::string>& granted) {
  std::vector<std::string> scopes;
  for (const std::string& scope : needed) add_once(scopes, scope);
  for (const std::string& scope : granted) add_once(scopes, scope);
  return scopes;
}

Result<AuthorizationAnswer> read_redirect(const std::string& redirect_url) {
  if (redirect_url.size() > kLongestRedirect) return redirect_malformed("is too long");
  if (!text::split_url(redirect_url)) return redirect_malformed("is no absolute URL");
  const std::string_view whole = redirect_url;
  const std::string_view before_fragment = whole.substr(0, whole.find('#'));
  const size_t question = before_fragment.find('?');
  if (question == std::string_view::npos) return redirect_malformed("has no query");
  auto query = decode_form(before_fragment.substr(question + 1));
  if (!query) return redirect_malformed("has a broken escape in its query");

  AuthorizationAnswer answer;
  std::string subcode; // what Microsoft says in place of a subtype
  const std::pair<std::string_view, std::string*> known[] = {{"state", &answer.state},
                                                             {"code", &answer.code},
                                                             {"iss", &answer.iss},
                                                             {"error", &answer.error},
                                                             {"error_description", &answer.error_description},
                                                             {"error_subtype", &answer.error_subtype},
                                                             {"error_subcode", &subcode},
                                                             {"error_uri", &answer.error_uri}};
  for (const auto& [name, field] : known) {
    bool seen = false;
    for (auto& [given, value] : *query) {
      if (given != name) continue;
      // RFC 6749 section 3.1. Which of two the server meant, nobody can tell.
      if (seen) return redirect_malformed("has a parameter twice");
      seen = true;
      *field = std::move(value);
    }
  }
  if (answer.error_subtype.empty()) answer.error_subtype = std::move(subcode);
  if (answer.state.empty()) return redirect_malformed("has no state");
  if (answer.code.empty() && answer.error.empty()) return redirect_malformed("has neither code nor error");
  if (!answer.code.empty() && !answer.error.empty()) return redirect_malformed("has both code and error");
  return answer;
}

// RFC 9207 section 2.4: compared as strings, byte for byte.
Result<void> check_issuer(const OAuthParty& party, const AuthorizationAnswer& answer) {
  if (!party.method.oauth || party.method.oauth->issuer.empty()) return {};
  if (answer.iss.empty() && !party.method.oauth->issuer_required) return {};
  const auto issuer = fill_in(party.method.oauth->issuer, party.values, true);
  if (!issuer) return issuer.error();
  if (answer.iss == *issuer) return {};
  return make_error(ErrorClass::kInvalid, "ISSUER_MISMATCH",
                    "the answer to the authorization does not come from " + party.profile.display_name +
                        (answer.iss.empty() ? ": it does not say who sent it" : ": it names another issuer"),
                    "Begin to connect again, and do not continue on a page that another site sent you to.")
      .with("provider", party.profile.provider)
      .with("issuer", *issuer);
}

} // namespace circuit::credentials
