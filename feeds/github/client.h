#pragma once
// GitHub's endpoints, and what their answers mean (docs.github.com, REST API).
//
// Errors are the transport's, and:
//   AUTH        GITHUB_TOKEN_REFUSED (401)
//   PERMISSION  GITHUB_SSO_REQUIRED (403 with X-GitHub-SSO), GITHUB_FORBIDDEN (403), GITHUB_BLOCKED (451)
//   NOT_FOUND   GITHUB_NOT_FOUND (404: not there, or not for this token), GITHUB_FEATURE_DISABLED (410)
//   CONFLICT    GITHUB_REPOSITORY_EMPTY (409)
//   INVALID     GITHUB_PAGE_EXPIRED (422 for a page), GITHUB_BLOB_TOO_LARGE, GITHUB_UNEXPECTED_STATUS
//   TRANSIENT   GITHUB_SERVER_ERROR (5xx), GITHUB_LIMITED (a limit that lasted), GITHUB_BAD_ANSWER
//
// Any thread; requests on the loop of their Api.

#include <string>

#include "feeds/github/raw.h"
#include "ingest/sync/pull.h"

namespace circuit::feeds::github {

class Client {
 public:
  static constexpr int kReadersPage = 100;

  // `base_url` without a slash at its end: https://api.github.com, https://HOST/api/v3.
  explicit Client(std::string base_url) : base_url_(std::move(base_url)) {}

  // Whether what it calls public is so for everyone: an Enterprise Server may ask for an account first.
  bool is_open_to_the_world() const { return base_url_ == "https://api.github.com"; }

  // Renamed and transferred repositories answer from their new place (301).
  Task<Result<Answer<Repository>>> repository(sync::Api& api, std::string full_name, Validators known) const;
  Task<Result<Repository>> repository_by_id(sync::Api& api, int64_t id) const;

  // First pages of lists of repositories, for repositories(); later ones are Answer::next.
  std::string of_organization(const std::string& owner) const;
  std::string of_user(const std::string& owner) const;
  std::string of_token() const; // all that the token's user owns or works on
  Task<Result<Answer<Items<Repository>>>> repositories(sync::Api& api, std::string url) const;

  // Organizations that the token's user belongs to.
  std::string organizations() const;
  Task<Result<Answer<Items<User>>>> owners(sync::Api& api, std::string url) const;

  // The commit that a branch points to.
  Task<Result<Answer<std::string>>> head(sync::Api& api, std::string repository, std::string branch,
                                         Validators known) const;
  // `id`: of a tree, or of a commit, whose tree it is then.
  Task<Result<Tree>> tree(sync::Api& api, std::string repository, std::string id, bool recursive) const;
  Task<Result<Comparison>> compare(sync::Api& api, std::string repository, std::string base,
                                   std::string head) const;
  // The bytes; streamed, they are in Response::stream.
  Task<Result<http::Response>> blob(sync::Api& api, std::string repository, std::string sha,
                                    uint64_t max_bytes, bool streamed) const;

  // First pages of what changed since then (RFC 3339; empty: of all), oldest change first.
  std::string issues_since(const std::string& repository, const std::string& since, int page_size) const;
  std::string issue_comments_since(const std::string& repository, const std::string& since,
                                   int page_size) const;
  std::string review_comments_since(const std::string& repository, const std::string& since,
                                    int page_size) const;
  std::string releases_of(const std::string& repository, int page_size) const;
  std::string reviews_of(const std::string& repository, int64_t pull_request, int page_size) const;
  // Newest change first; there is no `since`.
  std::string pull_requests_of(const std::string& repository, int page_size) const;
  Task<Result<Answer<Items<Issue>>>> pull_requests(sync::Api& api, std::string url, Validators known) const;
  Task<Result<Answer<Items<Issue>>>> issues(sync::Api& api, std::string url, Validators known) const;
  Task<Result<Answer<Items<Comment>>>> comments(sync::Api& api, std::string url, Validators known) const;
  Task<Result<Answer<Items<Release>>>> releases(sync::Api& api, std::string url, Validators known) const;
  Task<Result<Answer<Items<Comment>>>> reviews(sync::Api& api, std::string url, int64_t pull_request) const;

  // People who may read a repository, whatever gave them access; for tokens that may push to it.
  std::string readers_of(const std::string& repository) const;
  Task<Result<Answer<Items<Reader>>>> readers(sync::Api& api, std::string url, Validators known) const;

  // The token's own user, with the headers that tell about the token. Any answer is returned as it is.
  Task<Result<http::Response>> user(sync::Api& api) const;

 private:
  Task<Result<http::Response>> get(sync::Api& api, std::string url, Validators known, std::string what) const;
  // Whether a page that GitHub named is GitHub's.
  bool is_ours(const std::string& url) const;

  std::string base_url_;
};

// "owner/name" in GitHub's alphabet, so that it can stand in a path.
bool is_repository_name(std::string_view name);
bool is_owner_name(std::string_view name);
bool same_name(std::string_view a, std::string_view b); // names of owners and repositories have no case
// Git's rules for names, and none that would leave its place in a path (git-check-ref-format).
bool is_branch_name(std::string_view name);
// A path as Git lets a tree have it: no part is empty, "." or ".." (git: verify_path). Whoever writes
// documents to files relies on that.
bool is_entry_path(std::string_view path);
// 40 or 64 hexadecimal digits.
bool is_object_id(std::string_view id);

// What an answer means that is neither 2xx nor 304.
Error status_error(const http::Response& response, const std::string& what, bool paged);

// How long an answer asks to be left alone; patience.cc.
std::optional<Duration> patience(const http::Response& response, SystemTime now);

// Bodies to raw structs; answers.cc. TRANSIENT GITHUB_BAD_ANSWER.
Result<Repository> read_repository(std::string_view body);
Result<Items<Repository>> read_repositories(std::string_view body);
Result<std::string> read_ref(std::string_view body);
Result<Tree> read_tree(std::string_view body);
Result<Comparison> read_comparison(std::string_view body);
Result<Items<Issue>> read_issues(std::string_view body);
Result<Items<Issue>> read_pull_requests_list(std::string_view body);
Result<Items<Comment>> read_comments(std::string_view body);
Result<Items<Comment>> read_reviews(std::string_view body, int64_t pull_request);
Result<Items<Release>> read_releases(std::string_view body);
Result<Items<Reader>> read_readers(std::string_view body);
Result<Items<User>> read_owners(std::string_view body);
Result<User> read_user(std::string_view body);

// The address with rel="next" in a Link header (RFC 8288); empty: there is none.
std::string next_link(std::string_view link);

} // namespace circuit::feeds::github
