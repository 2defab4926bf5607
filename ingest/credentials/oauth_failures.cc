#include "ingest/credentials/oauth_failures.h"

#include <algorithm>

#include "ingest/credentials/oauth_error_words.h"
#include "ingest/http/retry_after.h"

namespace circuit::credentials {
namespace {

constexpr Duration kPatienceUnasked = std::chrono::minutes(1);

// Of the transport's errors: those of before anything was sent. All others may hide an exchange that took
// place.
constexpr std::string_view kNotSent[] = {
    "CONNECT_FAILED",     "DNS_FAILED",       "TLS_HANDSHAKE_FAILED",   "OUT_OF_DESCRIPTORS",
    "PROVIDER_THROTTLED", "HEADER_MALFORMED", "TLS_CERTIFICATE_INVALID"};
// Those that stay until somebody changes a setting.
constexpr std::string_view kNeverSent[] = {"HOST_REFUSED", "ADDRESS_REFUSED", "URL_MALFORMED",
                                           "URL_SCHEME_REFUSED", "CA_FILE_UNREADABLE"};

template <size_t N>
bool is_one_of(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

ExchangeError failure(ExchangeFailure what, Error error) { return {what, std::move(error)}; }

ExchangeError exchange_refused(const OAuthParty& party, const std::string& why) {
  const std::string& name = party.profile.display_name;
  return failure(
      ExchangeFailure::kRefused,
      make_error(ErrorClass::kAuth, "TOKEN_REFUSED",
                 name + " gives no tokens for this connection any more" + why, "Connect the account again."));
}

ExchangeError client_refused(const OAuthParty& party, const std::string& why) {
  const std::string& name = party.profile.display_name;
  return failure(ExchangeFailure::kOperator,
                 make_error(ErrorClass::kInvalid, "CLIENT_REFUSED",
                            name + " does not accept the application that this worker is to it" + why,
                            "Check the client id and secret, key or certificate that are configured for " +
                                name + ": a secret or certificate may have expired."));
}

ExchangeError request_refused(const OAuthParty& party, const std::string& why) {
  const std::string& name = party.profile.display_name;
  return failure(ExchangeFailure::kOperator,
                 make_error(ErrorClass::kInvalid, "TOKEN_REQUEST_REFUSED",
                            name + " refuses the request for tokens" + why,
                            "Check how the application is registered at " + name +
                                " (redirect address, scopes, grant types) and the connection's parameters."));
}

ExchangeError unavailable(const OAuthParty& party, const std::string& why) {
  return failure(ExchangeFailure::kTransient,
                 make_error(ErrorClass::kTransient, "TOKEN_ENDPOINT_UNAVAILABLE",
                            party.profile.display_name + " cannot give tokens at the moment" + why,
                            "It is tried again later."));
}

ExchangeError outcome_unknown(const OAuthParty& party, const std::string& why) {
  return failure(ExchangeFailure::kUnknown,
                 make_error(ErrorClass::kTransient, "TOKEN_OUTCOME_UNKNOWN",
                            "whether " + party.profile.display_name + " gave new tokens is not known: " + why,
                            "It is tried again; if that is refused, connect the account again."));
}

ExchangeError throttled_exchange(const OAuthParty& party, const http::Response& response, SystemTime now) {
  return failure(ExchangeFailure::kThrottled, throttled(party, response, now));
}

ExchangeError by_meaning(const OAuthParty& party, ErrorMeaning meaning, const std::string& why,
                         const http::Response& response, SystemTime now) {
  switch (meaning) {
    case ErrorMeaning::kGrantDead:
      return exchange_refused(party, why);
    case ErrorMeaning::kClientWrong:
      return client_refused(party, why);
    case ErrorMeaning::kRequestWrong:
      return request_refused(party, why);
    case ErrorMeaning::kPasses:
      return unavailable(party, why);
    case ErrorMeaning::kThrottled:
      return throttled_exchange(party, response, now);
    case ErrorMeaning::kMayHaveHappened:
      break;
  }
  return outcome_unknown(party, "it failed while it answered" + why);
}

ExchangeError by_sign(const OAuthParty& party, const ApprovalSign& sign, const KnownError* known,
                      const std::string& why, const std::vector<std::string>& asked) {
  const std::string meaning = sign.meaning.empty() ? why : ": " + sign.meaning + why;
  switch (sign.who) {
    case ApprovalSign::Who::kPerson:
      return exchange_refused(party, meaning);
    case ApprovalSign::Who::kOperator:
      return known && known->meaning == ErrorMeaning::kClientWrong ? client_refused(party, meaning)
                                                                   : request_refused(party, meaning);
    case ApprovalSign::Who::kNobody:
      return unavailable(party, meaning);
    case ApprovalSign::Who::kAdministrator:
      break;
  }
  return failure(ExchangeFailure::kApproval, approval_error(party, sign.meaning, asked));
}

ExchangeError described(ExchangeError failed, const OAuthParty& party, const ErrorAnswer& answer,
                        int status) {
  failed.error.metadata.emplace("provider", party.profile.provider);
  failed.error.metadata.emplace("status", std::to_string(status));
  add_evidence(failed.error, answer);
  return failed;
}

} // namespace

Error throttled(const OAuthParty& party, const http::Response& response, SystemTime now) {
  Error error = make_error(ErrorClass::kThrottled, "PROVIDER_THROTTLED",
                           party.profile.display_name + " asks for patience",
                           "It is tried again at the time that it names.")
                    .with("provider", party.profile.provider)
                    .with("status", std::to_string(response.status));
  error.retry_at = now + http::retry_after(response.headers, now).value_or(kPatienceUnasked);
  return error;
}

ExchangeError transport_failure(const OAuthParty& party, const Error& error) {
  if (error.cls == ErrorClass::kThrottled) return failure(ExchangeFailure::kThrottled, error);
  Error told = Error(error)
                   .with("provider", party.profile.provider)
                   .while_doing("while asking " + party.profile.display_name + " for tokens");
  if (is_one_of(kNotSent, error.reason)) return failure(ExchangeFailure::kTransient, std::move(told));
  if (is_one_of(kNeverSent, error.reason)) return failure(ExchangeFailure::kOperator, std::move(told));
  return failure(ExchangeFailure::kUnknown, std::move(told));
}

ExchangeError refused_exchange(const OAuthParty& party, const ErrorAnswer& answer,
                               const http::Response& response, const std::vector<std::string>& asked,
                               SystemTime now) {
  const int status = response.status;
  const KnownError* known = known_error(answer.error);
  const std::string why = evidence(answer);
  const auto told = [&](ExchangeError failed) { return described(std::move(failed), party, answer, status); };
  // These statuses come from whatever stands before the server, and say more than the body.
  if (status == 429 || status == 502 || status == 503 || status == 504)
    return told(unreadable_exchange(party, response, now));
  if (const ApprovalSign* sign = matching_sign(party.profile, answer))
    return told(by_sign(party, *sign, known, why, asked));
  if (known) return told(by_meaning(party, known->meaning, why, response, now));
  if (status >= 500) return told(unreadable_exchange(party, response, now));
  if (status == 401) return told(client_refused(party, why));
  return told(request_refused(party, why));
}

ExchangeError unreadable_exchange(const OAuthParty& party, const http::Response& response, SystemTime now) {
  const int status = response.status;
  const std::string why = " (status " + std::to_string(status) + ")";
  const auto told = [&](ExchangeError failed) { return described(std::move(failed), party, {}, status); };
  if (status == 429 || (status == 503 && response.headers.has("Retry-After")))
    return throttled_exchange(party, response, now);
  if (status == 503 || status == 408) return told(unavailable(party, why));
  if (status == 401) return told(client_refused(party, why));
  if (status == 404 || status == 405 || status == 410) return told(request_refused(party, why));
  // Before the server, a proxy or a firewall said no: nothing took place.
  if (status >= 300 && status < 500) return told(unavailable(party, why));
  return told(outcome_unknown(party, "its answer cannot be read" + why));
}

ExchangeError unusable_tokens(const OAuthParty& party, const std::string& why) {
  ExchangeError failed = request_refused(party, ": " + why);
  failed.error.metadata.emplace("provider", party.profile.provider);
  return failed;
}

} // namespace circuit::credentials
