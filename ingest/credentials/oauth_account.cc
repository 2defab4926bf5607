// Whose account a connection is.

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "ingest/credentials/oauth.h"
#include "ingest/credentials/oauth_answer_body.h"
#include "ingest/credentials/oauth_failures.h"
#include "ingest/credentials/oauth_token_request.h"
#include "ingest/credentials/web_encoding.h"
#include "ingest/text/url.h"

namespace circuit::credentials {
namespace {

const Secret* token_of(const Credential& credential) {
  const Secret* token = credential.find("access_token");
  return token ? token : credential.find("token");
}

Error lookup_error(const OAuthParty& party, ErrorClass cls, const char* reason, const std::string& what,
                   const char* next_step, int status) {
  return make_error(cls, reason, party.profile.display_name + " " + what, next_step)
      .with("provider", party.profile.provider)
      .with("status", std::to_string(status));
}

Error account_unreadable(const OAuthParty& party, int status) {
  return lookup_error(party, ErrorClass::kInvalid, "ACCOUNT_UNREADABLE",
                      "does not say whose account this is in a way that can be read",
                      "Check the connection's parameters: another service may answer at its address.",
                      status);
}

Error account_refused(const OAuthParty& party, int status) {
  if (status == 401) {
    return lookup_error(party, ErrorClass::kAuth, "CREDENTIAL_REFUSED", "does not accept the credential",
                        "Connect again, with a credential that is valid.", status);
  }
  if (status == 403) {
    return lookup_error(party, ErrorClass::kPermission, "ACCOUNT_FORBIDDEN",
                        "does not let the credential read whose account it is",
                        "Give it the permissions that the provider's page names.", status);
  }
  if (status == 429) {
    return lookup_error(party, ErrorClass::kThrottled, "PROVIDER_THROTTLED", "asks for patience",
                        "Try again later.", status);
  }
  if (status >= 500 || status == 408) {
    return lookup_error(party, ErrorClass::kTransient, "ACCOUNT_LOOKUP_FAILED",
                        "cannot say whose account this is at the moment", "It is tried again later.", status);
  }
  return account_unreadable(party, status);
}

} // namespace

Result<std::optional<http::Request>> account_request(const OAuthParty& party, const Credential& credential) {
  using Maybe = std::optional<http::Request>;
  const Method& method = party.method;
  if (method.account.url.empty() || method.application == Application::kSigner) return Maybe();
  auto url = endpoint_url(party, method.account.url);
  if (!url) return std::move(url).error();
  http::Request request = provider_request(party, "GET", std::move(*url));
  request.idempotent = true;
  const auto headers = fixed_parameters(party, method.headers);
  if (!headers) return headers.error();
  for (const auto& [name, value] : *headers) request.headers.set(name, value);

  if (method.application != Application::kNone) {
    const Secret* token = token_of(credential);
    if (!token) return secret_missing(party, "token");
    if (method.application == Application::kBasic) {
      const auto user = fill_in("{" + method.username_parameter + "}", party.values, false);
      if (!user) return user.error();
      request.headers.set("Authorization", basic_authorization(*user, *token));
    } else {
      request.headers.set("Authorization", bearer_authorization(*token));
    }
  }
  return Maybe(std::move(request));
}

std::string without_slash(std::string url) {
  if (url.ends_with('/')) url.pop_back();
  return url;
}

Error account_ambiguous(const OAuthParty& party, const std::vector<std::string>& choices,
                        const std::string& wanted) {
  const std::string& parameter = party.method.account.choose_parameter;
  std::string listed;
  for (const auto& choice : choices) {
    // An answer may echo anything: only what is an address goes into a message.
    const auto parts = text::split_url(choice);
    if (!parts || !parts->user_info.empty() || !parts->query.empty()) continue;
    if (!listed.empty()) listed += ", ";
    listed += choice;
  }
  const std::string what =
      wanted.empty() ? "reaches several: " : "does not reach " + wanted + ", but these: ";
  return make_error(ErrorClass::kInvalid, "ACCOUNT_AMBIGUOUS",
                    "what was authorized at " + party.profile.display_name + " " + what + listed,
                    "Connect again with the parameter " + parameter + " set to the one that is meant" +
                        (wanted.empty() ? "." : ", and choose that one on the page for consent."))
      .with("provider", party.profile.provider)
      .with("field", parameter);
}

// Leaves the entry that is meant alone in the list.
Result<void> choose(const OAuthParty& party, boost::json::array& entries) {
  constexpr size_t kMostNamed = 10;
  const AccountLookup& lookup = party.method.account;
  const auto given = party.values.find(lookup.choose_parameter);
  const std::string wanted = given == party.values.end() ? "" : without_slash(given->second);
  std::vector<std::string> choices;
  for (size_t i = 0; i < entries.size(); ++i) {
    std::string address = without_slash(text_at(entries[i], lookup.choose_by).value_or(""));
    if (wanted.empty() ? entries.size() == 1 : address == wanted) {
      boost::json::value chosen = std::move(entries[i]);
      entries.clear();
      entries.push_back(std::move(chosen));
      return {};
    }
    if (choices.size() < kMostNamed) choices.push_back(std::move(address));
  }
  return account_ambiguous(party, choices, wanted);
}

Result<AccountFacts> read_account(const OAuthParty& party, const http::Response& response) {
  const AccountLookup& lookup = party.method.account;
  if (response.status < 200 || response.status >= 300) return account_refused(party, response.status);
  auto body = read_json(response.body);
  if (!body || (!body->is_object() && !body->is_array())) return account_unreadable(party, response.status);
  if (body->is_array() && body->get_array().empty() && lookup.empty_list_needs_approval) {
    return approval_error(party, "no site that this account can reach has approved the application", {});
  }
  if (body->is_array() && !lookup.choose_by.empty()) {
    if (auto chosen = choose(party, body->get_array()); !chosen) return std::move(chosen).error();
  }
  // Slack answers 200 to a token that it does not know.
  if (body->is_object()) {
    const std::string success = party.method.oauth ? party.method.oauth->success_field : "";
    if (error_in(body->get_object(), success, response.status)) return account_refused(party, 401);
  }
  AccountFacts facts;
  if (!lookup.account.empty()) facts.account = text_at(*body, lookup.account).value_or("");
  for (const auto& [pointer, property] : lookup.properties) {
    if (auto value = text_at(*body, pointer); value && !value->empty())
      facts.properties.insert_or_assign(property, std::move(*value));
  }
  return facts;
}

} // namespace circuit::credentials
