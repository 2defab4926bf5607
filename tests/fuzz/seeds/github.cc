// What the simulated GitHub answers, and refusals by hand.

#include "tests/fuzz/seeds/seeds.h"
#include "tests/providers/github/shapes.h"

namespace circuit::fuzz {
namespace {

namespace sim = circuit::providers::github;
namespace json = boost::json;

constexpr const char* kBase = "https://api.github.com";
constexpr const char* kLink =
    "<https://api.github.com/repositories/1/issues?after=Y3Vyc29y>; rel=\"next\", "
    "<https://api.github.com/repositories/1/issues?page=9>; rel=\"last\"";

// The first byte is the kind, the second of a refusal its status.
constexpr std::string_view kRefusals[] = {
    "\x03\x01Retry-After: 60\nx-ratelimit-remaining: 0\n\n{}",
    "\x03\x01x-ratelimit-remaining: 0\nx-ratelimit-reset: 1800000100\nDate: Fri, 15 Jan 2027 08:00:00 "
    "GMT\n\n",
    "\x03\x01X-GitHub-SSO: required; url=https://github.com/orgs/o/sso\n\n{\"message\":\"Resource "
    "protected\"}",
    "\x03\x01X-Accepted-GitHub-Permissions: issues=read\n\n{\"message\":\"Resource not accessible\"}",
    "\x03\x01\n{\"message\":\"You have exceeded a secondary rate limit\"}",
    "\x03\x01\n{\"errors\":[{\"code\":\"too_large\"}]}",
    "\x03\x02\n{}",
    "\x03\x05\n{}",
    "\x03\x06\n",
};

} // namespace

void add_github_seeds(SeedFolder& seeds) {
  const auto add = [&](char kind, const json::value& body) {
    seeds.add("github_answers", std::string(1, kind) + kLink + "\n" + json::serialize(body));
  };
  sim::World world;
  sim::SimRepository& repository = world.add_repository("octocat", "hello-world");
  const SystemTime now{std::chrono::seconds(1'800'000'000)};
  const std::string from = repository.commit({{"a.txt", {"a\n"}}, {"old", {"x"}}, {"b/c.txt", {"c\n"}}});
  repository.commit(
      {{"link", {"a.txt", "120000"}}, {"module", {"m", "160000"}}, {"old", {"", ""}}, {"new", {"x"}}});
  world.add_issue(repository, now, "It does not work");
  world.add_issue(repository, now, "It does now", true);
  world.add_comment(repository, 2, now, "Which version?\r\n");
  sim::SimComment review;
  review.id = 77;
  review.number = 2;
  review.state = "APPROVED";
  review.path = "a.txt";
  review.created = review.updated = now;
  const auto& head = repository.commits.at(repository.branches.at("main"));
  add('\0', sim::repository_json(repository, kBase));
  add('\0', sim::user_json("octocat", kBase));
  add('\0', json::array{sim::collaborator_json({3, "hubot"}, kBase)});
  add('\1', sim::ref_json(repository, "main", kBase));
  add('\1', sim::tree_json(repository, head.tree, true, 100, kBase));
  add('\1', sim::comparison_json(repository, repository.commits.at(from), head, kBase));
  for (const auto& issue : repository.issues)
    add('\2', json::array{sim::issue_json(repository, issue, kBase)});
  add('\2', sim::pull_request_json(repository, repository.issues[1], kBase));
  add('\2', sim::comment_json(repository, repository.comments[0], kBase));
  add('\2', sim::review_comment_json(repository, review, kBase));
  add('\2', sim::review_json(repository, review, kBase));
  add('\2', sim::release_json(repository, {1, "v1", "First", now}, kBase));
  for (const std::string_view refusal : kRefusals) seeds.add("github_answers", refusal);
}

} // namespace circuit::fuzz
