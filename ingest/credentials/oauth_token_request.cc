#include "ingest/credentials/oauth_token_request.h"

#include <algorithm>

#include "ingest/credentials/web_encoding.h"
#include "ingest/http/egress.h"
#include "ingest/runtime/loopback.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

constexpr uint64_t kLargestAnswer = 1 << 20;

Error client_secret_missing(const Profile& profile) {
  return make_error(ErrorClass::kInvalid, "CLIENT_SECRET_MISSING",
                    "the application for " + profile.display_name + " has no client secret",
                    "Give this worker the secret of its application at " + profile.display_name + ".")
      .with("provider", profile.provider);
}

} // namespace

Error authorization_unsupported(const OAuthParty& party) {
  return make_error(ErrorClass::kInvalid, "AUTHORIZATION_UNSUPPORTED",
                    party.profile.display_name + " is not authorized in this way with method '" +
                        party.method.name + "'",
                    "Use another method of that provider.")
      .with("provider", party.profile.provider);
}

Result<const OAuthProfile*> oauth_profile(const OAuthParty& party) {
  if (!party.method.oauth) return authorization_unsupported(party);
  return &*party.method.oauth;
}

Result<std::string> client_id_of(const OAuthParty& party) {
  const std::string& of_worker = party.application.client_id;
  const bool brings_its_own = party.method.assertion && party.values.contains("client_id");
  if (!of_worker.empty() && !brings_its_own) return of_worker;
  TemplateValues values = party.values;
  if (const auto given = values.find("client_id"); given != values.end() && given->second.empty())
    values.erase(given); // an empty one is none
  return fill_in("{client_id}", values, false);
}

Result<std::string> endpoint_url(const OAuthParty& party, const std::string& text) {
  auto url = fill_in(text, party.values, true);
  if (!url) return url;
  const auto parts = text::split_url(*url);
  const bool usable =
      parts && parts->user_info.empty() && parts->fragment.empty() &&
      (parts->scheme == "https" || (parts->scheme == "http" && is_loopback_host(parts->host)));
  if (usable) return url;
  return make_error(ErrorClass::kInvalid, "ENDPOINT_UNUSABLE",
                    "an address of " + party.profile.display_name +
                        " is no https URL when this connection's parameters are filled in",
                    "Correct the connection's parameters.")
      .with("provider", party.profile.provider);
}

http::AddressPolicy policy_towards(const Profile& profile, const std::string& host) {
  return http::host_is_listed(host, profile.named_hosts) ? http::AddressPolicy::kAnyAddress
                                                         : http::AddressPolicy::kPublicOnly;
}

http::Request provider_request(const OAuthParty& party, std::string method, std::string url) {
  http::Request request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.max_body_bytes = kLargestAnswer;
  if (const auto parts = text::split_url(request.url))
    request.address_policy = policy_towards(party.profile, parts->host);
  std::vector<std::string> hosts;
  for (const std::string& host : party.profile.hosts) {
    // One whose parameter this connection lacks is none of its hosts.
    if (auto filled = fill_in(host, party.values, true)) hosts.push_back(std::move(*filled));
  }
  request.allowed_hosts = http::host_list(std::move(hosts));
  request.idempotent = false;
  request.headers.add("Accept", "application/json");
  return request;
}

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += separator;
    out += word;
  }
  return out;
}

Result<std::map<std::string, std::string>> fixed_parameters(
    const OAuthParty& party, const std::map<std::string, std::string>& templates) {
  std::map<std::string, std::string> fixed;
  for (const auto& [name, text] : templates) {
    auto value = fill_in(text, party.values, false);
    if (!value) return std::move(value).error();
    fixed.emplace(name, std::move(*value));
  }
  return fixed;
}

void add_fixed(Parameters& parameters, const std::map<std::string, std::string>& fixed) {
  for (const auto& [name, value] : fixed) {
    const auto same = [&name = name](const auto& parameter) { return parameter.first == name; };
    if (std::none_of(parameters.begin(), parameters.end(), same)) parameters.emplace_back(name, value);
  }
}

std::string written_as_form(const Parameters& parameters) {
  size_t most = 0;
  for (const auto& [name, value] : parameters) most += 3 * (name.size() + value.size()) + 2;
  std::string out;
  out.reserve(most);
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    append_form_encoded(out, name);
    out += '=';
    append_form_encoded(out, value);
  }
  return out;
}

std::string written_as_json(const Parameters& parameters) {
  size_t most = 2;
  for (const auto& [name, value] : parameters) most += 6 * (name.size() + value.size()) + 6;
  std::string out;
  out.reserve(most);
  out += '{';
  for (const auto& [name, value] : parameters) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, value);
  }
  out += '}';
  return out;
}

Error secret_missing(const OAuthParty& party, const std::string& name) {
  return make_error(ErrorClass::kInvalid, "SECRET_MISSING",
                    "the connection to " + party.profile.display_name + " has no secret '" + name + "'",
                    "Connect again, and give the secret '" + name + "'.")
      .with("provider", party.profile.provider)
      .with("secret", name);
}

std::string bearer_authorization(const Secret& token) {
  std::string header;
  header.reserve(token.size() + 8);
  header += "Bearer ";
  header += token.reveal();
  return header;
}

std::string basic_client_authorization(const std::string& client_id, const Secret& client_secret) {
  std::string pair;
  pair.reserve(3 * (client_id.size() + client_secret.size()) + 1);
  append_form_encoded(pair, client_id);
  pair += ':';
  append_form_encoded(pair, client_secret.reveal());
  return basic_authorization(std::move(pair));
}

Result<http::Request> authenticated_post(const OAuthParty& party, const OAuthProfile& profile,
                                         const std::string& endpoint, Parameters parameters) {
  auto url = endpoint_url(party, endpoint);
  if (!url) return std::move(url).error();
  auto client_id = client_id_of(party);
  if (!client_id) return std::move(client_id).error();
  const Secret& secret = party.application.client_secret;
  if (secret.empty() && profile.client_secret_required) return client_secret_missing(party.profile);

  const ClientAuthentication how =
      secret.empty() ? ClientAuthentication::kNone : profile.client_authentication;
  http::Request request = provider_request(party, "POST", std::move(*url));
  if (how == ClientAuthentication::kHeader) {
    request.headers.add("Authorization", basic_client_authorization(*client_id, secret));
  } else {
    parameters.emplace_back("client_id", *client_id);
    if (how == ClientAuthentication::kBody) parameters.emplace_back("client_secret", secret.reveal());
  }
  for (const auto& [name, value] : profile.token_headers) request.headers.set(name, value);
  const bool json = profile.token_request_format == TokenRequestFormat::kJson;
  request.headers.set("Content-Type", json ? "application/json" : "application/x-www-form-urlencoded");
  request.body = json ? written_as_json(parameters) : written_as_form(parameters);
  return request;
}

} // namespace circuit::credentials
