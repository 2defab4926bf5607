#include "feeds/github/client.h"

#include <utility>

#include "ingest/text/percent.h"
#include "ingest/text/url.h"

namespace circuit::feeds::github {
namespace {

constexpr const char* kJson = "application/vnd.github+json";
constexpr const char* kRaw = "application/vnd.github.raw+json";
constexpr int kRepositoriesPage = 100;

http::Request request_for(std::string url, const char* accept) {
  // A repository that was renamed or transferred, and then renamed once more.
  constexpr int kRedirects = 5;
  http::Request request;
  request.url = std::move(url);
  request.headers.set("Accept", accept);
  request.headers.set("X-GitHub-Api-Version", "2022-11-28");
  request.max_redirects = kRedirects;
  request.patience = patience;
  return request;
}

Error foreign_page() {
  return make_error(ErrorClass::kTransient, "GITHUB_BAD_ANSWER", "GitHub named a next page on another server",
                    "Check the connection's base_url; if it is right, report this.");
}

std::string listing(const std::string& base, const std::string& repository, const char* what,
                    const std::string& since, int page_size) {
  std::string url = base + "/repos/" + repository + what +
                    "sort=updated&direction=asc&per_page=" + std::to_string(page_size);
  if (!since.empty()) url += "&since=" + since; // digits, '-', ':', 'T' and 'Z'
  return url;
}

// Reads the body, and what the headers say about it.
template <class T>
Result<Answer<T>> answer(const http::Response& response, Result<T> value) {
  Answer<T> out;
  out.not_modified = response.status == 304;
  if (out.not_modified) return out;
  if (!value) return std::move(value).error();
  out.value = *std::move(value);
  out.validators = {std::string(response.headers.get("ETag")), response.url};
  out.next = next_link(response.headers.get("Link"));
  return out;
}

template <class T>
Result<T> unless_unchanged(const http::Response& response, Result<T> (*read)(std::string_view)) {
  if (response.status == 304) return T{};
  return read(response.body);
}

} // namespace

bool Client::is_ours(const std::string& url) const {
  return text::url_origin(url) == text::url_origin(base_url_);
}

Task<Result<http::Response>> Client::get(sync::Api& api, std::string url, Validators known,
                                         std::string what) const {
  if (!is_ours(url)) co_return foreign_page();
  http::Request request = request_for(std::move(url), kJson);
  if (!known.etag.empty() && !known.url.empty()) {
    request.headers.set("If-None-Match", known.etag);
    request.validators_url = known.url;
  }
  const bool paged = request.url.find("page=") != std::string::npos;
  auto response = co_await api.fetch(std::move(request));
  if (!response) co_return std::move(response).error();
  if (response->status != 200 && response->status != 304) co_return status_error(*response, what, paged);
  co_return std::move(response);
}

Task<Result<Answer<Repository>>> Client::repository(sync::Api& api, std::string full_name,
                                                    Validators known) const {
  std::string url = base_url_ + "/repos/" + full_name;
  std::string what = "repository " + full_name;
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, read_repository));
}

Task<Result<Repository>> Client::repository_by_id(sync::Api& api, int64_t id) const {
  std::string url = base_url_ + "/repositories/" + std::to_string(id);
  std::string what = "repository " + std::to_string(id);
  Validators none;
  auto response = co_await get(api, std::move(url), std::move(none), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return read_repository(response->body);
}

std::string Client::of_organization(const std::string& owner) const {
  return base_url_ + "/orgs/" + owner + "/repos?type=all&per_page=" + std::to_string(kRepositoriesPage);
}

std::string Client::of_user(const std::string& owner) const {
  return base_url_ + "/users/" + owner + "/repos?type=owner&per_page=" + std::to_string(kRepositoriesPage);
}

std::string Client::of_token() const {
  return base_url_ + "/user/repos?affiliation=owner,collaborator,organization_member&per_page=" +
         std::to_string(kRepositoriesPage);
}

Task<Result<Answer<Items<Repository>>>> Client::repositories(sync::Api& api, std::string url) const {
  std::string what = "the list of repositories";
  Validators none;
  auto response = co_await get(api, std::move(url), std::move(none), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, read_repositories(response->body));
}

std::string Client::organizations() const {
  return base_url_ + "/user/orgs?per_page=" + std::to_string(kRepositoriesPage);
}

Task<Result<Answer<Items<User>>>> Client::owners(sync::Api& api, std::string url) const {
  std::string what = "the list of organizations";
  Validators none;
  auto response = co_await get(api, std::move(url), std::move(none), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, read_owners(response->body));
}

Task<Result<Answer<std::string>>> Client::head(sync::Api& api, std::string repository, std::string branch,
                                               Validators known) const {
  std::string url =
      base_url_ + "/repos/" + repository + "/git/ref/heads/" + text::percent_encoded(branch, "/");
  std::string what = "branch " + branch + " of " + repository;
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, read_ref));
}

Task<Result<Tree>> Client::tree(sync::Api& api, std::string repository, std::string id,
                                bool recursive) const {
  std::string url =
      base_url_ + "/repos/" + repository + "/git/trees/" + id + (recursive ? "?recursive=1" : "");
  std::string what = "tree " + id + " of " + repository;
  Validators none;
  auto response = co_await get(api, std::move(url), std::move(none), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return read_tree(response->body);
}

Task<Result<Comparison>> Client::compare(sync::Api& api, std::string repository, std::string base,
                                         std::string head) const {
  std::string url = base_url_ + "/repos/" + repository + "/compare/" + base + "..." + head;
  std::string what = "the changes of " + repository;
  Validators none;
  auto response = co_await get(api, std::move(url), std::move(none), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return read_comparison(response->body);
}

Task<Result<http::Response>> Client::blob(sync::Api& api, std::string repository, std::string sha,
                                          uint64_t max_bytes, bool streamed) const {
  http::Request request = request_for(base_url_ + "/repos/" + repository + "/git/blobs/" + sha, kRaw);
  request.max_body_bytes = max_bytes;
  request.stream_body = streamed;
  auto response = co_await api.fetch(std::move(request));
  if (!response) co_return std::move(response).error();
  if (response->status != 200) co_return status_error(*response, "a file of " + repository, false);
  co_return std::move(response);
}

std::string Client::issues_since(const std::string& repository, const std::string& since,
                                 int page_size) const {
  return listing(base_url_, repository, "/issues?state=all&", since, page_size);
}

std::string Client::issue_comments_since(const std::string& repository, const std::string& since,
                                         int page_size) const {
  return listing(base_url_, repository, "/issues/comments?", since, page_size);
}

std::string Client::review_comments_since(const std::string& repository, const std::string& since,
                                          int page_size) const {
  return listing(base_url_, repository, "/pulls/comments?", since, page_size);
}

std::string Client::releases_of(const std::string& repository, int page_size) const {
  return base_url_ + "/repos/" + repository + "/releases?per_page=" + std::to_string(page_size);
}

std::string Client::reviews_of(const std::string& repository, int64_t pull_request, int page_size) const {
  return base_url_ + "/repos/" + repository + "/pulls/" + std::to_string(pull_request) +
         "/reviews?per_page=" + std::to_string(page_size);
}

std::string Client::pull_requests_of(const std::string& repository, int page_size) const {
  return base_url_ + "/repos/" + repository +
         "/pulls?state=all&sort=updated&direction=desc&per_page=" + std::to_string(page_size);
}

Task<Result<Answer<Items<Issue>>>> Client::pull_requests(sync::Api& api, std::string url,
                                                         Validators known) const {
  std::string what = "the list of pull requests";
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, read_pull_requests_list));
}

Task<Result<Answer<Items<Issue>>>> Client::issues(sync::Api& api, std::string url, Validators known) const {
  std::string what = "the list of issues";
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, read_issues));
}

Task<Result<Answer<Items<Comment>>>> Client::comments(sync::Api& api, std::string url,
                                                      Validators known) const {
  std::string what = "the list of comments";
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, read_comments));
}

Task<Result<Answer<Items<Release>>>> Client::releases(sync::Api& api, std::string url,
                                                      Validators known) const {
  std::string what = "the list of releases";
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, read_releases));
}

Task<Result<Answer<Items<Comment>>>> Client::reviews(sync::Api& api, std::string url,
                                                     int64_t pull_request) const {
  std::string what = "the reviews of a pull request";
  Validators none;
  auto response = co_await get(api, std::move(url), std::move(none), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, read_reviews(response->body, pull_request));
}

std::string Client::readers_of(const std::string& repository) const {
  return base_url_ + "/repos/" + repository +
         "/collaborators?affiliation=all&per_page=" + std::to_string(kReadersPage);
}

Task<Result<Answer<Items<Reader>>>> Client::readers(sync::Api& api, std::string url, Validators known) const {
  std::string what = "the list of collaborators";
  auto response = co_await get(api, std::move(url), std::move(known), std::move(what));
  if (!response) co_return std::move(response).error();
  co_return answer(*response, unless_unchanged(*response, feeds::github::read_readers));
}

Task<Result<http::Response>> Client::user(sync::Api& api) const {
  http::Request request = request_for(base_url_ + "/user", kJson);
  auto response = co_await api.fetch(std::move(request));
  co_return response;
}

} // namespace circuit::feeds::github
