#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "ingest/runtime/digest.h"
#include "tests/ingest/credentials/oauth_world.h"
#include "tests/ingest/credentials/test_key.h"

namespace circuit::credentials {
namespace {

using Kind = AssertionProfile::Kind;
namespace json = boost::json;

constexpr int64_t kNowSeconds = 1'800'000'000;

// One pair for all: RSA keys take a while to make.
const TestKey& test_key() {
  static const TestKey key;
  return key;
}

struct AssertionWorld : OAuthWorld {
  explicit AssertionWorld(Kind kind) {
    method.oauth.reset();
    method.assertion = AssertionProfile{.kind = kind,
                                        .token_endpoint = "https://login.example.com/{tenant}/token",
                                        .audience = "",
                                        .scope_separator = " "};
    parameters["client_id"] = "customers-app";
  }
  void give(const char* name, const std::string& secret) {
    credential.secrets.insert_or_assign(name, Secret(secret));
  }
  Result<http::Request> exchange() {
    return assertion_exchange(party(), credential, {"https://api.example.com/.default", "b"}, kNow, random);
  }
  std::map<std::string, std::string> sent() {
    const auto request = exchange();
    if (!request) {
      ADD_FAILURE() << request.error().to_string();
      return {};
    }
    EXPECT_EQ(request->url, "https://login.example.com/contoso/token");
    EXPECT_EQ(request->method, "POST");
    return form(request->body);
  }

  Credential credential;
  SeededRandom random{1};
};

std::string key_file(const std::string& pem) {
  return json::serialize(json::object{{"type", "service_account"},
                                      {"client_email", "worker@project.example"},
                                      {"private_key_id", "key-7"},
                                      {"private_key", pem},
                                      {"token_uri", "https://evil.example/token"}});
}

TEST(ServiceAccount, SignsAnAssertionThatItsPublicKeyVerifies) {
  AssertionWorld world(Kind::kGoogleServiceAccount);
  world.give("key", key_file(test_key().key_pem()));
  auto sent = world.sent();
  EXPECT_EQ(sent["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
  EXPECT_EQ(sent.size(), 2u) << "the assertion says who it is";
  const std::string jwt = sent["assertion"];
  EXPECT_TRUE(test_key().signed_it(jwt, false));
  EXPECT_EQ(jwt_header(jwt), (json::object{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "key-7"}}));
  EXPECT_EQ(jwt_claims(jwt), (json::object{{"iss", "worker@project.example"},
                                           {"scope", "https://api.example.com/.default b"},
                                           {"aud", "https://login.example.com/contoso/token"},
                                           {"iat", kNowSeconds - 30},
                                           {"exp", kNowSeconds + 300}}));
}

TEST(ServiceAccount, StandsForAPersonWhereOneIsNamed) {
  AssertionWorld world(Kind::kGoogleServiceAccount);
  world.method.assertion->audience = "https://audience.example/token";
  world.parameters["subject"] = "ann@contoso.example";
  world.give("key", key_file(test_key().key_pem()));
  const json::object claims = jwt_claims(world.sent()["assertion"]);
  EXPECT_EQ(claims.at("sub").as_string(), "ann@contoso.example");
  EXPECT_EQ(claims.at("aud").as_string(), "https://audience.example/token");
}

TEST(ClientCertificate, SignsAnAssertionAsEntraDocumentsIt) {
  AssertionWorld world(Kind::kClientCertificate);
  world.give("private_key", test_key().key_pem());
  world.give("certificate", test_key().certificate_pem());
  auto sent = world.sent();
  EXPECT_EQ(sent["grant_type"], "client_credentials");
  EXPECT_EQ(sent["client_id"], "customers-app");
  EXPECT_EQ(sent["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  EXPECT_EQ(sent["scope"], "https://api.example.com/.default b");
  EXPECT_FALSE(sent.contains("client_secret"));

  const std::string jwt = sent["client_assertion"];
  EXPECT_TRUE(test_key().signed_it(jwt, true));
  EXPECT_FALSE(test_key().signed_it(jwt, false));
  const json::object header = jwt_header(jwt);
  EXPECT_EQ(header.at("alg").as_string(), "PS256");
  EXPECT_EQ(base64_decoded(std::string(header.at("x5t#S256").as_string()), true),
            sha256(test_key().certificate_der()));
  json::object claims = jwt_claims(jwt);
  const std::string jti(claims.at("jti").as_string());
  EXPECT_GE(jti.size(), 22u);
  claims.erase("jti");
  EXPECT_EQ(claims, (json::object{{"aud", "https://login.example.com/contoso/token"},
                                  {"iss", "customers-app"},
                                  {"sub", "customers-app"},
                                  {"iat", kNowSeconds},
                                  {"nbf", kNowSeconds - 30},
                                  {"exp", kNowSeconds + 300}}));
  EXPECT_NE(jwt_claims(world.sent()["client_assertion"]).at("jti").as_string(), jti) << "each once";
}

TEST(ClientCertificate, MayBeOneFileWithItsKey) {
  AssertionWorld world(Kind::kClientCertificate);
  world.give("certificate", test_key().certificate_pem() + test_key().key_pem());
  EXPECT_TRUE(test_key().signed_it(world.sent()["client_assertion"], true));
}

TEST(ClientSecret, IsTheConnectionsOwn) {
  AssertionWorld world(Kind::kClientSecret);
  world.give("client_secret", "own+secret");
  EXPECT_EQ(world.sent(),
            (std::map<std::string, std::string>{{"grant_type", "client_credentials"},
                                                {"client_id", "customers-app"},
                                                {"client_secret", "own+secret"},
                                                {"scope", "https://api.example.com/.default b"}}));
}

TEST(ClientSecret, OfThisWorkerGoesWithItsOwnIdAlone) {
  AssertionWorld world(Kind::kClientSecret);
  EXPECT_EQ(world.exchange().error().reason, "SECRET_MISSING") << "another's id with this worker's secret";
  world.parameters.erase("client_id");
  EXPECT_EQ(world.sent()["client_id"], "client-1");
  EXPECT_EQ(world.sent()["client_secret"], "s3cret");
}

TEST(Assertion, WithAKeyThatIsNoneIsRefused) {
  const TestKey short_key(1024);
  const TestKey other_key;
  struct Case {
    Kind kind;
    std::map<std::string, std::string> secrets;
    const char* reason;
  };
  for (const Case& c :
       {Case{Kind::kGoogleServiceAccount, {}, "SECRET_MISSING"},
        Case{Kind::kGoogleServiceAccount, {{"key", ""}}, "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kGoogleServiceAccount, {{"key", "{"}}, "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kGoogleServiceAccount, {{"key", "[]"}}, "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kGoogleServiceAccount, {{"key", R"({"installed":{}})"}}, "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kGoogleServiceAccount, {{"key", key_file("no PEM")}}, "ASSERTION_KEY_MALFORMED"},
        Case{
            Kind::kGoogleServiceAccount, {{"key", key_file(short_key.key_pem())}}, "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kClientCertificate, {}, "SECRET_MISSING"},
        Case{Kind::kClientCertificate,
             {{"certificate", test_key().certificate_pem()}},
             "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kClientCertificate, {{"private_key", test_key().key_pem()}}, "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kClientCertificate,
             {{"private_key", other_key.key_pem()}, {"certificate", test_key().certificate_pem()}},
             "ASSERTION_KEY_MALFORMED"},
        Case{Kind::kClientSecret, {{"client_secret", ""}}, "SECRET_MISSING"}}) {
    AssertionWorld world(c.kind);
    for (const auto& [name, secret] : c.secrets) world.give(name.c_str(), secret);
    const auto request = world.exchange();
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().reason, c.reason);
  }
}

TEST(Assertion, IsOfMethodsThatHaveOne) {
  OAuthWorld world;
  SeededRandom random(1);
  const auto request = assertion_exchange(world.party(), Credential(), {}, kNow, random);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().reason, "AUTHORIZATION_UNSUPPORTED");
}

TEST(Assertion, GetsTokensThatCarryTheKeyOn) {
  AssertionWorld world(Kind::kClientSecret);
  world.give("client_secret", "own");
  const Tokens tokens = world.tokens(R"({"access_token":"a","expires_in":3599})", &world.credential);
  EXPECT_EQ(reveal(tokens.credential, "client_secret"), "own");
  EXPECT_EQ(reveal(tokens.credential, "access_token"), "a");
}

} // namespace
} // namespace circuit::credentials
