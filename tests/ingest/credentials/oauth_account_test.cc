#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

struct AccountWorld : OAuthWorld {
  AccountWorld() {
    method.account.url = "https://api.example.com/{tenant}/me";
    method.account.account = "/user/email";
    method.account.properties = {{"/user/id", "user_id"}, {"/absent", "absent"}};
    credential.secrets.emplace("access_token", Secret("acc"));
  }
  std::optional<http::Request> request() const {
    auto made = account_request(party(), credential);
    if (made) return std::move(*made);
    ADD_FAILURE() << made.error().to_string();
    return std::nullopt;
  }
  std::string reason(int status, const char* body) const {
    const auto facts = read_account(party(), response(status, body));
    return facts ? "" : facts.error().reason;
  }

  Credential credential;
};

TEST(Account, IsLookedUpAsRequestsOfTheMethodAreAuthorized) {
  AccountWorld world;
  world.method.headers = {{"client_id", "{client_id}"}, {"Accept", "application/vnd.example+json"}};
  const auto request = world.request();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->url, "https://api.example.com/contoso/me");
  EXPECT_EQ(request->headers.get("Authorization"), "Bearer acc");
  EXPECT_EQ(request->headers.get("client_id"), "client-1");
  EXPECT_EQ(request->headers.get("Accept"), "application/vnd.example+json");
  EXPECT_TRUE(request->idempotent);
}

TEST(Account, IsLookedUpByTokenOrNameAndToken) {
  AccountWorld world;
  world.method.oauth.reset();
  world.credential.secrets.clear();
  world.credential.secrets.emplace("token", Secret("tok:en"));
  EXPECT_EQ(world.request()->headers.get("Authorization"), "Bearer tok:en");
  world.method.application = Application::kBasic;
  world.method.username_parameter = "email";
  world.parameters["email"] = "ann@contoso.example";
  const auto basic = world.request();
  EXPECT_EQ(base64_decoded(std::string(basic->headers.get("Authorization").substr(6))),
            "ann@contoso.example:tok:en");
}

TEST(Account, IsNotLookedUpWhereNothingTellsIt) {
  AccountWorld no_lookup;
  no_lookup.method.account.url.clear();
  EXPECT_FALSE(no_lookup.request());
  AccountWorld signed_requests;
  signed_requests.method.application = Application::kSigner;
  EXPECT_FALSE(signed_requests.request());
  AccountWorld no_token;
  no_token.credential.secrets.clear();
  EXPECT_EQ(account_request(no_token.party(), no_token.credential).error().reason, "SECRET_MISSING");
}

TEST(Account, IsReadByPointers) {
  const auto facts = read_account(AccountWorld().party(),
                                  response(200, R"({"user":{"email":"ann@contoso.example","id":42}})"));
  ASSERT_TRUE(facts) << facts.error().to_string();
  EXPECT_EQ(facts->account, "ann@contoso.example");
  EXPECT_THAT(facts->properties, ElementsAre(Pair("user_id", "42")));
}

TEST(Account, OfAListIsItsFirstAndAnEmptyOneMayNeedApproval) {
  AccountWorld world;
  world.method.account.account = "/0/name";
  world.method.account.properties = {{"/0/id", "cloud_id"}};
  world.method.account.empty_list_needs_approval = true;
  const auto facts = read_account(world.party(), response(200, R"([{"id":"c1","name":"contoso"}])"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->account, "contoso");
  EXPECT_THAT(facts->properties, ElementsAre(Pair("cloud_id", "c1")));
  EXPECT_EQ(world.reason(200, "[]"), "ADMIN_APPROVAL_REQUIRED");
  world.method.account.empty_list_needs_approval = false;
  EXPECT_EQ(world.reason(200, "[]"), "");
}

TEST(Account, ThatIsRefusedSaysWhy) {
  AccountWorld world;
  world.oauth().success_field = "ok";
  EXPECT_EQ(world.reason(401, ""), "CREDENTIAL_REFUSED");
  EXPECT_EQ(world.reason(200, R"({"ok":false,"error":"invalid_auth"})"), "CREDENTIAL_REFUSED");
  EXPECT_EQ(world.reason(403, "<html>"), "ACCOUNT_FORBIDDEN");
  EXPECT_EQ(world.reason(429, ""), "PROVIDER_THROTTLED");
  EXPECT_EQ(world.reason(502, ""), "ACCOUNT_LOOKUP_FAILED");
  EXPECT_EQ(world.reason(404, ""), "ACCOUNT_UNREADABLE");
  EXPECT_EQ(world.reason(200, "<html>"), "ACCOUNT_UNREADABLE");
  EXPECT_EQ(world.reason(200, "7"), "ACCOUNT_UNREADABLE");
}

TEST(Account, OfSeveralSitesIsTheOneThatIsMeantOrNone) {
  AccountWorld world;
  world.method.account.account = "/0/url";
  world.method.account.properties = {{"/0/id", "cloud_id"}};
  world.method.account.choose_by = "/url";
  world.method.account.choose_parameter = "site_url";
  const auto chosen = [&](const char* body, const char* site) {
    OAuthParty party = world.party();
    if (*site) party.values["site_url"] = site;
    const auto facts = read_account(party, response(200, body));
    return facts ? facts->properties.at("cloud_id") : facts.error().reason;
  };
  const char* one = R"([{"id":"c1","url":"https://one.example"}])";
  const char* two = R"([{"id":"c1","url":"https://one.example"},{"id":"c2","url":"https://two.example/"}])";
  EXPECT_EQ(chosen(one, ""), "c1");
  EXPECT_EQ(chosen(two, "https://two.example"), "c2");
  EXPECT_EQ(chosen(two, "https://one.example/"), "c1");
  EXPECT_EQ(chosen(two, ""), "ACCOUNT_AMBIGUOUS");
  EXPECT_EQ(chosen(one, "https://two.example"), "ACCOUNT_AMBIGUOUS")
      << "never another site than the one that is meant";
  const auto refused = read_account(world.party(), response(200, two));
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("https://one.example, https://two.example"));
}

} // namespace
} // namespace circuit::credentials
