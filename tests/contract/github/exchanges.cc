#include "tests/contract/github/exchanges.h"

#include <boost/json.hpp>

#include "feeds/github/account.h"
#include "ingest/runtime/virtual_loop.h"
#include "tests/feeds/github/direct_api.h"
#include "tests/feeds/github/github_world.h"
#include "tests/ingest/sync/run_on.h"

namespace circuit::feeds::github {
namespace {

namespace json = boost::json;

json::object fields_json(const providers::Fields& fields) {
  json::object out;
  for (const auto& [name, value] : fields) {
    if (!providers::same_token(name, "Authorization")) out[name] = value;
  }
  return out;
}

std::string line_of(const providers::SimRequest& request, const providers::SimResponse& response) {
  const json::object exchange{{"method", request.method},
                              {"target", request.target},
                              {"request", fields_json(request.fields)},
                              {"status", response.status},
                              {"response", fields_json(response.fields)},
                              {"body", response.body == nullptr ? std::string() : *response.body}};
  return json::serialize(exchange);
}

void sync_one(const providers::ObservedProvider::Observer& observer) {
  GitHubWorld world;
  world.observe(observer);
  auto& repository = world.repository();
  const SystemTime now = world.now();
  auto feed = world.feed();
  for (const char* kind : {"files", "issues", "pull-requests", "comments", "reviews", "releases"})
    feed.mutable_github()->add_kinds(kind);
  feed.mutable_github()->set_with_permissions(true);
  world.sync_of(feed); // empty: 409
  world.commit_many(12);
  world.repository().commit({{"link", {"a", "120000"}}, {"module", {"x", "160000"}}});
  for (int i = 0; i < 12; ++i)
    world.world().add_issue(repository, now + std::chrono::seconds(i), "body", i % 2 == 1);
  for (int i = 0; i < 8; ++i) world.world().add_comment(repository, 1 + i % 2, now, "comment");
  sim::SimComment review;
  review.id = 77;
  review.number = 2;
  review.state = "APPROVED";
  review.created = review.updated = now;
  repository.reviews.push_back(review);
  review.path = "a.c";
  repository.review_comments.push_back(review);
  repository.releases = {{1, "v1", "First", now}};
  world.sync_of(feed);
  world.commit("later.txt", "later\n");
  world.sync_of(feed);
  world.sync_of(feed);
  repository.old_names.push_back(repository.full_name());
  repository.name = "renamed";
  world.sync_of(feed); // 301
  repository.visibility = "private";
  repository.collaborators = {{3, "hubot"}, {7, "octocat"}};
  world.sync_of(feed);
  repository.token_may_push = false;
  world.sync_of(feed); // 403
  repository.has_issues = false;
  world.sync_of(feed); // pull requests by their own list
  world.simulator().permissions().erase("contents");
  world.sync_of(feed); // 403
}

void sync_owners(const providers::ObservedProvider::Observer& observer) {
  for (const bool organization : {false, true}) {
    GitHubWorld other;
    other.observe(observer);
    if (organization) other.world().organizations.push_back("octocat");
    other.commit_many(1);
    auto owned = other.feed();
    owned.mutable_github()->clear_repositories();
    owned.mutable_github()->add_owners("octocat");
    other.sync_of(owned);
    other.repository().visible = false;
    other.sync_of(owned); // 404
  }
}

void ask_account(const providers::ObservedProvider::Observer& observer) {
  sim::World world;
  world.organizations.push_back("acme");
  sim::GitHubSimulator simulator(world, {});
  providers::ObservedProvider observed(simulator);
  observed.observe(observer);
  DirectApi api(observed);
  v1::Connection connection;
  connection.set_name("connections/github");
  connection.set_account("octocat");
  GitHubAccount account(Client("https://api.github.com"), connection);
  VirtualLoop loop;
  (void)sync::testing::run_on(loop, account.check(api));
  (void)sync::testing::run_on(loop, account.browse(api, {}));
}

} // namespace

std::vector<std::string> exchanges() {
  std::vector<std::string> lines;
  const auto observer = [&lines](const auto& request, const auto& response) {
    lines.push_back(line_of(request, response));
  };
  sync_one(observer);
  sync_owners(observer);
  ask_account(observer);
  return lines;
}

} // namespace circuit::feeds::github
