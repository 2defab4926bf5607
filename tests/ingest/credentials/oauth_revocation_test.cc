#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Kind = Revocation::Kind;
using Fields = std::map<std::string, std::string>;

struct RevocationWorld : OAuthWorld {
  explicit RevocationWorld(Kind kind) {
    oauth().revocation = {kind, "https://api.example.com/{tenant}/revoke", true};
    credential.secrets.emplace("access_token", Secret("acc/ess"));
    credential.secrets.emplace("refresh_token", Secret("ref/resh"));
  }
  http::Request request() const {
    auto made = revocation_request(party(), credential);
    if (made && *made) return std::move(**made);
    ADD_FAILURE() << (made ? "no request" : made.error().to_string());
    return {};
  }
  bool none() const {
    const auto made = revocation_request(party(), credential);
    return made && !*made;
  }
  Result<void> read(int status, const char* body = "") const {
    return read_revocation(party(), response(status, body), kNow);
  }

  Credential credential;
};

TEST(Revocation, ByRfc7009IsAuthenticatedAsExchangesAre) {
  RevocationWorld world(Kind::kRfc7009);
  const http::Request request = world.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.example.com/contoso/revoke");
  EXPECT_EQ(form(request.body), (Fields{{"token", "ref/resh"},
                                        {"token_type_hint", "refresh_token"},
                                        {"client_id", "client-1"},
                                        {"client_secret", "s3cret"}}));
  EXPECT_TRUE(request.idempotent);
}

TEST(Revocation, SendsTheAccessTokenWhereThatIsWhatEndsTheGrant) {
  RevocationWorld by_catalog(Kind::kRfc7009);
  by_catalog.oauth().revocation.refresh_token = false;
  EXPECT_EQ(form(by_catalog.request().body)["token"], "acc/ess");
  RevocationWorld by_need(Kind::kRfc7009);
  by_need.credential.secrets.erase("refresh_token");
  EXPECT_EQ(form(by_need.request().body)["token_type_hint"], "access_token");
}

TEST(Revocation, HasOtherFormsAtOtherProviders) {
  const http::Request query = RevocationWorld(Kind::kGetQuery).request();
  EXPECT_EQ(query.method, "GET");
  EXPECT_EQ(query.url, "https://api.example.com/contoso/revoke?token=ref%2Fresh");

  const http::Request path = RevocationWorld(Kind::kDeletePath).request();
  EXPECT_EQ(path.method, "DELETE");
  EXPECT_EQ(path.url, "https://api.example.com/contoso/revoke/ref%2Fresh");

  RevocationWorld bearer(Kind::kPostBearer);
  bearer.oauth().revocation.refresh_token = false;
  EXPECT_EQ(bearer.request().method, "POST");
  EXPECT_EQ(bearer.request().headers.get("Authorization"), "Bearer acc/ess");

  RevocationWorld deleted(Kind::kDeleteJson);
  deleted.oauth().revocation.refresh_token = false;
  const http::Request request = deleted.request();
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.body, R"({"access_token":"acc/ess"})");
  EXPECT_EQ(base64_decoded(std::string(request.headers.get("Authorization").substr(6))), "client-1:s3cret");
}

TEST(Revocation, IsNotAskedForWhereThereIsNothingToRevoke) {
  EXPECT_TRUE(RevocationWorld(Kind::kNone).none());
  RevocationWorld without_tokens(Kind::kRfc7009);
  without_tokens.credential.secrets.clear();
  EXPECT_TRUE(without_tokens.none());
  RevocationWorld key_alone(Kind::kRfc7009);
  key_alone.method.oauth.reset();
  EXPECT_TRUE(key_alone.none());
}

TEST(Revocation, IsDoneOrTriedAgainOrRefused) {
  struct Case {
    Kind kind;
    int status;
    const char* body;
    const char* reason; // empty: done
  };
  for (const Case& c : {
           Case{Kind::kRfc7009, 200, "", ""},
           Case{Kind::kRfc7009, 200, "<html>", ""},
           Case{Kind::kRfc7009, 204, "", ""},
           Case{Kind::kRfc7009, 400, R"({"error":"invalid_token"})", ""}, // Google
           Case{Kind::kGetQuery, 400, R"({"error":"invalid_token"})", ""},
           Case{Kind::kDeletePath, 404, "", ""},
           Case{Kind::kDeleteJson, 404, R"({"message":"Not Found"})", ""},
           Case{Kind::kPostBearer, 401, "", ""},
           Case{Kind::kRfc7009, 404, "", "REVOCATION_REFUSED"},
           Case{Kind::kRfc7009, 400, R"({"error":"unsupported_token_type"})", "REVOCATION_REFUSED"},
           Case{Kind::kRfc7009, 302, "", "REVOCATION_REFUSED"},
           Case{Kind::kRfc7009, 401, "", "CLIENT_REFUSED"},
           Case{Kind::kRfc7009, 400, R"({"error":"invalid_client"})", "CLIENT_REFUSED"},
           Case{Kind::kDeleteJson, 401, "", "CLIENT_REFUSED"},
           Case{Kind::kRfc7009, 503, "", "REVOCATION_FAILED"},
           Case{Kind::kRfc7009, 500, "<html>", "REVOCATION_FAILED"},
           Case{Kind::kRfc7009, 400, R"({"error":"temporarily_unavailable"})", "REVOCATION_FAILED"},
           Case{Kind::kRfc7009, 429, "", "PROVIDER_THROTTLED"},
       }) {
    const auto read = RevocationWorld(c.kind).read(c.status, c.body);
    EXPECT_EQ(read ? "" : read.error().reason, c.reason) << c.status << ' ' << c.body;
  }
}

TEST(Revocation, MayFailInAStatusOfSuccess) {
  RevocationWorld world(Kind::kPostBearer);
  world.oauth().success_field = "ok";
  EXPECT_TRUE(world.read(200, R"({"ok":true,"revoked":true})"));
  EXPECT_TRUE(world.read(200, R"({"ok":false,"error":"token_revoked"})"));
  EXPECT_EQ(world.read(200, R"({"ok":false,"error":"fatal_error"})").error().reason, "REVOCATION_FAILED");
  EXPECT_EQ(world.read(200, R"({"ok":false,"error":"ratelimited"})").error().reason, "PROVIDER_THROTTLED");
}

TEST(Revocation, ThatGotNoAnswerIsTriedAgainAndQuotesNoUrl) {
  const Result<http::Response> none = make_error(ErrorClass::kTransient, "BODY_TRUNCATED",
                                                 "the answer to https://x/ref%2Fresh ended", "Wait.");
  const auto read = read_revocation(RevocationWorld(Kind::kDeletePath).party(), none, kNow);
  ASSERT_FALSE(read);
  EXPECT_TRUE(is_retryable(read.error()));
  EXPECT_THAT(read.error().to_string(), Not(HasSubstr("resh")));
  EXPECT_THAT(read.error().message, HasSubstr("BODY_TRUNCATED"));
}

} // namespace
} // namespace circuit::credentials
