#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {

void PrintTo(ExchangeFailure failure, std::ostream* out) {
  constexpr const char* kNames[] = {"kRefused",   "kApproval",  "kOperator",
                                    "kTransient", "kThrottled", "kUnknown"};
  *out << kNames[static_cast<size_t>(failure)];
}

namespace {

using ::testing::HasSubstr;
using enum ExchangeFailure;

struct AnswerCase {
  int status;
  const char* body;
  ExchangeFailure failure;
  const char* reason;
};

TEST(Exchange, FailsAsItsAnswerSays) {
  for (const AnswerCase& c : {
           AnswerCase{400, R"({"error":"invalid_grant"})", kRefused, "TOKEN_REFUSED"},
           AnswerCase{403,
                      R"({"error":"invalid_grant","error_description":"Unknown or invalid refresh token."})",
                      kRefused, "TOKEN_REFUSED"},
           AnswerCase{400, "error=invalid_grant&error_description=gone", kRefused, "TOKEN_REFUSED"},
           AnswerCase{200, R"({"error":"bad_verification_code"})", kRefused, "TOKEN_REFUSED"},
           AnswerCase{200, "error=bad_refresh_token", kRefused, "TOKEN_REFUSED"},
           AnswerCase{400, R"({"status":"BAD_REFRESH_TOKEN","message":"x"})", kRefused, "TOKEN_REFUSED"},
           AnswerCase{400, R"({"error":"interaction_required","suberror":"basic_action"})", kRefused,
                      "TOKEN_REFUSED"},
           AnswerCase{500, R"({"error":"invalid_grant"})", kRefused, "TOKEN_REFUSED"},
           AnswerCase{401, R"({"error":"invalid_client"})", kOperator, "CLIENT_REFUSED"},
           AnswerCase{400, R"({"error":"unauthorized_client"})", kOperator, "CLIENT_REFUSED"},
           AnswerCase{200, "error=incorrect_client_credentials", kOperator, "CLIENT_REFUSED"},
           AnswerCase{401, "", kOperator, "CLIENT_REFUSED"},
           AnswerCase{401, R"({"error":"unheard_of"})", kOperator, "CLIENT_REFUSED"},
           AnswerCase{400, R"({"error":"invalid_scope"})", kOperator, "TOKEN_REQUEST_REFUSED"},
           AnswerCase{400, R"({"error":"unheard_of"})", kOperator, "TOKEN_REQUEST_REFUSED"},
           AnswerCase{400, R"({"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}})", kOperator,
                      "TOKEN_REQUEST_REFUSED"},
           AnswerCase{404, "<html>Not found</html>", kOperator, "TOKEN_REQUEST_REFUSED"},
           AnswerCase{400, R"({"error":"temporarily_unavailable"})", kTransient,
                      "TOKEN_ENDPOINT_UNAVAILABLE"},
           AnswerCase{500, R"({"error":"server_error"})", kTransient, "TOKEN_ENDPOINT_UNAVAILABLE"},
           AnswerCase{503, "<html>", kTransient, "TOKEN_ENDPOINT_UNAVAILABLE"},
           AnswerCase{503, R"({"error":"invalid_grant"})", kTransient, "TOKEN_ENDPOINT_UNAVAILABLE"},
           AnswerCase{403, "<html>Blocked by a firewall</html>", kTransient, "TOKEN_ENDPOINT_UNAVAILABLE"},
           AnswerCase{302, "", kTransient, "TOKEN_ENDPOINT_UNAVAILABLE"},
           AnswerCase{429, "", kThrottled, "PROVIDER_THROTTLED"},
           AnswerCase{429, R"({"error":"invalid_grant"})", kThrottled, "PROVIDER_THROTTLED"},
           AnswerCase{400, R"({"error":"slow_down"})", kThrottled, "PROVIDER_THROTTLED"},
           AnswerCase{502, "<html>", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{504, R"({"error":"server_error"})", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{502, R"({"error":"invalid_grant"})", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{500, "<html>", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{500, R"({"error":"unheard_of"})", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{524, "", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{200, "", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{200, "<html>Sign in to the guest network</html>", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{200, R"({"access_token":"a","refresh_)", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{200, R"({"token_type":"bearer"})", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{200, R"({"status":"PENDING"})", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
           AnswerCase{200, R"(["access_token"])", kUnknown, "TOKEN_OUTCOME_UNKNOWN"},
       }) {
    const ExchangeError failed = OAuthWorld().failure(c.status, c.body);
    EXPECT_EQ(failed.failure, c.failure) << c.status << ' ' << c.body;
    EXPECT_EQ(failed.error.reason, c.reason) << c.status << ' ' << c.body;
    EXPECT_EQ(failed.error.metadata.at("provider"), "example-drive");
    EXPECT_EQ(failed.error.metadata.at("status"), std::to_string(c.status));
    EXPECT_NE(failed.error.next_step, "");
  }
}

TEST(Exchange, FailsInAStatusOfSuccessWhereTheCatalogNamesTheField) {
  OAuthWorld world;
  world.oauth().success_field = "ok";
  EXPECT_EQ(world.failure(200, R"({"ok":false,"error":"invalid_refresh_token"})").failure, kRefused);
  EXPECT_EQ(world.failure(200, R"({"ok":false,"error":"bad_client_secret"})").failure, kOperator);
  EXPECT_EQ(world.failure(200, R"({"ok":false,"error":"ratelimited"})").failure, kThrottled);
  EXPECT_EQ(world.failure(200, R"({"ok":false,"error":"fatal_error"})").failure, kUnknown);
  EXPECT_EQ(world.failure(200, R"({"ok":false})").failure, kOperator);
}

TEST(Exchange, ThatIsThrottledWaitsAsLongAsItIsAsked) {
  const auto until = [](int status, const char* retry_after) {
    http::Headers headers;
    if (*retry_after) headers.add("Retry-After", retry_after);
    const auto read = read_tokens(OAuthWorld().party(), response(status, "", headers), nullptr, {}, kNow);
    const auto& failed = std::get<ExchangeError>(read);
    EXPECT_EQ(failed.failure, kThrottled);
    EXPECT_EQ(failed.error.cls, ErrorClass::kThrottled);
    return failed.error.retry_at;
  };
  EXPECT_EQ(until(429, "120"), kNow + std::chrono::seconds(120));
  EXPECT_EQ(until(503, "7"), kNow + std::chrono::seconds(7));
  EXPECT_EQ(until(429, ""), kNow + std::chrono::minutes(1));
  EXPECT_EQ(until(429, "Fri, 15 Jan 2027 08:00:30 GMT"), kNow + std::chrono::seconds(30));
}

TEST(Exchange, WithoutAnAnswerMayHaveTakenPlaceOrNot) {
  struct Case {
    const char* reason;
    ErrorClass cls;
    ExchangeFailure failure;
  };
  for (const Case& c : {Case{"CONNECT_FAILED", ErrorClass::kTransient, kTransient},
                        Case{"DNS_FAILED", ErrorClass::kTransient, kTransient},
                        Case{"TLS_HANDSHAKE_FAILED", ErrorClass::kTransient, kTransient},
                        Case{"TLS_CERTIFICATE_INVALID", ErrorClass::kInvalid, kTransient},
                        Case{"OUT_OF_DESCRIPTORS", ErrorClass::kExhausted, kTransient},
                        Case{"PROVIDER_THROTTLED", ErrorClass::kThrottled, kThrottled},
                        Case{"HOST_REFUSED", ErrorClass::kPermission, kOperator},
                        Case{"URL_MALFORMED", ErrorClass::kInvalid, kOperator},
                        Case{"CONNECTION_RESET", ErrorClass::kTransient, kUnknown},
                        Case{"TIMEOUT", ErrorClass::kTransient, kUnknown},
                        Case{"BODY_TRUNCATED", ErrorClass::kTransient, kUnknown},
                        Case{"BAD_RESPONSE", ErrorClass::kTransient, kUnknown},
                        Case{"BAD_ENCODING", ErrorClass::kInvalid, kUnknown},
                        Case{"BODY_TOO_LARGE", ErrorClass::kInvalid, kUnknown},
                        Case{"OUT_OF_MEMORY", ErrorClass::kExhausted, kUnknown},
                        Case{"SHUTTING_DOWN", ErrorClass::kCancelled, kUnknown},
                        Case{"SOMETHING_NEW", ErrorClass::kInternal, kUnknown}}) {
    const Result<http::Response> none = make_error(c.cls, c.reason, "it failed", "Look.");
    const auto read = read_tokens(OAuthWorld().party(), none, nullptr, {}, kNow);
    const auto& failed = std::get<ExchangeError>(read);
    EXPECT_EQ(failed.failure, c.failure) << c.reason;
    EXPECT_EQ(failed.error.reason, c.reason);
  }
}

TEST(Exchange, FailureShowsKnownWordsAndNumbersAlone) {
  const ExchangeError failed = OAuthWorld().failure(
      401,
      R"({"error":"invalid_client","error_description":"AADSTS7000222: The secret of 'abc' has expired.",)"
      R"("error_codes":[7000222]})");
  EXPECT_THAT(failed.error.message, HasSubstr("(invalid_client, AADSTS7000222)"));
  EXPECT_THAT(failed.error.message, ::testing::Not(HasSubstr("abc")));
  EXPECT_EQ(failed.error.metadata.at("error"), "invalid_client");
  EXPECT_EQ(failed.error.metadata.at("error_codes"), "AADSTS7000222");
}

} // namespace
} // namespace circuit::credentials
