#include "feeds/github/provider.h"

#include <algorithm>
#include <array>

#include "feeds/github/account.h"
#include "feeds/github/client.h"
#include "feeds/github/feed.h"
#include "ingest/sync/connection.h"
#include "ingest/sync/selection.h"
#include "ingest/text/glob.h"

namespace circuit::feeds::github {
namespace {

constexpr std::array kKinds = {"files", "issues", "pull-requests", "comments", "reviews", "releases"};
// Discussions are in GraphQL alone; a wiki is a repository that is cloned with Git.
constexpr std::array kKindsNotPulled = {"discussions", "wiki"};

Error malformed(const char* reason, const std::string& value, const char* what, const char* next,
                const char* field) {
  return make_error(ErrorClass::kInvalid, reason, "\"" + value.substr(0, 100) + "\" is no " + what, next)
      .with("field", std::string("github.") + field);
}

// GitHub's names have no case.
void to_lower(google::protobuf::RepeatedPtrField<std::string>& values) {
  for (std::string& value : values) {
    for (char& c : value)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

Result<void> check_kinds(const v1::GitHubSelection& selection) {
  for (const std::string& kind : selection.kinds()) {
    if (std::ranges::find(kKinds, kind) != kKinds.end()) continue;
    if (std::ranges::find(kKindsNotPulled, kind) != kKindsNotPulled.end()) {
      return make_error(ErrorClass::kInvalid, "GITHUB_KIND_NOT_PULLED",
                        kind + " cannot be read through GitHub's REST API",
                        "Leave it out of kinds: this version does not pull it.")
          .with("field", "github.kinds");
    }
    return malformed("GITHUB_KIND_UNKNOWN", kind, "kind of GitHub item",
                     "Use files, issues, pull-requests, comments, reviews or releases.", "kinds");
  }
  return {};
}

} // namespace

std::string base_url(const v1::Connection& connection, const GitHubOptions& options) {
  return sync::base_url(connection, options.base_url, "https://api.github.com");
}

Result<void> GitHubProvider::canonicalize(v1::Feed& feed) const {
  auto& selection = *feed.mutable_github();
  if (selection.repositories_size() == 0 && selection.owners_size() == 0) {
    return make_error(ErrorClass::kInvalid, "GITHUB_SELECTION_MISSING", "The feed selects no repositories",
                      "Name repositories (owner/name) or owners.")
        .with("field", "github.repositories");
  }
  for (const std::string& name : selection.repositories()) {
    if (!is_repository_name(name))
      return malformed("GITHUB_REPOSITORY_MALFORMED", name, "repository's name",
                       "Use owner/name, such as octocat/hello-world.", "repositories");
  }
  for (const std::string& name : selection.owners()) {
    if (!is_owner_name(name))
      return malformed("GITHUB_OWNER_MALFORMED", name, "user's or organization's name",
                       "Use the name in the address of its page at GitHub.", "owners");
  }
  for (const std::string& name : selection.branches()) {
    if (!is_branch_name(name))
      return malformed("GITHUB_BRANCH_MALFORMED", name, "branch's name",
                       "Use the name as `git branch` shows it.", "branches");
  }
  if (auto checked = check_kinds(selection); !checked) return checked;
  const auto globs = text::GlobSet::compile({selection.include().begin(), selection.include().end()},
                                            {selection.exclude().begin(), selection.exclude().end()});
  if (!globs) return globs.error();
  to_lower(*selection.mutable_repositories());
  to_lower(*selection.mutable_owners());
  to_lower(*selection.mutable_topics());
  for (auto* values : {selection.mutable_repositories(), selection.mutable_owners(),
                       selection.mutable_topics(), selection.mutable_branches(), selection.mutable_include(),
                       selection.mutable_exclude(), selection.mutable_kinds()})
    sync::sort_unique(*values);
  return {};
}

std::string GitHubProvider::identity(const v1::Feed& feed) const {
  std::string identity = feed.connection();
  const auto& selection = feed.github();
  const auto add = [&](const char* what, const google::protobuf::RepeatedPtrField<std::string>& values) {
    identity.append(1, '\0').append(what);
    for (const std::string& value : values) identity.append(1, '\0').append(value);
  };
  add("*repositories", selection.repositories());
  add("*owners", selection.owners());
  add("*topics", selection.topics());
  add("*branches", selection.branches());
  add("*include", selection.include());
  add("*exclude", selection.exclude());
  add("*kinds", selection.kinds());
  if (selection.with_forks()) identity.append(1, '\0').append("*forks");
  if (selection.without_archived()) identity.append(1, '\0').append("*without archived");
  if (selection.with_permissions()) identity.append(1, '\0').append("*with permissions");
  return identity;
}

std::unique_ptr<sync::Feed> GitHubProvider::make_feed(const v1::Feed& feed) const {
  return std::make_unique<GitHubFeed>(feed.github(), options_);
}

std::unique_ptr<sync::Account> GitHubProvider::make_account(const v1::Connection& connection) const {
  return std::make_unique<GitHubAccount>(Client(base_url(connection, options_)), connection);
}

} // namespace circuit::feeds::github
