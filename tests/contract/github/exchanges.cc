// Writes, one JSON object a line, the exchanges of a worker with the simulated GitHub that together use every
// endpoint of the client: first and later syncs, every kind, an owner's repositories, what is refused.

#include <boost/json.hpp>
#include <fstream>
#include <iostream>

#include "tests/feeds/github/github_world.h"

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

void write(std::ostream& out, const providers::SimRequest& request, const providers::SimResponse& response) {
  const json::object exchange{{"method", request.method},
                              {"target", request.target},
                              {"request", fields_json(request.fields)},
                              {"status", response.status},
                              {"response", fields_json(response.fields)},
                              {"body", response.body == nullptr ? std::string() : *response.body}};
  out << json::serialize(exchange) << '\n';
}

void run(std::ostream& out) {
  GitHubWorld world;
  world.observe([&out](const auto& request, const auto& response) { write(out, request, response); });
  auto& repository = world.repository();
  const SystemTime now = world.now();
  auto feed = world.feed();
  for (const char* kind : {"files", "issues", "pull-requests", "comments", "reviews", "releases"})
    feed.mutable_github()->add_kinds(kind);
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
  repository.has_issues = false;
  world.sync_of(feed); // 410
  world.simulator().permissions().erase("contents");
  world.sync_of(feed); // 403
  for (const bool organization : {false, true}) {
    GitHubWorld other;
    other.observe([&out](const auto& request, const auto& response) { write(out, request, response); });
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

} // namespace
} // namespace circuit::feeds::github

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: github-exchanges FILE\n";
    return 2;
  }
  std::ofstream out(argv[1]);
  circuit::feeds::github::run(out);
  return out.flush() ? 0 : 1;
}
