#pragma once
// GitHub's REST API over a World, after its reference (docs.github.com/rest):
//
//   repositories   GET /repos/{o}/{r}, /repositories/{id}, /orgs/{o}/repos, /users/{u}/repos, /user/repos; a
//                  name that was given up answers 301 to /repositories/{id}; what the token may not see is
//                  404
//   git            .../git/ref/heads/{b} (409 in an empty repository), .../git/trees/{sha} ?recursive (cut
//   off
//                  with "truncated"), .../git/blobs/{sha} (base64, or raw by its media type)
//   compare        .../compare/{base}...{head}: at most 300 files, none that tells of entry kinds; 404 where
//   a
//                  commit is gone
//   issues         .../issues ?state=all &sort=updated &direction &since; pages by cursor ("after=");
//                  410 where issues are switched off
//   comments       .../issues/comments, .../pulls/comments ?sort=updated &direction &since; pages by number
//   pull requests  .../pulls ?state=all &sort=updated &direction, without `since`; also where issues are
//                  switched off
//   reviews        .../pulls/{n}/reviews;  releases .../releases
//   collaborators  .../collaborators ?affiliation=all, for those who may push; 403 for others
//   conditions     ETag on every GET; a 304 does not count
//   limits         requests an hour (x-ratelimit-*, 403 with remaining 0), and a minute (secondary: 403 with
//                  Retry-After, or with a message alone)
//   permissions    fine-grained: 403 "Resource not accessible" with X-Accepted-GitHub-Permissions
//
// One thread, that of the world, which must outlive this.

#include <boost/json/fwd.hpp>
#include <deque>
#include <set>
#include <string>

#include "tests/providers/github/world.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers::github {

struct SimulatorOptions {
  std::string token = "github_pat_simulated";
  std::string login = "octocat";
  std::string base = "https://api.github.com"; // what its addresses begin with
  std::string scopes;                          // of a classic token; empty: a fine-grained one
  std::string expires;                         // github-authentication-token-expiration
  size_t requests_per_hour = 5000;
  size_t requests_per_minute = 900;
  bool secondary_says_when = true;
  size_t tree_entries = 100'000;
  std::string broken_path; // paths that contain it are answered 502; empty: none
};

class GitHubSimulator final : public SimulatedProvider {
 public:
  GitHubSimulator(World& world, SimulatorOptions options)
      : world_(world),
        options_(std::move(options)),
        permissions_{"metadata", "contents", "issues", "pull_requests"} {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

  SimulatorOptions& options() { return options_; }
  std::set<std::string>& permissions() { return permissions_; }
  uint64_t refused() const { return refused_; } // by a limit
  uint64_t counted() const { return counted_; } // against the hour's limit

 private:
  std::optional<SimResponse> over_a_limit(SystemTime now);
  SimResponse answer(const SimRequest& request) const;
  SimResponse of_repository(const SimRepository& repository, const std::vector<std::string>& path,
                            const SimRequest& request) const;
  SimResponse list_repositories(const SimRequest& request, const std::string& owner, bool of_token) const;
  SimRepository* find(const std::string& full_name) const;
  SimResponse paged(const SimRequest& request, boost::json::array all, bool by_cursor) const;
  std::optional<SimResponse> lacks(const char* permission) const;

  World& world_;
  SimulatorOptions options_;
  std::set<std::string> permissions_;
  std::deque<SystemTime> minute_;
  SystemTime hour_began_{};
  size_t hour_ = 0;
  uint64_t refused_ = 0;
  uint64_t counted_ = 0;
};

} // namespace circuit::providers::github
