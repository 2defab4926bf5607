#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_token_request.h"

namespace circuit::credentials {
namespace {

Result<http::Request> exchange(const OAuthParty& party, const OAuthProfile& profile, Parameters parameters) {
  const auto fixed = fixed_parameters(party, profile.token_parameters);
  if (!fixed) return fixed.error();
  add_fixed(parameters, *fixed);
  return authenticated_post(party, profile, profile.token_endpoint, std::move(parameters));
}

} // namespace

// RFC 6749 section 4.1.3, RFC 7636 section 4.5.
Result<http::Request> code_exchange(const OAuthParty& party, const Secret& code,
                                    const std::string& redirect_uri, const Secret& verifier) {
  const auto profile = oauth_profile(party);
  if (!profile) return profile.error();
  Parameters parameters = {
      {"grant_type", "authorization_code"}, {"code", code.reveal()}, {"redirect_uri", redirect_uri}};
  if ((*profile)->pkce && !verifier.empty()) parameters.emplace_back("code_verifier", verifier.reveal());
  return exchange(party, **profile, std::move(parameters));
}

// RFC 6749 section 6. Without a scope: what was granted stays granted.
Result<http::Request> refresh_exchange(const OAuthParty& party, const Secret& refresh_token) {
  const auto profile = oauth_profile(party);
  if (!profile) return profile.error();
  return exchange(party, **profile,
                  {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.reveal()}});
}

} // namespace circuit::credentials
