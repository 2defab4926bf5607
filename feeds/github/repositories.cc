// Which repositories a selection names, and which it does not name any more.

#include <algorithm>
#include <utility>

#include "feeds/github/feed.h"

namespace circuit::feeds::github {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// GitHub answers 404 for what the token may not see.
Error not_visible(Error error, const std::string& name) {
  if (error.cls != ErrorClass::kNotFound) return error;
  return make_error(
             ErrorClass::kPermission, "GITHUB_REPOSITORY_NOT_VISIBLE",
             "GitHub answered 404 to repository " + name +
                 ": it does not exist, or the token may not see it, which GitHub does not tell apart",
             "If it exists, give the token access to it: add it to a fine-grained token's repositories, "
             "and see that its resource owner is the repository's owner and has approved it; a classic "
             "token needs the scope \"repo\". What was delivered of it is kept.")
      .with("repository", name);
}

Repository from_state(const st::GitHubRepository& stored) {
  Repository out;
  out.id = stored.id();
  out.full_name = stored.full_name();
  out.owner = out.full_name.substr(0, out.full_name.find('/'));
  out.default_branch = stored.default_branch();
  out.visibility = stored.visibility();
  out.html_url = stored.html_url();
  out.archived = stored.archived();
  out.fork = stored.fork();
  out.has_issues = !stored.without_issues();
  out.topics.assign(stored.topics().begin(), stored.topics().end());
  return out;
}

} // namespace

bool GitHubFeed::is_selected(const Repository& repository) const {
  const std::string name = lower(repository.full_name);
  if (std::ranges::find(selection_.repositories(), name) != selection_.repositories().end()) return true;
  const std::string owner = name.substr(0, name.find('/'));
  if (std::ranges::find(selection_.owners(), owner) == selection_.owners().end()) return false;
  if (repository.fork && !selection_.with_forks()) return false;
  if (repository.archived && selection_.without_archived()) return false;
  if (selection_.topics_size() == 0) return true;
  return std::ranges::any_of(repository.topics, [&](const std::string& topic) {
    return std::ranges::find(selection_.topics(), topic) != selection_.topics().end();
  });
}

Task<void> GitHubFeed::read_named(Place& place) {
  for (const std::string& name : selection_.repositories()) {
    st::GitHubName& known = (*place.feed.mutable_names())[name];
    const std::string part_name = std::to_string(known.id());
    Repository stored;
    if (known.id() > 0 && !place.pull.reread_all()) {
      const auto part = co_await place.pull.part(part_name);
      stored = from_state(part.github().repository());
    }
    Validators validators;
    if (stored.id == known.id() && stored.id > 0)
      validators = {known.validators().etag(), known.validators().url()};
    auto answer = co_await place.client.repository(place.pull, name, std::move(validators));
    if (!answer) {
      if (known.id() > 0) met_.insert(part_name); // its trouble is said here
      troubles_.add(place.pull, name, not_visible(std::move(answer).error(), name));
      continue;
    }
    if (!answer->not_modified) {
      known.set_id(answer->value.id);
      *known.mutable_validators() = to_state(answer->validators);
    }
    Repository repository = answer->not_modified ? std::move(stored) : std::move(answer->value);
    co_await read_repository(place, std::move(repository));
  }
  // Names that are selected no longer.
  std::vector<std::string> unselected;
  for (const auto& [name, known] : place.feed.names()) {
    if (std::ranges::find(selection_.repositories(), name) == selection_.repositories().end())
      unselected.push_back(name);
  }
  for (const std::string& name : unselected) place.feed.mutable_names()->erase(name);
}

Task<Result<void>> GitHubFeed::read_list(Place& place, std::string url, std::string owner) {
  while (!url.empty()) {
    place.pull.progress("listing the repositories of " + owner);
    auto page = co_await place.client.repositories(place.pull, url);
    if (!page) co_return std::move(page).error();
    if (page->value.malformed > 0) {
      all_listed_ = false;
      place.pull.incomplete("Some repositories of " + owner + " cannot be read.");
    }
    troubles_.went_well();
    for (Repository& repository : page->value.items) {
      if (lower(repository.owner) == owner && is_selected(repository))
        co_await read_repository(place, std::move(repository));
    }
    url = page->next;
  }
  co_return Result<void>();
}

Task<void> GitHubFeed::read_owned(Place& place, std::string owner) {
  std::string first_page = place.client.of_organization(owner);
  auto listed = co_await read_list(place, std::move(first_page), owner);
  if (!listed &&
      listed.error().cls == ErrorClass::kNotFound) { // a person: public ones, and what the token sees
    first_page = place.client.of_user(owner);
    listed = co_await read_list(place, std::move(first_page), owner);
    first_page = place.client.of_token();
    if (listed) listed = co_await read_list(place, std::move(first_page), owner);
  }
  if (listed) co_return;
  all_listed_ = false;
  troubles_.add(place.pull, owner, std::move(listed).error());
}

Task<bool> GitHubFeed::forget_all(Place& place) {
  std::vector<std::string> scopes = {"issues", "comments", "review-comments", "reviews", "releases"};
  for (const auto& [branch, files] : place.at.files()) scopes.push_back("files:" + branch);
  bool all = true;
  for (const std::string& scope : scopes) {
    const bool swept = co_await place.forget(scope);
    all = all && swept;
    co_await place.commit();
  }
  co_return all;
}

// Repositories that were read before and that no list names now.
Task<void> GitHubFeed::forget_unselected(Place& place) {
  std::string after;
  for (;;) {
    constexpr size_t kPage = 500;
    const std::vector<std::string> known = co_await place.pull.parts(after, kPage);
    for (const std::string& name : known) {
      if (met_.contains(name)) continue;
      auto part = co_await place.pull.part(name);
      place.at = std::move(*part.mutable_github());
      place.repository = from_state(place.at.repository());
      auto now = co_await place.client.repository_by_id(place.pull, place.repository.id);
      if (!now) {
        const std::string was = place.repository.full_name;
        troubles_.add(place.pull, was, not_visible(std::move(now).error(), was));
        continue;
      }
      if (is_selected(*now)) continue; // came back while the lists were read
      const bool all = co_await forget_all(place);
      if (!all) continue;
      place.pull.set_part(name, {});
      auto cursor = to_cursor(place.feed);
      co_await place.pull.checkpoint(std::move(cursor));
    }
    if (known.size() < kPage) co_return;
    after = known.back();
  }
}

} // namespace circuit::feeds::github
