#include "tests/providers/github/shapes.h"

#include <openssl/evp.h>

#include <set>

#include "tests/providers/http_date.h"

namespace circuit::providers::github {
namespace {

namespace json = boost::json;

std::string node_id(const std::string& kind, int64_t id) { return kind + "_kwDO" + std::to_string(id); }
std::string node_id(const std::string& sha) { return "G_" + sha.substr(0, 12); }

std::string html(const SimRepository& repository) { return "https://github.com/" + repository.full_name(); }

std::string repository_url(const SimRepository& repository, const std::string& base) {
  return base + "/repos/" + repository.full_name();
}

std::string time_of(SystemTime time) {
  return format_rfc3339_date(std::chrono::floor<std::chrono::seconds>(time));
}

json::object commit_json(const SimRepository& repository, const SimCommit& commit, const std::string& base) {
  const std::string url = repository_url(repository, base) + "/commits/" + commit.sha;
  const json::object person{
      {"name", "Octo Cat"}, {"email", "octocat@example.org"}, {"date", "2026-01-01T00:00:00Z"}};
  json::array parents;
  if (!commit.parent.empty()) {
    parents.push_back(json::object{{"sha", commit.parent},
                                   {"url", repository_url(repository, base) + "/commits/" + commit.parent},
                                   {"html_url", html(repository) + "/commit/" + commit.parent}});
  }
  json::object tree{{"sha", commit.tree},
                    {"url", repository_url(repository, base) + "/git/trees/" + commit.tree}};
  json::object inner{{"author", person},
                     {"committer", person},
                     {"message", "A change"},
                     {"tree", std::move(tree)},
                     {"url", repository_url(repository, base) + "/git/commits/" + commit.sha},
                     {"comment_count", 0}};
  return {{"url", url},
          {"sha", commit.sha},
          {"node_id", node_id(commit.sha)},
          {"html_url", html(repository) + "/commit/" + commit.sha},
          {"comments_url", url + "/comments"},
          {"commit", std::move(inner)},
          {"author", user_json("octocat", base)},
          {"committer", user_json("octocat", base)},
          {"parents", std::move(parents)}};
}

// As Git shows a line without an end, and a submodule.
std::string patch_of(const SimRepository& repository, const SimFile& file) {
  if (file.mode == "160000") return "@@ -0,0 +1 @@\n+Subproject commit " + file.sha;
  const std::string& bytes = repository.blobs.at(file.sha);
  std::string patch = "@@ -0,0 +1 @@\n+" + bytes.substr(0, std::min<size_t>(bytes.size(), 200));
  if (!bytes.empty() && bytes.back() == '\n') {
    patch.pop_back();
  } else {
    patch += "\n\\ No newline at end of file";
  }
  return patch;
}

json::object changed_json(const SimRepository& repository, const std::string& path, const SimFile& file,
                          const char* status, const std::string& base) {
  json::object out{{"sha", file.sha},
                   {"filename", path},
                   {"status", status},
                   {"additions", 1},
                   {"deletions", 0},
                   {"changes", 1},
                   {"blob_url", html(repository) + "/blob/" + file.sha},
                   {"raw_url", html(repository) + "/raw/" + file.sha},
                   {"contents_url", repository_url(repository, base) + "/contents/" + file.sha}};
  const bool text = file.mode == "160000" ||
                    repository.blobs.at(file.sha).find('\0') == std::string::npos; // binaries have no patch
  if (text) out["patch"] = patch_of(repository, file);
  return out;
}

void add_tree(const SimRepository& repository, const std::string& tree, const std::string& prefix,
              bool recursive, size_t most, const std::string& base, json::array& out, bool& truncated) {
  for (const SimEntry& entry : repository.trees.at(tree)) {
    if (out.size() >= most) {
      truncated = true;
      return;
    }
    const bool directory = entry.mode == "040000";
    const bool submodule = entry.mode == "160000";
    json::object item{{"path", prefix + entry.name},
                      {"mode", entry.mode},
                      {"type", directory   ? "tree"
                               : submodule ? "commit"
                                           : "blob"},
                      {"sha", entry.sha}};
    if (!directory && !submodule) item["size"] = repository.blobs.at(entry.sha).size();
    if (!submodule) {
      item["url"] =
          repository_url(repository, base) + (directory ? "/git/trees/" : "/git/blobs/") + entry.sha;
    }
    out.push_back(std::move(item));
    if (directory && recursive)
      add_tree(repository, entry.sha, prefix + entry.name + "/", recursive, most, base, out, truncated);
  }
}

} // namespace

json::object user_json(const std::string& login, const std::string& base) {
  const std::string url = base + "/users/" + login;
  return {{"login", login},
          {"id", 1},
          {"node_id", "MDQ6VXNlcjE="},
          {"avatar_url", "https://avatars.githubusercontent.com/u/1"},
          {"gravatar_id", ""},
          {"url", url},
          {"html_url", "https://github.com/" + login},
          {"followers_url", url + "/followers"},
          {"following_url", url + "/following{/other_user}"},
          {"gists_url", url + "/gists{/gist_id}"},
          {"starred_url", url + "/starred{/owner}{/repo}"},
          {"subscriptions_url", url + "/subscriptions"},
          {"organizations_url", url + "/orgs"},
          {"repos_url", url + "/repos"},
          {"events_url", url + "/events{/privacy}"},
          {"received_events_url", url + "/received_events"},
          {"type", "User"},
          {"site_admin", false}};
}

json::object private_user_json(const std::string& login, const std::string& base) {
  json::object out = user_json(login, base);
  for (const char* name : {"name", "company", "location", "email", "bio"}) out[name] = nullptr;
  out["blog"] = "";
  out["hireable"] = nullptr;
  for (const char* name : {"public_repos", "public_gists", "followers", "following", "private_gists",
                           "total_private_repos", "owned_private_repos", "disk_usage", "collaborators"})
    out[name] = 0;
  out["two_factor_authentication"] = true;
  out["created_at"] = out["updated_at"] = "2020-01-01T00:00:00Z";
  return out;
}

json::object repository_json(const SimRepository& repository, const std::string& base) {
  const std::string url = repository_url(repository, base);
  json::object out{{"id", repository.id},
                   {"node_id", node_id("R", repository.id)},
                   {"name", repository.name},
                   {"full_name", repository.full_name()},
                   {"private", repository.visibility != "public"},
                   {"visibility", repository.visibility},
                   {"owner", user_json(repository.owner, base)},
                   {"html_url", html(repository)},
                   {"description", nullptr},
                   {"fork", repository.fork},
                   {"url", url},
                   {"default_branch", repository.default_branch},
                   {"archived", repository.archived},
                   {"disabled", false},
                   {"has_issues", repository.has_issues}};
  constexpr const char* kAddresses[][2] = {
      {"archive_url", "/{archive_format}{/ref}"},
      {"assignees_url", "/assignees{/user}"},
      {"blobs_url", "/git/blobs{/sha}"},
      {"branches_url", "/branches{/branch}"},
      {"collaborators_url", "/collaborators{/collaborator}"},
      {"comments_url", "/comments{/number}"},
      {"commits_url", "/commits{/sha}"},
      {"compare_url", "/compare/{base}...{head}"},
      {"contents_url", "/contents/{+path}"},
      {"contributors_url", "/contributors"},
      {"deployments_url", "/deployments"},
      {"downloads_url", "/downloads"},
      {"events_url", "/events"},
      {"forks_url", "/forks"},
      {"git_commits_url", "/git/commits{/sha}"},
      {"git_refs_url", "/git/refs{/sha}"},
      {"git_tags_url", "/git/tags{/sha}"},
      {"hooks_url", "/hooks"},
      {"issue_comment_url", "/issues/comments{/number}"},
      {"issue_events_url", "/issues/events{/number}"},
      {"issues_url", "/issues{/number}"},
      {"keys_url", "/keys{/key_id}"},
      {"labels_url", "/labels{/name}"},
      {"languages_url", "/languages"},
      {"merges_url", "/merges"},
      {"milestones_url", "/milestones{/number}"},
      {"notifications_url", "/notifications{?since,all,participating}"},
      {"pulls_url", "/pulls{/number}"},
      {"releases_url", "/releases{/id}"},
      {"stargazers_url", "/stargazers"},
      {"statuses_url", "/statuses/{sha}"},
      {"subscribers_url", "/subscribers"},
      {"subscription_url", "/subscription"},
      {"tags_url", "/tags"},
      {"teams_url", "/teams"},
      {"trees_url", "/git/trees{/sha}"},
  };
  for (const auto& [name, path] : kAddresses) out[name] = url + path;
  out["clone_url"] = html(repository) + ".git";
  out["git_url"] = "git://github.com/" + repository.full_name() + ".git";
  out["ssh_url"] = "git@github.com:" + repository.full_name() + ".git";
  out["svn_url"] = html(repository);
  for (const char* name : {"homepage", "language", "mirror_url", "license"}) out[name] = nullptr;
  for (const char* name : {"forks", "forks_count", "open_issues", "open_issues_count", "size", "watchers",
                           "watchers_count", "stargazers_count", "network_count", "subscribers_count"})
    out[name] = 0;
  for (const char* name : {"has_projects", "has_wiki", "has_downloads"}) out[name] = true;
  for (const char* name : {"has_pages", "has_discussions"}) out[name] = false;
  out["created_at"] = out["updated_at"] = out["pushed_at"] = "2026-01-01T00:00:00Z";
  json::array topics;
  for (const auto& topic : repository.topics) topics.emplace_back(topic);
  out["topics"] = std::move(topics);
  return out;
}

json::object ref_json(const SimRepository& repository, const std::string& branch, const std::string& base) {
  const std::string& sha = repository.branches.at(branch);
  json::object target{
      {"type", "commit"}, {"sha", sha}, {"url", repository_url(repository, base) + "/git/commits/" + sha}};
  return {{"ref", "refs/heads/" + branch},
          {"node_id", node_id(sha)},
          {"url", repository_url(repository, base) + "/git/refs/heads/" + branch},
          {"object", std::move(target)}};
}

json::object issue_json(const SimRepository& repository, const SimIssue& issue, const std::string& base) {
  const std::string url = repository_url(repository, base) + "/issues/" + std::to_string(issue.number);
  const std::string page =
      html(repository) + (issue.pull_request ? "/pull/" : "/issues/") + std::to_string(issue.number);
  json::object out{{"id", repository.id * 1000 + issue.number},
                   {"node_id", node_id("I", issue.number)},
                   {"url", url},
                   {"repository_url", repository_url(repository, base)},
                   {"labels_url", url + "/labels{/name}"},
                   {"comments_url", url + "/comments"},
                   {"events_url", url + "/events"},
                   {"html_url", page},
                   {"number", issue.number},
                   {"state", issue.closed ? "closed" : "open"},
                   {"state_reason", nullptr},
                   {"title", issue.title},
                   {"body", issue.body},
                   {"user", user_json(issue.login, base)},
                   {"assignee", nullptr},
                   {"assignees", json::array()},
                   {"milestone", nullptr},
                   {"locked", false},
                   {"comments", 0},
                   {"closed_at", nullptr},
                   {"created_at", time_of(issue.created)},
                   {"updated_at", time_of(issue.updated)},
                   {"author_association", "OWNER"}};
  json::object label{{"id", 208045946},
                     {"node_id", "LA_1"},
                     {"url", repository_url(repository, base) + "/labels/bug"},
                     {"name", "bug"},
                     {"description", "Something does not work"},
                     {"color", "f29513"},
                     {"default", true}};
  out["labels"] = json::array{std::move(label)};
  if (issue.pull_request) {
    const std::string pull = repository_url(repository, base) + "/pulls/" + std::to_string(issue.number);
    out["pull_request"] = json::object{{"url", pull},
                                       {"html_url", page},
                                       {"diff_url", page + ".diff"},
                                       {"patch_url", page + ".patch"},
                                       {"merged_at", nullptr}};
    out["draft"] = false;
  }
  if (issue.malformed) out.erase("number");
  return out;
}

json::object comment_json(const SimRepository& repository, const SimComment& comment,
                          const std::string& base) {
  const std::string issue = repository_url(repository, base) + "/issues/" + std::to_string(comment.number);
  bool pull_request = false;
  for (const auto& one : repository.issues)
    pull_request = pull_request || (one.number == comment.number && one.pull_request);
  return {{"id", comment.id},
          {"node_id", node_id("IC", comment.id)},
          {"url", repository_url(repository, base) + "/issues/comments/" + std::to_string(comment.id)},
          {"html_url", html(repository) + (pull_request ? "/pull/" : "/issues/") +
                           std::to_string(comment.number) + "#issuecomment-" + std::to_string(comment.id)},
          {"issue_url", issue},
          {"body", comment.body},
          {"user", user_json(comment.login, base)},
          {"created_at", time_of(comment.created)},
          {"updated_at", time_of(comment.updated)},
          {"author_association", "NONE"}};
}

json::object review_comment_json(const SimRepository& repository, const SimComment& comment,
                                 const std::string& base) {
  const std::string url = repository_url(repository, base) + "/pulls/comments/" + std::to_string(comment.id);
  const std::string pull = repository_url(repository, base) + "/pulls/" + std::to_string(comment.number);
  const std::string page = html(repository) + "/pull/" + std::to_string(comment.number) + "#discussion_r" +
                           std::to_string(comment.id);
  json::object links{{"self", json::object{{"href", url}}},
                     {"html", json::object{{"href", page}}},
                     {"pull_request", json::object{{"href", pull}}}};
  return {{"id", comment.id},
          {"node_id", node_id("PRRC", comment.id)},
          {"url", url},
          {"pull_request_review_id", 42},
          {"diff_hunk", "@@ -1 +1 @@\n-a\n+b"},
          {"path", comment.path},
          {"commit_id", "6dcb09b5b57875f334f61aebed695e2e4193db5e"},
          {"original_commit_id", "6dcb09b5b57875f334f61aebed695e2e4193db5e"},
          {"user", user_json(comment.login, base)},
          {"body", comment.body},
          {"created_at", time_of(comment.created)},
          {"updated_at", time_of(comment.updated)},
          {"html_url", page},
          {"pull_request_url", pull},
          {"author_association", "NONE"},
          {"_links", std::move(links)}};
}

json::object review_json(const SimRepository& repository, const SimComment& review, const std::string& base) {
  const std::string pull = repository_url(repository, base) + "/pulls/" + std::to_string(review.number);
  const std::string page = html(repository) + "/pull/" + std::to_string(review.number) +
                           "#pullrequestreview-" + std::to_string(review.id);
  json::object links{{"html", json::object{{"href", page}}}, {"pull_request", json::object{{"href", pull}}}};
  return {{"id", review.id},
          {"node_id", node_id("PRR", review.id)},
          {"user", user_json(review.login, base)},
          {"body", review.body},
          {"state", review.state},
          {"html_url", page},
          {"pull_request_url", pull},
          {"_links", std::move(links)},
          {"submitted_at", time_of(review.created)},
          {"commit_id", "6dcb09b5b57875f334f61aebed695e2e4193db5e"},
          {"author_association", "COLLABORATOR"}};
}

json::object release_json(const SimRepository& repository, const SimRelease& release,
                          const std::string& base) {
  const std::string url = repository_url(repository, base) + "/releases/" + std::to_string(release.id);
  return {{"url", url},
          {"html_url", html(repository) + "/releases/tag/" + release.tag},
          {"assets_url", url + "/assets"},
          {"upload_url", "https://uploads.github.com/repos/" + repository.full_name() + "/releases/" +
                             std::to_string(release.id) + "/assets{?name,label}"},
          {"tarball_url", repository_url(repository, base) + "/tarball/" + release.tag},
          {"zipball_url", repository_url(repository, base) + "/zipball/" + release.tag},
          {"id", release.id},
          {"node_id", node_id("RE", release.id)},
          {"tag_name", release.tag},
          {"target_commitish", "main"},
          {"name", release.tag},
          {"body", release.body},
          {"draft", false},
          {"prerelease", false},
          {"created_at", time_of(release.created)},
          {"published_at", time_of(release.created)},
          {"author", user_json("octocat", base)},
          {"assets", json::array()}};
}

json::object tree_json(const SimRepository& repository, const std::string& tree, bool recursive,
                       size_t entries, const std::string& base) {
  json::array out;
  bool truncated = false;
  add_tree(repository, tree, "", recursive, entries, base, out, truncated);
  return {{"sha", tree},
          {"url", repository_url(repository, base) + "/git/trees/" + tree},
          {"tree", std::move(out)},
          {"truncated", truncated}};
}

json::object blob_json(const SimRepository& repository, const std::string& sha, const std::string& base) {
  const std::string& bytes = repository.blobs.at(sha);
  std::string encoded(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  encoded.resize(static_cast<size_t>(size));
  return {{"sha", sha},           {"node_id", node_id(sha)},
          {"size", bytes.size()}, {"url", repository_url(repository, base) + "/git/blobs/" + sha},
          {"content", encoded},   {"encoding", "base64"}};
}

json::object comparison_json(const SimRepository& repository, const SimCommit& base_commit,
                             const SimCommit& head, const std::string& base) {
  std::set<std::string> ancestors;
  for (std::string at = head.sha; !at.empty(); at = repository.commits.at(at).parent) ancestors.insert(at);
  std::string merge_base = base_commit.sha;
  int behind = 0;
  while (!merge_base.empty() && !ancestors.contains(merge_base)) {
    ++behind;
    merge_base = repository.commits.at(merge_base).parent;
  }
  json::array commits;
  for (std::string at = head.sha; at != merge_base && !at.empty(); at = repository.commits.at(at).parent)
    commits.insert(commits.begin(), commit_json(repository, repository.commits.at(at), base));
  const SimCommit& from = merge_base.empty() ? base_commit : repository.commits.at(merge_base);
  constexpr size_t kMost = 300;
  json::array files;
  for (const auto& [path, file] : head.files) {
    const auto before = from.files.find(path);
    if (before != from.files.end() && before->second.sha == file.sha && before->second.mode == file.mode)
      continue;
    // Git finds a rename by looking among what is gone.
    std::string previous;
    if (before == from.files.end()) {
      for (const auto& [old_path, old] : from.files) {
        if (old.sha == file.sha && !head.files.contains(old_path)) previous = old_path;
      }
    }
    const char* status = before == from.files.end() ? "added" : "modified";
    json::object entry = changed_json(repository, path, file, previous.empty() ? status : "renamed", base);
    if (!previous.empty()) {
      entry["previous_filename"] = previous;
      entry["changes"] = entry["additions"] = 0;
      entry.erase("patch");
    }
    if (files.size() < kMost) files.push_back(std::move(entry));
  }
  for (const auto& [path, file] : from.files) {
    if (head.files.contains(path) || files.size() >= kMost) continue;
    bool renamed = false;
    for (const auto& [new_path, new_file] : head.files)
      renamed = renamed || (new_file.sha == file.sha && !from.files.contains(new_path));
    if (!renamed) files.push_back(changed_json(repository, path, file, "removed", base));
  }
  const auto ahead = static_cast<int>(commits.size());
  const char* status = behind > 0 && ahead > 0 ? "diverged"
                       : behind > 0            ? "behind"
                       : ahead > 0             ? "ahead"
                                               : "identical";
  const std::string page = html(repository) + "/compare/" + base_commit.sha + "..." + head.sha;
  return {{"url", repository_url(repository, base) + "/compare/" + base_commit.sha + "..." + head.sha},
          {"html_url", page},
          {"permalink_url", page},
          {"diff_url", page + ".diff"},
          {"patch_url", page + ".patch"},
          {"base_commit", commit_json(repository, base_commit, base)},
          {"merge_base_commit", commit_json(repository, from, base)},
          {"status", status},
          {"ahead_by", ahead},
          {"behind_by", behind},
          {"total_commits", ahead},
          {"commits", std::move(commits)},
          {"files", std::move(files)}};
}

} // namespace circuit::providers::github
