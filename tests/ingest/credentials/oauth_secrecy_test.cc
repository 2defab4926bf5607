// A marker is put wherever a secret can be, and wherever a server can echo one. No error, and no URL but of
// the two revocations that are documented to have it there, shows it.

#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

// Lower case, as words of errors are compared: a copy of either kind is found.
const std::string kMarker = "marker0of0secrets";

void expect_silent(const Error& error, const std::string& about) {
  std::string all = error.reason + '\n' + error.to_string();
  for (const auto& [name, value] : error.metadata) all += '\n' + name + '=' + value;
  EXPECT_EQ(all.find(kMarker), std::string::npos) << about << ":\n" << all;
}

struct MarkedWorld : OAuthWorld {
  MarkedWorld() {
    application.client_secret = Secret(kMarker);
    for (const char* name :
         {"access_token", "refresh_token", "token", "key", "client_secret", "private_key", "certificate"})
      credential.secrets.emplace(name, Secret(kMarker));
    method.account.url = "https://api.example.com/me";
    oauth().success_field = "ok";
    oauth().issuer = "https://login.example.com";
    oauth().captured = {{"instance_url", "instance_url"}};
    add_sign({"admin_policy_enforced", "", "an administrator's policy blocks the application"});
    add_sign({"", "AADSTS50173", "the password was changed", ApprovalSign::Who::kPerson});
  }
  Credential credential;
};

// Bodies with the marker in every field, for each error word and shape.
std::vector<std::string> marked_bodies() {
  const std::string& m = kMarker;
  std::vector<std::string> bodies = {m,
                                     "<html>" + m + "</html>",
                                     "error=" + m + "&error_description=" + m,
                                     "{\"access_token\":\"" + m,
                                     "{\"" + m + "\":\"" + m + "\"}",
                                     "[\"" + m + "\"]",
                                     "{\"access_token\":\"" + m + " \",\"refresh_token\":\"" + m + "\"}",
                                     "{\"access_token\":\"" + m + "\",\"token_type\":\"" + m + "\"}",
                                     "{\"ok\":false,\"" + m + "\":1}"};
  for (const std::string& error :
       {m, std::string("invalid_grant"), std::string("invalid_client"), std::string("invalid_scope"),
        std::string("server_error"), std::string("slow_down"), std::string("fatal_error"),
        std::string("admin_policy_enforced")}) {
    bodies.push_back("{\"ok\":false,\"error\":\"" + error + "\",\"error_description\":\"AADSTS50173: " + m +
                     "\",\"error_subtype\":\"" + m + "\",\"suberror\":\"" + m + "\",\"error_uri\":\"" + m +
                     "\",\"error_codes\":[\"" + m + "\"],\"access_token\":\"\",\"refresh_token\":\"" + m +
                     "\"}");
  }
  return bodies;
}

TEST(Secrecy, NoErrorShowsWhatAServerAnswered) {
  const MarkedWorld world;
  http::Headers headers;
  headers.add("Retry-After", kMarker);
  headers.add("Location", "https://login.example.com/" + kMarker);
  headers.add("WWW-Authenticate", "Bearer error_description=" + kMarker);
  for (const int status : {200, 204, 302, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504}) {
    for (const std::string& body : marked_bodies()) {
      const std::string about = std::to_string(status) + ' ' + body;
      const auto read = read_tokens(world.party(), response(status, body, headers), &world.credential,
                                    {"files.read"}, kNow);
      if (const auto* failed = std::get_if<ExchangeError>(&read)) expect_silent(failed->error, about);
      if (const auto done = read_revocation(world.party(), response(status, body, headers), kNow); !done)
        expect_silent(done.error(), about);
      if (const auto facts = read_account(world.party(), response(status, body, headers)); !facts)
        expect_silent(facts.error(), about);
    }
  }
}

TEST(Secrecy, NoErrorShowsWhatCameByTheRedirect) {
  const MarkedWorld world;
  const std::string& m = kMarker;
  for (const std::string& url :
       {"https://app.example/cb?code=" + m,
        "https://app.example/cb?code=" + m + "&state=" + m + "&error=" + m,
        "https://app.example/cb?code=" + m + "&code=" + m, "/" + m, "https://app.example/cb?code=%" + m}) {
    const auto answer = read_redirect(url);
    ASSERT_FALSE(answer) << url;
    expect_silent(answer.error(), url);
  }
  AuthorizationAnswer answer;
  answer.state = answer.code = answer.iss = answer.error_description = answer.error_subtype =
      answer.error_uri = m;
  expect_silent(check_issuer(world.party(), answer).error(), "issuer");
  for (const std::string& error : {m, std::string("access_denied"), std::string("admin_policy_enforced"),
                                   std::string("invalid_request"), std::string("server_error")}) {
    answer.error = error;
    expect_silent(read_authorization_error(world.party(), answer, {"files.read"}).error, error);
  }
}

void expect_silent_url(const Result<http::Request>& request, const char* about) {
  if (!request) return expect_silent(request.error(), about);
  EXPECT_EQ(request->url.find(kMarker), std::string::npos) << about;
}

TEST(Secrecy, NoUrlHasASecretButTheTwoThatAreDocumented) {
  MarkedWorld world;
  SeededRandom random(1);
  for (const auto how :
       {ClientAuthentication::kHeader, ClientAuthentication::kBody, ClientAuthentication::kNone}) {
    world.oauth().client_authentication = how;
    const Secret secret(kMarker);
    expect_silent_url(code_exchange(world.party(), secret, "https://app.example/cb", secret), "code");
    expect_silent_url(refresh_exchange(world.party(), secret), "refresh");
  }
  const auto account = account_request(world.party(), world.credential);
  ASSERT_TRUE(account);
  EXPECT_EQ((*account)->url.find(kMarker), std::string::npos);
  using Kind = Revocation::Kind;
  for (const auto kind :
       {Kind::kRfc7009, Kind::kGetQuery, Kind::kPostBearer, Kind::kDeletePath, Kind::kDeleteJson}) {
    world.oauth().revocation = {kind, "https://api.example.com/revoke", true};
    const auto request = revocation_request(world.party(), world.credential);
    ASSERT_TRUE(request && *request);
    const bool documented = kind == Kind::kGetQuery || kind == Kind::kDeletePath;
    EXPECT_EQ((*request)->url.find(kMarker) != std::string::npos, documented);
  }
  using Assertion = AssertionProfile::Kind;
  for (const auto kind :
       {Assertion::kGoogleServiceAccount, Assertion::kClientSecret, Assertion::kClientCertificate}) {
    world.method.assertion = AssertionProfile{kind, "https://login.example.com/token", "", " "};
    expect_silent_url(assertion_exchange(world.party(), world.credential, {"s"}, kNow, random), "assertion");
  }
}

} // namespace
} // namespace circuit::credentials
