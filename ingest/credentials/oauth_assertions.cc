// Tokens for who has no refresh token: a key, a certificate or a secret is shown each time.

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "ingest/credentials/jwt.h"
#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_answer_body.h"
#include "ingest/credentials/oauth_token_request.h"

namespace circuit::credentials {
namespace {

namespace json = boost::json;

// How long an assertion is good: enough for clocks that differ, and for a slow network. Entra documents 5 to
// 10 minutes, Google at most an hour.
constexpr auto kAssertionLifetime = std::chrono::minutes(5);
// Google refuses what was signed in its future.
constexpr auto kClockDifference = std::chrono::seconds(30);

int64_t unix_seconds(SystemTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Error key_malformed(const OAuthParty& party, const char* what) {
  return make_error(ErrorClass::kInvalid, "ASSERTION_KEY_MALFORMED",
                    std::string("the secret for ") + party.profile.display_name + " " + what,
                    "Connect again, with the file as the provider made it.")
      .with("provider", party.profile.provider);
}

struct ServiceAccountKey {
  std::string client_email, private_key_id;
  PrivateKey key;
};

Result<ServiceAccountKey> read_service_account(const OAuthParty& party, const Credential& credential) {
  const Secret* file = credential.find("key");
  if (!file) return secret_missing(party, "key");
  const auto parsed = read_json(file->reveal());
  if (!parsed || !parsed->is_object()) return key_malformed(party, "is no JSON key file");
  const json::object& fields = parsed->get_object();
  ServiceAccountKey account;
  account.client_email = property_at(fields, "client_email").value_or("");
  account.private_key_id = property_at(fields, "private_key_id").value_or("");
  if (account.client_email.empty()) return key_malformed(party, "is no key file of a service account");
  account.key = rsa_key_in(string_at(fields, "private_key"));
  if (!account.key) return key_malformed(party, "has no RSA key of 2048 bits or more");
  return account;
}

// RFC 7523 section 2.1; developers.google.com, "Using OAuth 2.0 for Server to Server Applications".
Result<std::string> service_account_assertion(const OAuthParty& party, const AssertionProfile& profile,
                                              const Credential& credential, const std::string& endpoint,
                                              const std::string& scopes, SystemTime now) {
  const auto account = read_service_account(party, credential);
  if (!account) return account.error();
  auto audience = profile.audience.empty() ? Result<std::string>(endpoint)
                                           : fill_in(profile.audience, party.values, true);
  if (!audience) return audience;
  json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
  if (!account->private_key_id.empty()) header["kid"] = account->private_key_id;
  json::object claims{{"iss", account->client_email},
                      {"scope", scopes},
                      {"aud", *audience},
                      {"iat", unix_seconds(now - kClockDifference)},
                      {"exp", unix_seconds(now + kAssertionLifetime)}};
  // Whom the service account stands for, by domain-wide delegation.
  if (const auto subject = party.values.find("subject");
      subject != party.values.end() && !subject->second.empty())
    claims["sub"] = subject->second;
  auto jwt = signed_jwt(json::serialize(header), json::serialize(claims), account->key, JwtAlgorithm::kRs256);
  if (!jwt) return key_malformed(party, "has a key that cannot sign");
  return std::move(*jwt);
}

// RFC 7523 section 2.2; learn.microsoft.com, "Microsoft identity platform application authentication
// certificate credentials".
Result<std::string> certificate_assertion(const OAuthParty& party, const AssertionProfile& profile,
                                          const Credential& credential, const std::string& endpoint,
                                          const std::string& client_id, SystemTime now, Random& random) {
  PrivateKey key;
  Certificate certificate;
  for (const char* name : {"private_key", "certificate"}) {
    const Secret* pem = credential.find(name);
    if (!pem) continue;
    if (!key) key = rsa_key_in(pem->reveal());
    if (!certificate) certificate = certificate_in(pem->reveal());
  }
  if (!credential.find("private_key") && !credential.find("certificate"))
    return secret_missing(party, "certificate");
  if (!key) return key_malformed(party, "has no RSA key of 2048 bits or more, in PEM without a passphrase");
  if (!certificate) return key_malformed(party, "has no certificate in PEM");
  if (!belongs_to(certificate, key)) return key_malformed(party, "has a key that is not its certificate's");
  auto audience = profile.audience.empty() ? Result<std::string>(endpoint)
                                           : fill_in(profile.audience, party.values, true);
  if (!audience) return audience;
  const json::object header{{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", thumbprint(certificate)}};
  const json::object claims{{"aud", *audience},
                            {"iss", client_id},
                            {"sub", client_id},
                            {"jti", random.id()},
                            {"iat", unix_seconds(now)},
                            {"nbf", unix_seconds(now - kClockDifference)},
                            {"exp", unix_seconds(now + kAssertionLifetime)}};
  auto jwt = signed_jwt(json::serialize(header), json::serialize(claims), key, JwtAlgorithm::kPs256);
  if (!jwt) return key_malformed(party, "has a key that cannot sign");
  return std::move(*jwt);
}

http::Request form_post(const OAuthParty& party, const std::string& url, const Parameters& parameters) {
  http::Request request = provider_request(party, "POST", url);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = written_as_form(parameters);
  return request;
}

} // namespace

Result<http::Request> assertion_exchange(const OAuthParty& party, const Credential& credential,
                                         const std::vector<std::string>& scopes, SystemTime now,
                                         Random& random) {
  if (!party.method.assertion) return authorization_unsupported(party);
  const AssertionProfile& profile = *party.method.assertion;
  const auto url = endpoint_url(party, profile.token_endpoint);
  if (!url) return url.error();
  const std::string scope_list = joined(scopes, profile.scope_separator);

  if (profile.kind == AssertionProfile::Kind::kGoogleServiceAccount) {
    auto jwt = service_account_assertion(party, profile, credential, *url, scope_list, now);
    if (!jwt) return std::move(jwt).error();
    const Secret assertion = Secret::take(std::move(*jwt));
    return form_post(
        party, *url,
        {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", assertion.reveal()}});
  }

  const auto client_id = client_id_of(party);
  if (!client_id) return client_id.error();
  if (profile.kind == AssertionProfile::Kind::kClientSecret) {
    // The worker's own secret goes with its own id alone.
    const Secret* secret = credential.find("client_secret");
    if (!secret && *client_id == party.application.client_id) secret = &party.application.client_secret;
    if (!secret || secret->empty()) return secret_missing(party, "client_secret");
    return form_post(party, *url,
                     {{"grant_type", "client_credentials"},
                      {"client_id", *client_id},
                      {"client_secret", secret->reveal()},
                      {"scope", scope_list}});
  }
  auto jwt = certificate_assertion(party, profile, credential, *url, *client_id, now, random);
  if (!jwt) return std::move(jwt).error();
  const Secret assertion = Secret::take(std::move(*jwt));
  return form_post(party, *url,
                   {{"grant_type", "client_credentials"},
                    {"client_id", *client_id},
                    {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
                    {"client_assertion", assertion.reveal()},
                    {"scope", scope_list}});
}

} // namespace circuit::credentials
