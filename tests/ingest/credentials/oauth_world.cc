#include "tests/ingest/credentials/oauth_world.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <boost/url/parse.hpp>
#include <boost/url/parse_query.hpp>
#include <boost/url/url_view.hpp>

namespace circuit::credentials {

namespace urls = boost::urls;

OAuthWorld::OAuthWorld() {
  profile.provider = "example-drive";
  profile.display_name = "Example Drive";
  profile.hosts = {"login.example.com", "api.example.com"};
  profile.named_hosts = profile.hosts;
  profile.approval =
      Approval{.when = "",
               .where = "",
               .roles = {"Cloud Administrator", "Global Administrator"},
               .console_url = "https://console.example.com/apps",
               .steps = {"Open Apps", "Choose Approve"},
               .direct_url = "https://login.example.com/{tenant}/adminconsent?client_id={client_id}",
               .limit_users = {},
               .signs = {}};
  method.name = "oauth2";
  OAuthProfile oauth_profile;
  oauth_profile.authorization_endpoint = "https://login.example.com/{tenant}/authorize";
  oauth_profile.token_endpoint = "https://login.example.com/{tenant}/token";
  method.oauth = oauth_profile;
  application.client_id = "client-1";
  application.client_secret = Secret("s3cret");
  parameters = {{"tenant", "contoso"}};
}

OAuthParty OAuthWorld::party() const {
  TemplateValues values = template_values(profile, method, parameters, properties);
  values.emplace("client_id", application.client_id);
  return {profile, method, application, values};
}

std::variant<Tokens, ExchangeError> OAuthWorld::answered(int status, std::string body,
                                                         const Credential* before) const {
  return read_tokens(party(), response(status, std::move(body)), before, {"files.read"}, kNow);
}

Tokens OAuthWorld::tokens(std::string body, const Credential* before) const {
  auto read = answered(200, std::move(body), before);
  if (auto* failed = std::get_if<ExchangeError>(&read)) {
    ADD_FAILURE() << failed->error.to_string();
    return {};
  }
  return std::move(std::get<Tokens>(read));
}

ExchangeError OAuthWorld::failure(int status, std::string body) const {
  auto read = answered(status, std::move(body));
  if (auto* failed = std::get_if<ExchangeError>(&read)) return *failed;
  ADD_FAILURE() << "tokens where a failure was expected";
  return {};
}

http::Response response(int status, std::string body, http::Headers headers) {
  http::Response answer;
  answer.status = status;
  answer.body = std::move(body);
  answer.headers = std::move(headers);
  return answer;
}

std::map<std::string, std::string> form(std::string_view encoded) {
  std::map<std::string, std::string> fields;
  const auto parsed = urls::parse_query(encoded);
  if (!parsed) {
    ADD_FAILURE() << "no form: " << encoded;
    return fields;
  }
  for (const auto& field : urls::params_view(*parsed)) {
    EXPECT_TRUE(fields.emplace(field.key, field.value).second) << field.key << " is there twice";
  }
  return fields;
}

std::map<std::string, std::string> query_of(const std::string& url) {
  const auto parsed = urls::parse_uri(url);
  if (!parsed) {
    ADD_FAILURE() << "no URL: " << url;
    return {};
  }
  return form(std::string_view(parsed->encoded_query().data(), parsed->encoded_query().size()));
}

std::string base64_decoded(std::string text, bool url_alphabet) {
  if (url_alphabet) {
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos) << text;
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (text.size() % 4 != 0) text += '=';
  }
  std::string out(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) {
    ADD_FAILURE() << "no base64: " << text;
    return "";
  }
  out.resize(static_cast<size_t>(size));
  for (auto c = text.rbegin(); c != text.rend() && *c == '='; ++c) out.pop_back();
  return out;
}

std::string_view reveal(const Credential& credential, std::string_view name) {
  const Secret* secret = credential.find(name);
  return secret ? secret->reveal() : std::string_view();
}

} // namespace circuit::credentials
