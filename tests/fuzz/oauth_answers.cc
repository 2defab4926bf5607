// What authorization servers and redirects say. The first byte chooses: a token endpoint's answer (then
// status, options, a Retry-After line, the body), or the address at which a person came back.

#include <algorithm>

#include "ingest/credentials/oauth.h"
#include "tests/fuzz/target.h"

namespace circuit::fuzz {
namespace {

using credentials::ExchangeError;
using credentials::ExchangeFailure;
using credentials::Tokens;

constexpr SystemTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr auto kLongest = std::chrono::hours(24) * 3661;
constexpr int kStatuses[] = {200, 201, 302, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 524};
// Lower case, as words of errors are compared.
constexpr std::string_view kSecret = "marker0of0secrets";

std::string with_secrets(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '~')
      out += kSecret;
    else
      out += c;
  }
  return out;
}

struct Provider {
  Provider() {
    profile.provider = "p";
    profile.display_name = "P";
    profile.approval = credentials::Approval{};
    profile.approval->signs = {
        {"access_denied", "policy", "a policy forbids it", credentials::ApprovalSign::Who::kAdministrator},
        {"", "AADSTS65001", "nobody has consented", credentials::ApprovalSign::Who::kAdministrator},
        {"", "AADSTS50173", "the password was changed", credentials::ApprovalSign::Who::kPerson},
        {"deleted_client", "", "it was deleted", credentials::ApprovalSign::Who::kOperator}};
    method.name = "oauth2";
    method.oauth = credentials::OAuthProfile{};
    method.oauth->captured = {{"instance_url", "instance_url"}, {"/team/id", "team_id"}};
    before.secrets.emplace("refresh_token", credentials::Secret("r0"));
  }
  credentials::OAuthParty party() const { return {profile, method, application, {}}; }

  credentials::Profile profile;
  credentials::Method method;
  credentials::OAuthApplication application;
  credentials::Credential before;
};

void require_silent(const Error& error) {
  std::string shown = error.to_string();
  for (const auto& [name, value] : error.metadata) shown += "\n" + name + "=" + value;
  require(shown.find(kSecret) == std::string::npos, "an error quotes no answer", shown);
}

bool fits_a_header(std::string_view token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

void require_usable(const Tokens& tokens) {
  const auto* access = tokens.credential.find("access_token");
  require(access && fits_a_header(access->reveal()), "there is an access token that a header can hold");
  const auto* refresh = tokens.credential.find("refresh_token");
  require(refresh && fits_a_header(refresh->reveal()), "a refresh token is never lost");
  if (tokens.expires_at)
    require(*tokens.expires_at > kNow && *tokens.expires_at < kNow + kLongest, "tokens end, and not in ages");
  for (const auto& [name, value] : tokens.properties)
    require(value.size() <= 2048 && value.find('\n') == std::string::npos, "a property is a line", name);
}

void require_fitting(const ExchangeError& failed, int status, std::string_view body) {
  require_clear(failed.error);
  require_silent(failed.error);
  const ErrorClass cls = failed.error.cls;
  const ExchangeFailure what = failed.failure;
  require((what == ExchangeFailure::kApproval) == (cls == ErrorClass::kAdminApproval),
          "approval is its own class");
  require((what == ExchangeFailure::kThrottled) == (cls == ErrorClass::kThrottled), "so is throttling");
  require((what == ExchangeFailure::kRefused) == (cls == ErrorClass::kAuth), "and a dead grant");
  if (what == ExchangeFailure::kThrottled)
    require(failed.error.retry_at && *failed.error.retry_at >= kNow, "patience has an end");
  if (status == 429) require(what == ExchangeFailure::kThrottled, "429 is throttling");
  if (status == 502 || status == 504) require(what == ExchangeFailure::kUnknown, "a gateway knows nothing");
  // Whatever shows no error word may be an answer that was cut.
  if (status < 300 && body.find("error") == body.npos && body.find("ok") == body.npos &&
      body.find('\\') == body.npos && body.find('%') == body.npos)
    require(what == ExchangeFailure::kUnknown, "a lost answer is no refusal", body);
}

void check_answer(Input& in) {
  Provider provider;
  const int status = kStatuses[in.byte() % std::size(kStatuses)];
  const unsigned options = in.byte();
  if (options & 1) provider.method.oauth->success_field = "ok";
  if (options & 2) provider.method.oauth->tokens_at = "/authed_user";
  if (options & 4) provider.method.oauth->access_token_lifetime = std::chrono::hours(1);
  http::Response response;
  response.status = status;
  if (const auto retry_after = in.line(); !retry_after.empty())
    response.headers.add("Retry-After", std::string(retry_after));
  response.body = with_secrets(in.rest());
  const std::string body = response.body;
  const auto read =
      credentials::read_tokens(provider.party(), std::move(response), &provider.before, {"s"}, kNow);
  if (const auto* tokens = std::get_if<Tokens>(&read)) {
    require(status < 300, "an error gives no tokens");
    return require_usable(*tokens);
  }
  const auto& failed = std::get<ExchangeError>(read);
  if (failed.error.message.find("of another type") == std::string::npos)
    require_fitting(failed, status, body);
}

std::string escaped(std::string_view value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : value) {
    out += '%';
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

void check_redirect(Input& in) {
  const std::string url = with_secrets(in.rest());
  const auto answer = credentials::read_redirect(url);
  if (!answer) {
    require_clear(answer.error());
    return require_silent(answer.error());
  }
  require(!answer->state.empty(), "an answer belongs to a question", url);
  require(answer->code.empty() != answer->error.empty(), "it is a code or an error", url);
  std::string again = "https://a.test/cb?state=" + escaped(answer->state);
  again += answer->code.empty() ? "&error=" + escaped(answer->error) : "&code=" + escaped(answer->code);
  if (again.size() <= 64 << 10) {
    const auto same = credentials::read_redirect(again);
    require(
        same && same->state == answer->state && same->code == answer->code && same->error == answer->error,
        "what was read reads the same when it is written again", url);
  }
  if (answer->error.empty()) return;
  const Provider provider;
  const auto failed = credentials::read_authorization_error(provider.party(), *answer, {"s"});
  require_clear(failed.error);
  require_silent(failed.error);
}

} // namespace

void check_input(std::string_view input) {
  Input in(input);
  in.byte() & 1 ? check_redirect(in) : check_answer(in);
}

} // namespace circuit::fuzz
