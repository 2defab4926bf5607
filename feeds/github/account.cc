#include "feeds/github/account.h"

#include <algorithm>
#include <chrono>

#include "ingest/state/error_message.h"
#include "ingest/sync/connection.h"
#include "ingest/text/dates.h"

namespace circuit::feeds::github {

namespace v1 = circuit::feeds::v1;

namespace {

// "repo, read:org"
std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view scope = text.substr(0, comma);
    while (scope.starts_with(' ')) scope.remove_prefix(1);
    while (scope.ends_with(' ')) scope.remove_suffix(1);
    if (!scope.empty()) scopes.emplace_back(scope);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return scopes;
}

// Classic tokens say their scopes; fine-grained ones and those of apps do not.
void add_scopes(const http::Response& response, v1::ConnectionReport& report) {
  if (!response.headers.has("X-OAuth-Scopes")) {
    report.add_notes(
        "A fine-grained token: which repositories and permissions it has shows when they are read. GitHub "
        "answers 404 to repositories outside of it.");
    return;
  }
  const auto scopes = split_scopes(response.headers.get("X-OAuth-Scopes"));
  for (const std::string& scope : scopes) report.add_granted_scopes(scope);
  if (std::ranges::find(scopes, "repo") != scopes.end()) return;
  auto* missing = report.add_missing_scopes();
  missing->set_scope("repo");
  missing->set_purpose("to read private repositories; public ones are read without");
  missing->set_capability("repositories");
}

// "2026-12-01 12:00:00 UTC", on tokens that end.
void add_expiration(const http::Response& response, v1::ConnectionReport& report) {
  const auto ends = text::parse_date(response.headers.get("github-authentication-token-expiration"));
  if (!ends) return;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*ends);
  report.mutable_credential_expires_at()->set_seconds(seconds.time_since_epoch().count());
  const auto now = text::parse_http_date(response.headers.get("Date"));
  constexpr auto kSoon = std::chrono::days(14);
  if (!now || *ends - *now > kSoon) return;
  const auto days = std::chrono::floor<std::chrono::days>(*ends - *now).count();
  report.add_notes("The token ends in " + std::to_string(days) +
                   " days; connect again with a new one before.");
}

void add_repositories(const Items<Repository>& page, const v1::BrowseRequest& request,
                      v1::BrowseResponse& response) {
  for (const Repository& repository : page.items) {
    if (!same_name(repository.owner, request.parent())) continue;
    if (repository.full_name.find(request.query()) == std::string::npos) continue;
    auto* item = response.add_items();
    item->set_id(repository.full_name);
    item->set_display_name(repository.full_name);
    item->set_kind("repository");
    (*item->mutable_details())["visibility"] = repository.visibility;
    (*item->mutable_details())["default_branch"] = repository.default_branch;
    if (repository.archived) (*item->mutable_details())["archived"] = "true";
    if (repository.fork) (*item->mutable_details())["fork"] = "true";
  }
}

void add_owner(const User& owner, const char* kind, const v1::BrowseRequest& request,
               v1::BrowseResponse& response) {
  if (owner.login.find(request.query()) == std::string::npos) return;
  auto* item = response.add_items();
  item->set_id(owner.login);
  item->set_display_name(owner.login);
  item->set_kind(kind);
  item->set_has_children(true);
}

} // namespace

Task<Result<v1::ConnectionReport>> GitHubAccount::check(sync::Api& api) {
  v1::ConnectionReport report;
  report.set_connection(connection_.name());
  auto response = co_await client_.user(api);
  if (!response) {
    if (!sync::is_about_the_credential(response.error())) co_return std::move(response).error();
    *report.mutable_error() = circuit::state::to_message(response.error());
    co_return report;
  }
  if (response->status != 200) {
    Error error = status_error(*response, "the token's user", false);
    if (!sync::is_about_the_credential(error)) co_return error;
    *report.mutable_error() = circuit::state::to_message(error);
    co_return report;
  }
  auto user = read_user(response->body);
  if (!user) co_return std::move(user).error();
  report.set_account(user->login);
  report.set_works(true);
  add_scopes(*response, report);
  add_expiration(*response, report);
  co_return report;
}

Task<Result<v1::BrowseResponse>> GitHubAccount::browse(sync::Api& api, v1::BrowseRequest request) {
  v1::BrowseResponse response;
  if (request.parent().empty()) {
    if (request.page_token().empty()) {
      auto me = co_await client_.user(api);
      if (!me) co_return std::move(me).error();
      if (me->status != 200) co_return status_error(*me, "the token's user", false);
      auto user = read_user(me->body);
      if (!user) co_return std::move(user).error();
      add_owner(*user, "user", request, response);
    }
    std::string url = request.page_token().empty() ? client_.organizations() : request.page_token();
    auto page = co_await client_.owners(api, std::move(url));
    if (!page) co_return std::move(page).error();
    for (const User& owner : page->value.items) add_owner(owner, "organization", request, response);
    response.set_next_page_token(page->next);
    co_return response;
  }
  if (!is_owner_name(request.parent())) { // repositories hold nothing that can be selected
    co_return response;
  }
  std::string url =
      request.page_token().empty() ? client_.of_organization(request.parent()) : request.page_token();
  auto page = co_await client_.repositories(api, std::move(url));
  if (!page && page.error().cls == ErrorClass::kNotFound && request.page_token().empty()) { // a person
    const bool own = same_name(request.parent(), connection_.account());
    std::string others = own ? client_.of_token() : client_.of_user(request.parent());
    page = co_await client_.repositories(api, std::move(others));
  }
  if (!page) co_return std::move(page).error();
  add_repositories(page->value, request, response);
  response.set_next_page_token(page->next);
  co_return response;
}

} // namespace circuit::feeds::github
