#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Who = ApprovalSign::Who;

AuthorizationAnswer refused_by(const char* error, const char* description = "", const char* subtype = "") {
  AuthorizationAnswer answer;
  answer.state = "s";
  answer.error = error;
  answer.error_description = description;
  answer.error_subtype = subtype;
  return answer;
}

TEST(Approval, TellsWhomToAskForWhatAndWhere) {
  OAuthWorld world;
  world.parameters["tenant"] = "con/toso";
  const Error error = approval_error(world.party(), "an administrator must consent for the organization",
                                     {"files.read", "mail"});
  EXPECT_EQ(error.cls, ErrorClass::kAdminApproval);
  EXPECT_EQ(error.reason, "ADMIN_APPROVAL_REQUIRED");
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("Example Drive"), HasSubstr("must consent for the organization")));
  EXPECT_THAT(error.next_step,
              AllOf(HasSubstr("somebody with the role Cloud Administrator or Global Administrator"),
                    HasSubstr("client-1"), HasSubstr("https://console.example.com/apps"),
                    HasSubstr("Open Apps; Choose Approve"), HasSubstr("files.read mail")));
  const std::map<std::string, std::string> expected = {
      {"provider", "example-drive"},
      {"client_id", "client-1"},
      {"roles", "Cloud Administrator, Global Administrator"},
      {"console_url", "https://console.example.com/apps"},
      {"steps", "Open Apps\nChoose Approve"},
      {"consent_url", "https://login.example.com/con%2Ftoso/adminconsent?client_id=client-1"},
      {"scopes", "files.read mail"},
      {"meaning", "an administrator must consent for the organization"}};
  EXPECT_EQ(error.metadata, expected);
  EXPECT_THAT(error.next_step, HasSubstr(expected.at("consent_url")));
}

TEST(Approval, SaysWhatItCanWhereTheCatalogSaysLittle) {
  OAuthWorld world;
  world.parameters.clear(); // so the direct address cannot be filled in
  EXPECT_FALSE(approval_error(world.party(), "", {}).metadata.contains("consent_url"));
  world.profile.approval.reset();
  const Error error = approval_error(world.party(), "", {});
  EXPECT_EQ(error.next_step, "Ask an administrator to approve the application client-1; then connect again.");
}

struct SignCase {
  ApprovalSign sign;
  const char* body;
  bool matches;
};

TEST(Approval, IsKnownByItsSigns) {
  for (const SignCase& c : {
           SignCase{{"", "AADSTS90094", "m"}, R"({"error":"invalid_grant","error_codes":[90094]})", true},
           SignCase{{"", "90094", "m"}, R"({"error":"invalid_grant","error_codes":[90094]})", true},
           SignCase{
               {"", "AADSTS90094", "m"},
               R"({"error":"invalid_grant","error_description":"AADSTS90094: Admin consent is required."})",
               true},
           SignCase{{"", "AADSTS9009", "m"}, R"({"error":"invalid_grant","error_codes":[90094]})", false},
           SignCase{{"", "AADSTS9009", "m"},
                    R"({"error":"invalid_grant","error_description":"AADSTS90094: Admin"})",
                    false},
           SignCase{{"invalid_grant", "", "m"}, R"({"error":"invalid_grant"})", true},
           SignCase{{"INVALID_GRANT", "", "m"}, R"({"error":"invalid_grant"})", true},
           SignCase{{"invalid_client", "", "m"}, R"({"error":"invalid_grant"})", false},
           SignCase{{"invalid_grant", "not admin approved", "m"},
                    R"({"error":"invalid_grant","error_description":"User Not Admin Approved"})",
                    true},
           SignCase{{"invalid_grant", "not admin approved", "m"}, R"({"error":"invalid_grant"})", false},
           SignCase{{"", "invalid_rapt", "m"},
                    R"({"error":"invalid_grant","error_subtype":"invalid_rapt"})",
                    true},
           SignCase{{"", "consent_required", "m"},
                    R"({"error":"invalid_grant","suberror":"consent_required"})",
                    true},
           SignCase{{"", "", "m"}, R"({"error":"invalid_grant"})", false},
       }) {
    OAuthWorld world;
    world.add_sign(c.sign);
    const ExchangeError failed = world.failure(400, c.body);
    EXPECT_EQ(failed.failure, c.matches ? ExchangeFailure::kApproval : ExchangeFailure::kRefused)
        << c.sign.error << ' ' << c.sign.contains << ' ' << c.body;
    if (c.matches) {
      EXPECT_EQ(failed.error.reason, "ADMIN_APPROVAL_REQUIRED");
      EXPECT_EQ(failed.error.metadata.at("scopes"), "files.read") << "what was asked for";
    }
  }
}

TEST(Approval, SignsMayMeanSomebodyElse) {
  OAuthWorld world;
  world.add_sign({"", "AADSTS50173", "the password was changed", Who::kPerson});
  world.add_sign({"", "AADSTS7000222", "the client secret has expired", Who::kOperator});
  world.add_sign({"", "AADSTS90002", "there is no such tenant", Who::kOperator});
  const auto person = world.failure(400, R"({"error":"invalid_request","error_codes":[50173]})");
  EXPECT_EQ(person.failure, ExchangeFailure::kRefused);
  EXPECT_EQ(person.error.reason, "TOKEN_REFUSED");
  EXPECT_THAT(person.error.message, HasSubstr("the password was changed"));
  const auto secret = world.failure(401, R"({"error":"invalid_client","error_codes":[7000222]})");
  EXPECT_EQ(secret.failure, ExchangeFailure::kOperator);
  EXPECT_EQ(secret.error.reason, "CLIENT_REFUSED");
  const auto tenant = world.failure(400, R"({"error":"invalid_request","error_codes":[90002]})");
  EXPECT_EQ(tenant.failure, ExchangeFailure::kOperator);
  EXPECT_EQ(tenant.error.reason, "TOKEN_REQUEST_REFUSED");
}

TEST(Approval, AGrantIsNotGivenUpForWhatPassesByItself) {
  OAuthWorld world;
  world.add_sign({"", "already being processed", "another exchange has not ended", Who::kNobody});
  const auto busy = world.failure(
      400, R"({"error":"invalid_grant","error_description":"Token request is already being processed"})");
  EXPECT_EQ(busy.failure, ExchangeFailure::kTransient);
  EXPECT_EQ(busy.error.reason, "TOKEN_ENDPOINT_UNAVAILABLE");
  EXPECT_THAT(busy.error.message, HasSubstr("another exchange has not ended"));
}

TEST(Approval, FirstSignThatMatchesCounts) {
  OAuthWorld world;
  world.add_sign({"", "AADSTS65001", "an administrator must consent", Who::kAdministrator});
  world.add_sign({"invalid_grant", "", "the grant has ended", Who::kPerson});
  EXPECT_EQ(world.failure(400, R"({"error":"invalid_grant","error_codes":[65001]})").failure,
            ExchangeFailure::kApproval);
  EXPECT_EQ(world.failure(400, R"({"error":"invalid_grant"})").failure, ExchangeFailure::kRefused);
}

TEST(ConsentPage, RefusesInWordsThatMeanDifferentThings) {
  OAuthWorld world;
  world.add_sign({"admin_policy_enforced", "", "an administrator's policy blocks the application"});
  world.add_sign({"org_internal", "", "the application is another organization's", Who::kOperator});
  struct Case {
    AuthorizationAnswer answer;
    ExchangeFailure failure;
    const char* reason;
  };
  for (const Case& c :
       {Case{refused_by("access_denied"), ExchangeFailure::kRefused, "AUTHORIZATION_DENIED"},
        Case{refused_by("login_required"), ExchangeFailure::kRefused, "AUTHORIZATION_DENIED"},
        Case{refused_by("admin_policy_enforced"), ExchangeFailure::kApproval, "ADMIN_APPROVAL_REQUIRED"},
        Case{refused_by("org_internal"), ExchangeFailure::kOperator, "AUTHORIZATION_FAILED"},
        Case{refused_by("unauthorized_client"), ExchangeFailure::kOperator, "AUTHORIZATION_FAILED"},
        Case{refused_by("invalid_scope"), ExchangeFailure::kOperator, "AUTHORIZATION_FAILED"},
        Case{refused_by("unheard_of"), ExchangeFailure::kOperator, "AUTHORIZATION_FAILED"},
        Case{refused_by("server_error"), ExchangeFailure::kTransient, "AUTHORIZATION_UNAVAILABLE"},
        Case{refused_by("temporarily_unavailable"), ExchangeFailure::kTransient,
             "AUTHORIZATION_UNAVAILABLE"}}) {
    const ExchangeError failed = read_authorization_error(world.party(), c.answer, {"files.read"});
    EXPECT_EQ(failed.failure, c.failure) << c.answer.error;
    EXPECT_EQ(failed.error.reason, c.reason) << c.answer.error;
    EXPECT_EQ(failed.error.metadata.at("provider"), "example-drive");
  }
}

TEST(ConsentPage, OfEntraIsReadByTheNumberInItsDescription) {
  OAuthWorld world;
  world.add_sign({"", "AADSTS50105", "an administrator must assign the person to the application"});
  const ExchangeError failed = read_authorization_error(
      world.party(),
      refused_by("access_denied", "AADSTS50105: The signed in user is not assigned to a role."), {});
  EXPECT_EQ(failed.failure, ExchangeFailure::kApproval);
  EXPECT_EQ(failed.error.metadata.at("error_codes"), "AADSTS50105");
  EXPECT_EQ(failed.error.metadata.at("meaning"),
            "an administrator must assign the person to the application");
}

} // namespace
} // namespace circuit::credentials
