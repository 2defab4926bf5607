#include "ingest/credentials/oauth_error_words.h"

#include <vector>

#include "ingest/credentials/oauth_token_request.h"

namespace circuit::credentials {
namespace {

// RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6, RFC 6750, RFC 8707, and what providers say
// besides. In lower case.
constexpr KnownError kKnownErrors[] = {
    {"invalid_grant", ErrorMeaning::kGrantDead},
    {"access_denied", ErrorMeaning::kGrantDead},
    {"invalid_token", ErrorMeaning::kGrantDead},
    {"interaction_required", ErrorMeaning::kGrantDead}, // Entra: MFA, a policy, a new sign-in
    {"login_required", ErrorMeaning::kGrantDead},
    {"consent_required", ErrorMeaning::kGrantDead},
    {"account_selection_required", ErrorMeaning::kGrantDead},
    {"bad_verification_code", ErrorMeaning::kGrantDead}, // GitHub: the code
    {"bad_refresh_token", ErrorMeaning::kGrantDead},     // GitHub, HubSpot
    {"bad_auth_code", ErrorMeaning::kGrantDead},         // HubSpot
    {"unverified_user_email", ErrorMeaning::kGrantDead}, // GitHub
    {"invalid_code", ErrorMeaning::kGrantDead},          // Slack
    {"code_already_used", ErrorMeaning::kGrantDead},
    {"code_expired", ErrorMeaning::kGrantDead},
    {"invalid_refresh_token", ErrorMeaning::kGrantDead},
    {"token_expired", ErrorMeaning::kGrantDead},
    {"token_revoked", ErrorMeaning::kGrantDead},
    {"account_inactive", ErrorMeaning::kGrantDead},
    {"inactive_user", ErrorMeaning::kGrantDead}, // Salesforce
    {"inactive_org", ErrorMeaning::kGrantDead},
    {"invalid_client", ErrorMeaning::kClientWrong},
    {"unauthorized_client", ErrorMeaning::kClientWrong},
    {"deleted_client", ErrorMeaning::kClientWrong},               // Google
    {"incorrect_client_credentials", ErrorMeaning::kClientWrong}, // GitHub
    {"application_suspended", ErrorMeaning::kClientWrong},
    {"bad_client_id", ErrorMeaning::kClientWrong}, // HubSpot, Slack
    {"bad_client_secret", ErrorMeaning::kClientWrong},
    {"invalid_client_id", ErrorMeaning::kClientWrong},          // Slack, Salesforce
    {"invalid_client_credentials", ErrorMeaning::kClientWrong}, // Salesforce
    {"invalid_request", ErrorMeaning::kRequestWrong},
    {"invalid_scope", ErrorMeaning::kRequestWrong},
    {"invalid_resource", ErrorMeaning::kRequestWrong},
    {"invalid_target", ErrorMeaning::kRequestWrong},
    {"unsupported_grant_type", ErrorMeaning::kRequestWrong},
    {"unsupported_response_type", ErrorMeaning::kRequestWrong},
    {"redirect_uri_mismatch", ErrorMeaning::kRequestWrong},
    {"bad_redirect_uri", ErrorMeaning::kRequestWrong}, // Slack
    {"validation_error", ErrorMeaning::kRequestWrong}, // Notion
    {"temporarily_unavailable", ErrorMeaning::kPasses},
    {"server_error", ErrorMeaning::kPasses},
    {"service_unavailable", ErrorMeaning::kPasses},
    {"slow_down", ErrorMeaning::kThrottled},
    {"ratelimited", ErrorMeaning::kThrottled},  // Slack
    {"rate_limited", ErrorMeaning::kThrottled}, // Notion
    {"rate_limit_exceeded", ErrorMeaning::kThrottled},
    {"too_many_requests", ErrorMeaning::kThrottled},
    {"fatal_error", ErrorMeaning::kMayHaveHappened}, // Slack: "some aspect" of it may have succeeded
    {"internal_error", ErrorMeaning::kMayHaveHappened},
    {"internal_failure", ErrorMeaning::kMayHaveHappened}, // Google
    {"request_timeout", ErrorMeaning::kMayHaveHappened},
};

} // namespace

const KnownError* known_error(const std::string& error) {
  for (const KnownError& known : kKnownErrors) {
    if (known.error == error) return &known;
  }
  return nullptr;
}

std::string evidence(const ErrorAnswer& answer) {
  std::vector<std::string> words;
  if (const KnownError* known = known_error(answer.error)) words.emplace_back(known->error);
  words.insert(words.end(), answer.codes.begin(), answer.codes.end());
  return words.empty() ? "" : " (" + joined(words, ", ") + ")";
}

void add_evidence(Error& error, const ErrorAnswer& answer) {
  if (const KnownError* known = known_error(answer.error)) error.metadata.emplace("error", known->error);
  if (!answer.codes.empty()) error.metadata.emplace("error_codes", joined(answer.codes, " "));
}

} // namespace circuit::credentials
