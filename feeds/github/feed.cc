#include "feeds/github/feed.h"

#include <algorithm>
#include <utility>

#include "feeds/github/access.h"
#include "feeds/github/discussion.h"
#include "feeds/github/files.h"
#include "feeds/github/normalize.h"

namespace circuit::feeds::github {
namespace {

st::GitHubRepository to_state(const Repository& repository) {
  st::GitHubRepository out;
  out.set_id(repository.id);
  out.set_full_name(repository.full_name);
  out.set_default_branch(repository.default_branch);
  out.set_visibility(repository.visibility);
  out.set_html_url(repository.html_url);
  out.set_archived(repository.archived);
  out.set_fork(repository.fork);
  out.set_without_issues(!repository.has_issues);
  for (const std::string& topic : repository.topics) out.add_topics(topic);
  return out;
}

// Who may read the documents, which of them there are, and what they carry.
std::string shape_of(const Place& place) {
  std::string shape = audience(place.repository) + "\n" + std::to_string(place.pull.settings().content());
  for (const auto* values :
       {&place.selection.include(), &place.selection.exclude(), &place.selection.kinds()}) {
    shape += '\n';
    for (const std::string& value : *values) shape += value + '\0';
  }
  return shape;
}

} // namespace

Task<void> GitHubFeed::pull(sync::Pull& pull) {
  auto globs = text::GlobSet::compile({selection_.include().begin(), selection_.include().end()},
                                      {selection_.exclude().begin(), selection_.exclude().end()});
  if (!globs) throw sync::Failure(std::move(globs).error());
  const Client client(base_url(pull.connection(), options_));
  Place place{pull, client, options_, selection_, *globs, pull.cursor().github()};
  co_await read_named(place);
  for (const std::string& owner : selection_.owners()) co_await read_owned(place, owner);
  if (all_listed_) co_await forget_unselected(place);
  troubles_.throw_if_all();
}

Task<void> GitHubFeed::read_repository(Place& place, Repository repository) {
  const std::string name = std::to_string(repository.id);
  if (!met_.insert(name).second) co_return; // named, and of an owner that is named
  auto part = co_await place.pull.part(name);
  place.repository = std::move(repository);
  place.at = std::move(*part.mutable_github());
  *place.at.mutable_repository() = to_state(place.repository);
  auto access = co_await find_out_access(place);
  if (!access) {
    co_await note(place, "who may read it", std::move(access));
    co_return;
  }
  std::string shape = shape_of(place);
  if (place.at.shape() != shape) {
    const bool first = place.at.shape().empty();
    for (auto& [branch, files] : *place.at.mutable_files()) files = {};
    place.at.clear_issues();
    place.at.clear_pull_requests();
    place.at.clear_issue_comments();
    place.at.clear_review_comments();
    place.at.clear_releases();
    place.at.set_shape(std::move(shape));
    // Kinds that are not selected any more.
    const bool threads = place.wants("issues") || place.wants("pull-requests");
    bool all = true;
    if (!first && !threads) all = co_await place.forget("issues");
    if (!first && !place.wants("comments")) {
      const bool comments = co_await place.forget("comments");
      const bool review_comments = co_await place.forget("review-comments");
      all = all && comments && review_comments;
    }
    if (!first && !place.wants("reviews")) {
      const bool swept = co_await place.forget("reviews");
      all = all && swept;
    }
    if (!first && !place.wants("releases")) {
      const bool swept = co_await place.forget("releases");
      all = all && swept;
    }
    if (!all) place.at.clear_shape(); // held: looked at again by the next sync
  }
  place.pull.set_part(name, to_cursor(place.at));
  co_await read_files(place);
  co_await read_discussion(place);
  co_await place.commit();
}

Task<void> GitHubFeed::note(Place& place, const char* what, Result<void> outcome) {
  const bool switched_off = !outcome && outcome.error().reason == "GITHUB_FEATURE_DISABLED";
  if (outcome || switched_off) {
    troubles_.went_well();
    co_return;
  }
  // What it had delivered is kept, with how far it came.
  co_await place.commit();
  troubles_.add(place.pull, place.repository.full_name + ", " + what, std::move(outcome).error());
}

Task<void> GitHubFeed::read_files(Place& place) {
  std::vector<std::string> branches(selection_.branches().begin(), selection_.branches().end());
  if (branches.empty()) branches.push_back(place.repository.default_branch);
  if (!place.wants("files")) branches.clear();
  // The default branch may be another one now, or was renamed.
  std::vector<std::string> left;
  for (const auto& [branch, files] : place.at.files()) {
    if (std::ranges::find(branches, branch) == branches.end()) left.push_back(branch);
  }
  for (const std::string& branch : branches) {
    if (!is_branch_name(branch)) continue;
    FileReader reader(place, branch);
    auto outcome = co_await reader.read();
    co_await note(place, "files", std::move(outcome));
  }
  for (const std::string& branch : left) {
    std::string all = "files:" + branch;
    const bool swept = co_await place.forget(std::move(all));
    if (swept) place.at.mutable_files()->erase(branch);
    co_await place.commit();
  }
}

Task<void> GitHubFeed::read_discussion(Place& place) {
  const bool pull_requests = place.wants("pull-requests");
  const bool threads = place.wants("issues") || pull_requests;
  if (threads) {
    // Switched off: as if there were none, and nothing that was delivered goes.
    Result<void> outcome;
    if (place.repository.has_issues) {
      outcome = co_await read_issues_and_reviews(place);
    } else if (pull_requests) {
      outcome = co_await read_pull_requests(place);
    }
    co_await note(place, "issues", std::move(outcome));
  }
  if (threads && place.wants("comments")) {
    auto outcome = co_await read_issue_comments(place);
    co_await note(place, "comments", std::move(outcome));
    if (pull_requests) {
      auto reviewed = co_await read_review_comments(place);
      co_await note(place, "review comments", std::move(reviewed));
    }
  }
  if (place.wants("releases")) {
    auto outcome = co_await read_releases_of(place);
    co_await note(place, "releases", std::move(outcome));
  }
}

} // namespace circuit::feeds::github
