#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Fields = std::map<std::string, std::string>;

const AuthorizationQuery kQuery = {.redirect_uri = "http://127.0.0.1:8123/callback",
                                   .state = "state-1",
                                   .code_challenge = "challenge-1",
                                   .scopes = {"files.read", "offline access"}};

TEST(CodeVerifier, IsChallengedAsRfc7636AppendixBHasIt) {
  EXPECT_EQ(code_challenge(Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(CodeVerifier, Is43CharactersAndNeverTheSame) {
  SeededRandom random(1);
  const Secret one = make_code_verifier(random), other = make_code_verifier(random);
  EXPECT_EQ(one.size(), 43u);
  EXPECT_FALSE(equal(one, other));
  EXPECT_EQ(
      one.reveal().find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string_view::npos);
}

TEST(AuthorizationUrl, HasWhatRfc6749And7636Ask) {
  const OAuthWorld world;
  const auto url = authorization_url(world.party(), kQuery);
  ASSERT_TRUE(url) << url.error().to_string();
  EXPECT_EQ(url->substr(0, url->find('?')), "https://login.example.com/contoso/authorize");
  EXPECT_EQ(query_of(*url), (Fields{{"response_type", "code"},
                                    {"client_id", "client-1"},
                                    {"redirect_uri", kQuery.redirect_uri},
                                    {"state", "state-1"},
                                    {"scope", "files.read offline access"},
                                    {"code_challenge", "challenge-1"},
                                    {"code_challenge_method", "S256"}}));
  EXPECT_THAT(*url, HasSubstr("redirect_uri=http%3A%2F%2F127.0.0.1%3A8123%2Fcallback"));
}

TEST(AuthorizationUrl, AddsWhatTheCatalogFixesButNotOverTheProtocol) {
  OAuthWorld world;
  world.oauth().authorization_endpoint += "?p=policy";
  world.oauth().authorization_parameters = {
      {"access_type", "offline"}, {"audience", "{tenant}.example.com"}, {"state", "fixed"}};
  const auto url = authorization_url(world.party(), kQuery);
  ASSERT_TRUE(url) << url.error().to_string();
  const Fields query = query_of(*url);
  EXPECT_EQ(query.at("p"), "policy");
  EXPECT_EQ(query.at("access_type"), "offline");
  EXPECT_EQ(query.at("audience"), "contoso.example.com");
  EXPECT_EQ(query.at("state"), "state-1");
}

TEST(AuthorizationUrl, NamesAndSeparatesScopesAsTheProviderDoes) {
  OAuthWorld world;
  world.oauth().scope_parameter = "user_scope";
  world.oauth().scope_separator = ",";
  world.oauth().pkce = false;
  const auto url = authorization_url(world.party(), kQuery);
  ASSERT_TRUE(url);
  const Fields query = query_of(*url);
  EXPECT_EQ(query.at("user_scope"), "files.read,offline access");
  EXPECT_FALSE(query.contains("scope"));
  EXPECT_FALSE(query.contains("code_challenge"));
}

TEST(AuthorizationUrl, IsRefusedWithoutWhatItNeeds) {
  OAuthWorld no_tenant;
  no_tenant.parameters.clear();
  EXPECT_EQ(authorization_url(no_tenant.party(), kQuery).error().reason, "CONNECTION_PARAMETER_MISSING");

  OAuthWorld no_client;
  no_client.application.client_id.clear();
  EXPECT_EQ(authorization_url(no_client.party(), kQuery).error().reason, "CONNECTION_PARAMETER_MISSING");

  OAuthWorld token_alone;
  token_alone.method.oauth.reset();
  EXPECT_EQ(authorization_url(token_alone.party(), kQuery).error().reason, "AUTHORIZATION_UNSUPPORTED");
}

TEST(AuthorizationUrl, IsHttpsButForThisMachine) {
  for (const char* endpoint : {"http://login.example.com/a", "ftp://login.example.com/a", "/a",
                               "https://user@login.example.com/a", "http://127.0.0.1.example.com/a"}) {
    OAuthWorld world;
    world.oauth().authorization_endpoint = endpoint;
    const auto url = authorization_url(world.party(), kQuery);
    ASSERT_FALSE(url) << endpoint;
    EXPECT_EQ(url.error().reason, "ENDPOINT_UNUSABLE");
  }
  for (const char* endpoint : {"http://127.0.0.1:9000/a", "http://[::1]:9000/a", "http://localhost/a"}) {
    OAuthWorld world;
    world.oauth().authorization_endpoint = endpoint;
    EXPECT_TRUE(authorization_url(world.party(), kQuery)) << endpoint;
  }
}

TEST(Scopes, AreThoseOfTheCapabilitiesAndThoseThatAllNeed) {
  OAuthWorld world;
  world.method.scopes = {{"https://{tenant}.example.com/files", "to read files", "files", true},
                         {"people.read", "to list people", "people", false},
                         {"groups.read", "to list groups", "people", false},
                         {"offline_access", "to stay connected", "", true}};
  const auto by_default = scopes_for(world.party(), {});
  ASSERT_TRUE(by_default);
  EXPECT_THAT(*by_default, ElementsAre("https://contoso.example.com/files", "offline_access"));
  const auto people = scopes_for(world.party(), {"people", "people"});
  ASSERT_TRUE(people);
  EXPECT_THAT(*people, ElementsAre("people.read", "groups.read", "offline_access"));
  const auto unknown = scopes_for(world.party(), {"files", "mail"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().reason, "CAPABILITY_UNKNOWN");
  EXPECT_THAT(unknown.error().next_step, HasSubstr("files, people"));
}

TEST(Scopes, GrantedBeforeAreAskedForAgain) {
  EXPECT_THAT(scopes_to_ask({"b", "a", "b"}, {"a", "c"}), ElementsAre("b", "a", "c"));
}

TEST(Redirect, IsReadWithItsEscapes) {
  const auto answer = read_redirect(
      "http://127.0.0.1:8123/cb?code=a%2Fb+c&state=s%3D1&iss=https%3A%2F%2Flogin.example.com#x");
  ASSERT_TRUE(answer) << answer.error().to_string();
  EXPECT_EQ(answer->code, "a/b c");
  EXPECT_EQ(answer->state, "s=1");
  EXPECT_EQ(answer->iss, "https://login.example.com");
}

TEST(Redirect, TellsWhatWasRefused) {
  const auto answer = read_redirect(
      "https://app.example/cb?state=s&error=access_denied&error_description=No+thanks&error_subcode=cancel");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, "");
  EXPECT_EQ(answer->error, "access_denied");
  EXPECT_EQ(answer->error_description, "No thanks");
  EXPECT_EQ(answer->error_subtype, "cancel");
}

TEST(Redirect, ThatIsNoneIsRefused) {
  for (const std::string& url :
       {std::string("?code=c&state=s"), std::string("https://app.example/cb"),
        std::string("https://app.example/cb?code=c"), std::string("https://app.example/cb?state=s"),
        std::string("https://app.example/cb?code=c&state=s&error=e"),
        std::string("https://app.example/cb?code=c&code=d&state=s"),
        std::string("https://app.example/cb?code=c&state=s&state=s"),
        std::string("https://app.example/cb?code=%zz&state=s"),
        std::string("https://app.example/cb?code=%2&state=s"),
        std::string("https://app.example/cb#code=c&state=s"),
        "https://app.example/cb?state=s&code=" + std::string(1 << 20, 'c')}) {
    const auto answer = read_redirect(url);
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().reason, "REDIRECT_MALFORMED");
  }
}

TEST(Issuer, IsComparedByteForByteWhereTheCatalogNamesOne) {
  struct Case {
    const char* expected;
    bool always;
    const char* given;
    bool good;
  };
  for (const Case& c :
       {Case{"", false, "https://other.example", true}, //
        Case{"https://login.example.com/{tenant}", false, "https://login.example.com/contoso", true},
        Case{"https://login.example.com/{tenant}", false, "https://login.example.com/other", false},
        Case{"https://login.example.com", false, "https://login.example.com/", false},
        Case{"https://login.example.com", false, "https://LOGIN.example.com", false},
        Case{"https://login.example.com", false, "", true},
        Case{"https://login.example.com", true, "", false}}) {
    OAuthWorld world;
    world.oauth().issuer = c.expected;
    world.oauth().issuer_required = c.always;
    AuthorizationAnswer answer;
    answer.iss = c.given;
    const auto checked = check_issuer(world.party(), answer);
    EXPECT_EQ(checked.ok(), c.good) << c.expected << " against " << c.given;
    if (!checked) {
      EXPECT_EQ(checked.error().reason, "ISSUER_MISMATCH");
    }
  }
}

} // namespace
} // namespace circuit::credentials
