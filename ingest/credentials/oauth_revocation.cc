// Taking a grant back (RFC 7009, and what providers have in its place).

#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_answer_body.h"
#include "ingest/credentials/oauth_error_words.h"
#include "ingest/credentials/oauth_failures.h"
#include "ingest/credentials/oauth_token_request.h"
#include "ingest/credentials/web_encoding.h"

namespace circuit::credentials {
namespace {

using Kind = Revocation::Kind;

const Secret* usable(const Secret* secret) { return secret && !secret->empty() ? secret : nullptr; }

// The name of the secret that is sent; empty: there is none.
std::string_view token_to_revoke(const Revocation& revocation, const Credential& credential) {
  if (revocation.refresh_token && usable(credential.find("refresh_token"))) return "refresh_token";
  return usable(credential.find("access_token")) ? "access_token" : "";
}

std::string url_with(const std::string& url, std::string_view between, const Secret& token) {
  std::string out;
  out.reserve(url.size() + between.size() + 3 * token.size());
  out += url;
  out += between;
  append_form_encoded(out, token.reveal());
  return out;
}

Result<http::Request> revocation_of(const OAuthParty& party, const OAuthProfile& profile,
                                    std::string_view name, const Secret& token) {
  const Revocation& revocation = profile.revocation;
  if (revocation.kind == Kind::kRfc7009) {
    return authenticated_post(party, profile, revocation.endpoint,
                              {{"token", token.reveal()}, {"token_type_hint", name}});
  }
  auto url = endpoint_url(party, revocation.endpoint);
  if (!url) return std::move(url).error();
  if (revocation.kind == Kind::kGetQuery) {
    const bool has_query = url->find('?') != std::string::npos;
    return provider_request(party, "GET", url_with(*url, has_query ? "&token=" : "?token=", token));
  }
  if (revocation.kind == Kind::kDeletePath)
    return provider_request(party, "DELETE", url_with(*url, "/", token));
  if (revocation.kind == Kind::kPostBearer) {
    http::Request request = provider_request(party, "POST", *url);
    request.headers.set("Authorization", bearer_authorization(token));
    return request;
  }
  const auto client_id = client_id_of(party);
  if (!client_id) return client_id.error();
  http::Request request = provider_request(party, "DELETE", *url);
  request.headers.set("Authorization",
                      basic_client_authorization(*client_id, party.application.client_secret));
  request.headers.set("Content-Type", "application/json");
  request.body = written_as_json({{"access_token", token.reveal()}});
  return request;
}

// What is not known any more does not need to be revoked. RFC 7009 answers 200 to that; Google says
// invalid_token; Slack names its reasons; and a bearer that is refused is gone.
bool was_gone(Kind kind, int status, const std::string& error) {
  for (const char* gone : {"invalid_token", "token_revoked", "token_expired", "account_inactive",
                           "invalid_auth", "invalid_grant"}) {
    if (error == gone) return true;
  }
  switch (kind) {
    case Kind::kPostBearer:
      return status == 401 || status == 410;
    case Kind::kDeletePath:
    case Kind::kDeleteJson:
      return status == 404 || status == 410;
    case Kind::kNone:
    case Kind::kRfc7009:
    case Kind::kGetQuery:
      break;
  }
  return false;
}

Error revocation_failed(const OAuthParty& party, const std::string& why) {
  return make_error(ErrorClass::kTransient, "REVOCATION_FAILED",
                    "whether " + party.profile.display_name + " revoked the grant is not known" + why,
                    "It is tried again later.")
      .with("provider", party.profile.provider);
}

Error revocation_refused(const OAuthParty& party, const std::string& why) {
  return make_error(ErrorClass::kInvalid, "REVOCATION_REFUSED",
                    party.profile.display_name + " did not revoke the grant" + why,
                    "Revoke it at " + party.profile.display_name + ", where it lists connected applications.")
      .with("provider", party.profile.provider);
}

Error client_unknown(const OAuthParty& party, const std::string& why) {
  return make_error(
             ErrorClass::kInvalid, "CLIENT_REFUSED",
             party.profile.display_name + " does not let this worker's application revoke the grant" + why,
             "Check the client id and secret that are configured for " + party.profile.display_name +
                 ", or revoke the grant there.")
      .with("provider", party.profile.provider);
}

} // namespace

Result<std::optional<http::Request>> revocation_request(const OAuthParty& party,
                                                        const Credential& credential) {
  using Maybe = std::optional<http::Request>;
  if (!party.method.oauth || party.method.oauth->revocation.kind == Kind::kNone) return Maybe();
  const OAuthProfile& profile = *party.method.oauth;
  const std::string_view name = token_to_revoke(profile.revocation, credential);
  if (name.empty()) return Maybe();
  auto request = revocation_of(party, profile, name, *credential.find(name));
  if (!request) return std::move(request).error();
  for (const auto& [header, value] : profile.token_headers) request->headers.set(header, value);
  request->idempotent = true;
  return Maybe(std::move(*request));
}

Result<void> read_revocation(const OAuthParty& party, const Result<http::Response>& response,
                             SystemTime now) {
  if (!response) {
    if (response.error().cls == ErrorClass::kThrottled) return response.error();
    // Not the transport's own words: they may quote the URL, which may have the token.
    return revocation_failed(party, ": " + response.error().reason);
  }
  if (!party.method.oauth) return revocation_refused(party, "");
  const OAuthProfile& profile = *party.method.oauth;
  const int status = response->status;
  const auto body = read_answer_body(response->body);
  const auto said = body ? error_in(*body, profile.success_field, status) : std::nullopt;
  if (status >= 200 && status < 300 && !said) return {};
  const ErrorAnswer answer = said.value_or(ErrorAnswer{});
  if (was_gone(profile.revocation.kind, status, answer.error)) return {};

  const KnownError* known = known_error(answer.error);
  const std::string why = known ? evidence(answer) : " (status " + std::to_string(status) + ")";
  const auto told = [&](Error error) {
    error.metadata.emplace("status", std::to_string(status));
    add_evidence(error, answer);
    return error;
  };
  if (status == 429 || (status == 503 && response->headers.has("Retry-After")) ||
      (known && known->meaning == ErrorMeaning::kThrottled))
    return told(throttled(party, *response, now));
  const bool passes =
      known && (known->meaning == ErrorMeaning::kPasses || known->meaning == ErrorMeaning::kMayHaveHappened);
  if (status >= 500 || status == 408 || passes) return told(revocation_failed(party, why));
  if (status == 401 || (known && known->meaning == ErrorMeaning::kClientWrong))
    return told(client_unknown(party, why));
  return told(revocation_refused(party, why));
}

} // namespace circuit::credentials
