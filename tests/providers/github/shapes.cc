#include "tests/providers/github/shapes.h"

#include "tests/providers/github/shape_parts.h"
#include "tests/providers/http_date.h"

namespace circuit::providers::github {

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

json::object collaborator_json(const SimCollaborator& collaborator, const std::string& base) {
  json::object out = user_json(collaborator.login, base);
  out["id"] = collaborator.id;
  out["permissions"] = json::object{{"pull", collaborator.may_read},
                                    {"triage", false},
                                    {"push", false},
                                    {"maintain", false},
                                    {"admin", false}};
  out["role_name"] = collaborator.may_read ? "read" : "none";
  return out;
}

} // namespace circuit::providers::github
