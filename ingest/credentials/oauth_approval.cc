// What an administrator has to do, so that whoever reads it can forward it.

#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_error_words.h"
#include "ingest/credentials/oauth_token_request.h"
#include "ingest/credentials/web_encoding.h"

namespace circuit::credentials {
namespace {

std::string any_of_roles(const std::vector<std::string>& roles) {
  if (roles.empty()) return "an administrator";
  std::string out = "somebody with the role " + roles.front();
  for (size_t i = 1; i < roles.size(); ++i) out += (i + 1 == roles.size() ? " or " : ", ") + roles[i];
  return out;
}

// Empty where the catalog has none, or where this connection does not say for which organization.
std::string direct_consent_url(const OAuthParty& party, const Approval& approval,
                               const std::string& client_id) {
  if (approval.direct_url.empty()) return "";
  TemplateValues values = party.values;
  if (!client_id.empty()) values.insert_or_assign("client_id", client_id);
  auto url = fill_in(approval.direct_url, values, true);
  return url ? *url : "";
}

std::string what_to_do(const Approval& approval, const std::string& consent_url, const std::string& client_id,
                       const std::string& scopes) {
  std::string text = "Ask " + any_of_roles(approval.roles) + " to approve";
  text += client_id.empty() ? " the application" : " the application " + client_id;
  if (!consent_url.empty()) text += " at " + consent_url;
  if (!approval.console_url.empty())
    text += std::string(consent_url.empty() ? " at " : ", or in the console at ") + approval.console_url;
  if (!approval.steps.empty()) text += " (" + joined(approval.steps, "; ") + ")";
  if (!scopes.empty()) text += ", with the scopes " + scopes;
  return text + "; then connect again.";
}

void put(Error& error, const char* name, const std::string& value) {
  if (!value.empty()) error.metadata.insert_or_assign(name, value);
}

ExchangeError denied(const OAuthParty& party, const std::string& why) {
  return {ExchangeFailure::kRefused,
          make_error(ErrorClass::kAuth, "AUTHORIZATION_DENIED",
                     party.profile.display_name + " was not authorized" + why,
                     "Connect again, and accept on the page of " + party.profile.display_name + ".")};
}

ExchangeError not_registered(const OAuthParty& party, const std::string& why) {
  return {ExchangeFailure::kOperator,
          make_error(ErrorClass::kInvalid, "AUTHORIZATION_FAILED",
                     party.profile.display_name + " does not take the request for authorization" + why,
                     "Check how the application is registered at " + party.profile.display_name +
                         " (redirect address, scopes) and the connection's parameters.")};
}

ExchangeError authorization_unavailable(const OAuthParty& party, const std::string& why) {
  return {ExchangeFailure::kTransient,
          make_error(ErrorClass::kTransient, "AUTHORIZATION_UNAVAILABLE",
                     party.profile.display_name + " cannot authorize anybody at the moment" + why,
                     "Connect again in a few minutes.")};
}

ExchangeError consent_error(const OAuthParty& party, const ErrorAnswer& answer,
                            const std::vector<std::string>& asked) {
  const std::string why = evidence(answer);
  if (const ApprovalSign* sign = matching_sign(party.profile, answer)) {
    const std::string meaning = sign->meaning.empty() ? why : ": " + sign->meaning + why;
    switch (sign->who) {
      case ApprovalSign::Who::kPerson:
        return denied(party, meaning);
      case ApprovalSign::Who::kOperator:
        return not_registered(party, meaning);
      case ApprovalSign::Who::kNobody:
        return authorization_unavailable(party, meaning);
      case ApprovalSign::Who::kAdministrator:
        break;
    }
    return {ExchangeFailure::kApproval, approval_error(party, sign->meaning, asked)};
  }
  const KnownError* known = known_error(answer.error);
  if (!known) return not_registered(party, why);
  switch (known->meaning) {
    case ErrorMeaning::kGrantDead:
      return denied(party, why);
    case ErrorMeaning::kClientWrong:
    case ErrorMeaning::kRequestWrong:
      return not_registered(party, why);
    case ErrorMeaning::kPasses:
    case ErrorMeaning::kThrottled:
    case ErrorMeaning::kMayHaveHappened:
      break;
  }
  return authorization_unavailable(party, why);
}

} // namespace

ExchangeError read_authorization_error(const OAuthParty& party, const AuthorizationAnswer& answer,
                                       const std::vector<std::string>& asked) {
  ErrorAnswer said;
  said.error = lower_case(answer.error);
  said.description = answer.error_description;
  said.subtype = answer.error_subtype;
  said.codes = entra_codes(answer.error_description);
  ExchangeError failed = consent_error(party, said, asked);
  failed.error.metadata.emplace("provider", party.profile.provider);
  add_evidence(failed.error, said);
  return failed;
}

Error approval_error(const OAuthParty& party, const std::string& meaning,
                     const std::vector<std::string>& scopes) {
  const Approval approval = party.profile.approval.value_or(Approval{});
  const auto id = client_id_of(party);
  const std::string client_id = id ? *id : "";
  const std::string consent_url = direct_consent_url(party, approval, client_id);
  const std::string scope_list = joined(scopes, " ");
  Error error = make_error(ErrorClass::kAdminApproval, "ADMIN_APPROVAL_REQUIRED",
                           "an administrator must let this application use " + party.profile.display_name +
                               (meaning.empty() ? "" : ": " + meaning),
                           what_to_do(approval, consent_url, client_id, scope_list));
  put(error, "provider", party.profile.provider);
  put(error, "client_id", client_id);
  put(error, "roles", joined(approval.roles, ", "));
  put(error, "console_url", approval.console_url);
  put(error, "steps", joined(approval.steps, "\n"));
  put(error, "consent_url", consent_url);
  put(error, "scopes", scope_list);
  put(error, "meaning", meaning);
  return error;
}

} // namespace circuit::credentials
