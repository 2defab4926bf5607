#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(TokenAnswer, GivesTokensAndWhenTheyEnd) {
  const Tokens tokens = OAuthWorld().tokens(
      R"({"access_token":"a1","refresh_token":"r1","token_type":"Bearer","expires_in":3600,"scope":"x y"})");
  EXPECT_EQ(reveal(tokens.credential, "access_token"), "a1");
  EXPECT_EQ(reveal(tokens.credential, "refresh_token"), "r1");
  EXPECT_EQ(tokens.expires_at, kNow + seconds(3600));
  EXPECT_EQ(tokens.credential.attribute("expires_at"), "2027-01-15T09:00:00Z");
  EXPECT_EQ(tokens.credential.attribute("token_type"), "Bearer");
  EXPECT_THAT(tokens.scopes, ElementsAre("x", "y"));
}

TEST(TokenAnswer, MayBeAForm) {
  const Tokens tokens = OAuthWorld().tokens("access_token=a%2B1&scope=repo%2Cgist&token_type=bearer");
  EXPECT_EQ(reveal(tokens.credential, "access_token"), "a+1");
  EXPECT_THAT(tokens.scopes, ElementsAre("repo", "gist"));
}

TEST(TokenAnswer, SaysItsLifetimeInManyWays) {
  struct Case {
    const char* expires_in;
    std::optional<Duration> lifetime;
  };
  const std::optional<Duration> by_profile = hours(2);
  for (const Case& c :
       {Case{"3599", seconds(3599)}, Case{"\"3600\"", seconds(3600)}, Case{"3600.7", seconds(3600)},
        Case{"1e3", seconds(1000)}, Case{"0", by_profile}, Case{"-5", by_profile}, Case{"null", by_profile},
        Case{"\"soon\"", by_profile}, Case{"\"\"", by_profile}, Case{"\"nan\"", by_profile},
        Case{"{}", by_profile}, Case{"true", by_profile}, Case{"9223372036854775807", hours(24) * 3660},
        Case{"1e300", hours(24) * 3660}, Case{"\"inf\"", hours(24) * 3660}}) {
    OAuthWorld world;
    world.oauth().access_token_lifetime = hours(2);
    const Tokens tokens =
        world.tokens(std::string(R"({"access_token":"a","expires_in":)") + c.expires_in + "}");
    EXPECT_EQ(tokens.expires_at, kNow + *c.lifetime) << c.expires_in;
  }
  EXPECT_EQ(OAuthWorld().tokens(R"({"access_token":"a"})").expires_at, std::nullopt);
}

TEST(TokenAnswer, ReplacesTheRefreshTokenOrLeavesTheOneBefore) {
  Credential before;
  before.secrets.emplace("access_token", Secret("a0"));
  before.secrets.emplace("refresh_token", Secret("r0"));
  before.secrets.emplace("client_secret", Secret("own"));
  before.attributes = {{"expires_at", "2020-01-01T00:00:00Z"}, {"kept", "yes"}};
  for (const auto& [answer, refresh_token] :
       {std::pair(R"({"access_token":"a1","refresh_token":"r1"})", "r1"),
        std::pair(R"({"access_token":"a1"})", "r0"),
        std::pair(R"({"access_token":"a1","refresh_token":""})", "r0"),
        std::pair(R"({"access_token":"a1","refresh_token":null})", "r0")}) {
    const Tokens tokens = OAuthWorld().tokens(answer, &before);
    EXPECT_EQ(reveal(tokens.credential, "access_token"), "a1");
    EXPECT_EQ(reveal(tokens.credential, "refresh_token"), refresh_token) << answer;
    EXPECT_EQ(reveal(tokens.credential, "client_secret"), "own");
    EXPECT_EQ(tokens.credential.attribute("kept"), "yes");
    EXPECT_EQ(tokens.credential.attribute("expires_at"), "") << "it was the old token's";
  }
  EXPECT_EQ(reveal(before, "access_token"), "a0");
}

TEST(TokenAnswer, SaysWhenTheRefreshTokenEnds) {
  OAuthWorld world;
  const auto ends = [&](const char* answer) {
    return std::string(world.tokens(answer).credential.attribute("refresh_token_expires_at"));
  };
  EXPECT_EQ(ends(R"({"access_token":"a","refresh_token":"r"})"), "");
  EXPECT_EQ(ends(R"({"access_token":"a","refresh_token":"r","refresh_token_expires_in":"60"})"),
            "2027-01-15T08:01:00Z");
  world.oauth().refresh_token_idle_lifetime = hours(24);
  EXPECT_EQ(ends(R"({"access_token":"a","refresh_token":"r"})"), "2027-01-16T08:00:00Z");
  EXPECT_EQ(ends(R"({"access_token":"a"})"), "") << "there is none";
}

TEST(TokenAnswer, ThatNamesNoScopesGaveWhatWasAsked) {
  EXPECT_THAT(OAuthWorld().tokens(R"({"access_token":"a"})").scopes, ElementsAre("files.read"));
  EXPECT_THAT(OAuthWorld().tokens(R"({"access_token":"a","scope":""})").scopes, IsEmpty());
  EXPECT_THAT(OAuthWorld().tokens(R"({"access_token":"a","scope":["x",1,"y"]})").scopes,
              ElementsAre("x", "y"));
}

TEST(TokenAnswer, HasPropertiesOfTheConnection) {
  OAuthWorld world;
  world.oauth().captured = {{"instance_url", "instance_url"},
                            {"/team/id", "team_id"},
                            {"number", "number"},
                            {"absent", "absent"},
                            {"team", "team"},
                            {"long", "long"},
                            {"lines", "lines"}};
  const Tokens tokens = world.tokens(
      R"({"access_token":"a","instance_url":"https://x.my.salesforce.com","team":{"id":"T1"},"number":7,)"
      R"("lines":"a\r\nb","long":")" +
      std::string(3000, 'x') + "\"}");
  EXPECT_THAT(tokens.properties, UnorderedElementsAre(Pair("instance_url", "https://x.my.salesforce.com"),
                                                      Pair("team_id", "T1"), Pair("number", "7")));
}

TEST(TokenAnswer, MayHoldTheTokensInsideAnObject) {
  OAuthWorld world;
  world.oauth().tokens_at = "/authed_user";
  world.oauth().token_type = "user";
  world.oauth().success_field = "ok";
  world.oauth().captured = {{"/team/id", "team_id"}};
  const Tokens tokens =
      world.tokens(R"({"ok":true,"access_token":"bot","token_type":"bot","team":{"id":"T1"},)"
                   R"("authed_user":{"access_token":"user","token_type":"user","scope":"a,b"}})");
  EXPECT_EQ(reveal(tokens.credential, "access_token"), "user");
  EXPECT_THAT(tokens.scopes, ElementsAre("a", "b"));
  EXPECT_THAT(tokens.properties, ElementsAre(Pair("team_id", "T1")));
}

TEST(TokenAnswer, OfAnotherTypeIsOfNoUse) {
  EXPECT_EQ(
      reveal(OAuthWorld().tokens(R"({"access_token":"a","token_type":"BEARER"})").credential, "access_token"),
      "a");
  const ExchangeError failed = OAuthWorld().failure(200, R"({"access_token":"a","token_type":"mac"})");
  EXPECT_EQ(failed.failure, ExchangeFailure::kOperator);
  EXPECT_EQ(failed.error.reason, "TOKEN_REQUEST_REFUSED");
}

TEST(TokenAnswer, WithATokenThatNoHeaderCanHoldIsNotRead) {
  for (const char* body :
       {R"({"access_token":"a\r\nX: y"})", R"({"access_token":"a b"})", R"({"access_token":"\u00e9"})",
        R"({"access_token":"a","refresh_token":"r\n"})", R"({"access_token":""})", R"({"access_token":7})"}) {
    EXPECT_EQ(OAuthWorld().failure(200, body).failure, ExchangeFailure::kUnknown) << body;
  }
}

} // namespace
} // namespace circuit::credentials
