#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using ::testing::ElementsAre;
using Fields = std::map<std::string, std::string>;

constexpr const char* kRedirect = "http://127.0.0.1:8123/callback";

http::Request exchanged(const OAuthWorld& world) {
  auto request = code_exchange(world.party(), Secret("c/o d"), kRedirect, Secret("verifier-1"));
  if (request) return std::move(*request);
  ADD_FAILURE() << request.error().to_string();
  return {};
}

TEST(CodeExchange, SendsTheCodeOnceToTheProvidersHostsAlone) {
  const http::Request request = exchanged(OAuthWorld());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://login.example.com/contoso/token");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(request.headers.get("Accept"), "application/json");
  EXPECT_EQ(form(request.body), (Fields{{"grant_type", "authorization_code"},
                                        {"code", "c/o d"},
                                        {"redirect_uri", kRedirect},
                                        {"code_verifier", "verifier-1"},
                                        {"client_id", "client-1"},
                                        {"client_secret", "s3cret"}}));
  EXPECT_FALSE(request.idempotent);
  EXPECT_EQ(request.max_redirects, 0);
  EXPECT_EQ(request.address_policy, http::AddressPolicy::kAnyAddress) << "a host that the catalog names";
  EXPECT_THAT(*request.allowed_hosts, ElementsAre("login.example.com", "api.example.com"));
}

TEST(CodeExchange, LeavesOutHostsOfParametersThatAreNotGiven) {
  OAuthWorld world;
  world.profile.hosts = {"{tenant}.example.com", "{region}.example.com"};
  EXPECT_THAT(*exchanged(world).allowed_hosts, ElementsAre("contoso.example.com"));
}

TEST(ClientAuthentication, ByHeaderEncodesIdAndSecretBeforeBase64) {
  OAuthWorld world;
  world.oauth().client_authentication = ClientAuthentication::kHeader;
  world.application.client_id = "id:1";
  world.application.client_secret = Secret("a b+c%/\xC3\xA9");
  const http::Request request = exchanged(world);
  const std::string header(request.headers.get("Authorization"));
  ASSERT_EQ(header.substr(0, 6), "Basic ");
  EXPECT_EQ(base64_decoded(header.substr(6)), "id%3A1:a%20b%2Bc%25%2F%C3%A9");
  EXPECT_FALSE(form(request.body).contains("client_secret"));
  EXPECT_FALSE(form(request.body).contains("client_id"));
}

TEST(ClientAuthentication, OfAPublicClientIsItsIdAlone) {
  for (const auto how : {ClientAuthentication::kHeader, ClientAuthentication::kBody}) {
    OAuthWorld world;
    world.oauth().client_authentication = how;
    world.oauth().client_secret_required = false;
    world.application.client_secret = Secret();
    const http::Request request = exchanged(world);
    EXPECT_FALSE(request.headers.has("Authorization"));
    EXPECT_EQ(form(request.body).at("client_id"), "client-1");
    EXPECT_FALSE(form(request.body).contains("client_secret"));
  }
  OAuthWorld told;
  told.oauth().client_authentication = ClientAuthentication::kNone;
  EXPECT_FALSE(form(exchanged(told).body).contains("client_secret"));
}

TEST(ClientAuthentication, WithoutASecretThatIsNeededIsRefused) {
  OAuthWorld world;
  world.application.client_secret = Secret();
  const auto request = code_exchange(world.party(), Secret("c"), kRedirect, Secret("v"));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().reason, "CLIENT_SECRET_MISSING");
}

TEST(CodeExchange, IsWrittenInJsonWhereTheProviderWantsThat) {
  OAuthWorld world;
  world.oauth().token_request_format = TokenRequestFormat::kJson;
  world.oauth().client_authentication = ClientAuthentication::kHeader;
  world.oauth().pkce = false;
  world.oauth().token_headers = {{"Notion-Version", "2022-06-28"}};
  auto request = code_exchange(world.party(), Secret("quote\" \\ \n\x01"), kRedirect, Secret("v"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->headers.get("Content-Type"), "application/json");
  EXPECT_EQ(request->headers.get("Notion-Version"), "2022-06-28");
  const auto body = boost::json::parse(request->body).as_object();
  EXPECT_EQ(body.size(), 3u);
  EXPECT_EQ(body.at("grant_type").as_string(), "authorization_code");
  EXPECT_EQ(body.at("code").as_string(), "quote\" \\ \n\x01");
  EXPECT_EQ(body.at("redirect_uri").as_string(), kRedirect);
}

TEST(RefreshExchange, SendsTheRefreshTokenAndWhatTheCatalogFixes) {
  OAuthWorld world;
  world.oauth().token_parameters = {{"audience", "{tenant}"}, {"grant_type", "fixed"}};
  const auto request = refresh_exchange(world.party(), Secret("r+1"));
  ASSERT_TRUE(request);
  EXPECT_EQ(form(request->body), (Fields{{"grant_type", "refresh_token"},
                                         {"refresh_token", "r+1"},
                                         {"client_id", "client-1"},
                                         {"client_secret", "s3cret"},
                                         {"audience", "contoso"}}));
  EXPECT_FALSE(request->idempotent);
}

} // namespace
} // namespace circuit::credentials
