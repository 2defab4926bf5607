// Issues, comments, reviews and releases.

#include "tests/providers/github/shape_parts.h"
#include "tests/providers/github/shapes.h"

namespace circuit::providers::github {

namespace json = boost::json;

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

json::object pull_request_json(const SimRepository& repository, const SimIssue& issue,
                               const std::string& base) {
  json::object out = issue_json(repository, issue, base);
  for (const char* name :
       {"pull_request", "repository_url", "labels_url", "events_url", "comments", "state_reason"})
    out.erase(name);
  const std::string issue_url = repository_url(repository, base) + "/issues/" + std::to_string(issue.number);
  const std::string url = repository_url(repository, base) + "/pulls/" + std::to_string(issue.number);
  const std::string page = html(repository) + "/pull/" + std::to_string(issue.number);
  const std::string sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
  const std::string statuses = repository_url(repository, base) + "/statuses/" + sha;
  out["url"] = url;
  out["issue_url"] = issue_url;
  out["comments_url"] = issue_url + "/comments";
  out["diff_url"] = page + ".diff";
  out["patch_url"] = page + ".patch";
  out["commits_url"] = url + "/commits";
  out["review_comments_url"] = url + "/comments";
  out["review_comment_url"] = repository_url(repository, base) + "/pulls/comments{/number}";
  out["statuses_url"] = statuses;
  out["merged_at"] = nullptr;
  out["merge_commit_sha"] = nullptr;
  out["auto_merge"] = nullptr;
  for (const char* name : {"head", "base"}) {
    out[name] = json::object{{"label", repository.owner + ":" + name},
                             {"ref", name},
                             {"sha", sha},
                             {"user", user_json(repository.owner, base)},
                             {"repo", repository_json(repository, base)}};
  }
  json::object links;
  for (const auto& [name, address] :
       {std::pair{"self", url},
        {"html", page},
        {"issue", issue_url},
        {"comments", issue_url + "/comments"},
        {"review_comments", url + "/comments"},
        {"review_comment", repository_url(repository, base) + "/pulls/comments{/number}"},
        {"commits", url + "/commits"},
        {"statuses", statuses}})
    links[name] = json::object{{"href", address}};
  out["_links"] = std::move(links);
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

} // namespace circuit::providers::github
