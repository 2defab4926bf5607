#include "feeds/github/access.h"

#include <algorithm>
#include <utility>

namespace circuit::feeds::github {
namespace {

// More would make each document mostly a list of people.
constexpr size_t kReadersAtMost = 1000;

Access unknown(const char* why) { return {Access::Kind::kUnknown, {}, why}; }

Access restricted_to(const st::GitHubReaders& readers) {
  Access access{Access::Kind::kRestricted, {}, {}};
  for (const auto& person : readers.people()) access.readers.push_back({person.id(), person.login(), true});
  return access;
}

// Whether each page is what it was; their number is part of that.
Task<Result<bool>> is_unchanged(Place& place, st::GitHubReaders known) {
  for (const auto& page : known.pages()) {
    if (page.etag().empty()) co_return false;
    Validators validators = from_state(page);
    auto answer = co_await place.client.readers(place.pull, page.url(), std::move(validators));
    if (!answer) co_return std::move(answer).error();
    if (!answer->not_modified) co_return false;
  }
  co_return known.pages_size() > 0;
}

Task<Result<Access>> list_readers(Place& place) {
  st::GitHubReaders listed;
  std::string url = place.client.readers_of(place.repository.full_name);
  while (!url.empty()) {
    Validators none;
    auto page = co_await place.client.readers(place.pull, url, std::move(none));
    if (!page) co_return std::move(page).error();
    if (page->value.malformed > 0) co_return unknown("GitHub's list of people cannot be read");
    // A full page stays the same when another one follows it.
    const bool may_hide_another =
        page->next.empty() && page->value.items.size() >= static_cast<size_t>(Client::kReadersPage);
    *listed.add_pages() = may_hide_another ? st::GitHubValidators() : to_state(page->validators);
    for (const Reader& reader : page->value.items) {
      if (!reader.may_read) continue;
      auto* person = listed.add_people();
      person->set_id(reader.id);
      person->set_login(reader.login);
    }
    if (static_cast<size_t>(listed.people_size()) > kReadersAtMost)
      co_return unknown("more than 1,000 people may read it");
    url = page->next;
  }
  // The owner is always one of them: such a list is not the whole of it.
  if (listed.people().empty()) co_return unknown("GitHub's list of people is empty");
  std::sort(listed.mutable_people()->begin(), listed.mutable_people()->end(),
            [](const auto& a, const auto& b) { return a.id() < b.id(); });
  *place.at.mutable_readers() = std::move(listed);
  co_return restricted_to(place.at.readers());
}

Task<Result<Access>> read_readers_of(Place& place) {
  const st::GitHubReaders known = place.at.readers();
  if (!place.pull.reread_all()) {
    auto asked = known;
    auto unchanged = co_await is_unchanged(place, std::move(asked));
    if (!unchanged) co_return std::move(unchanged).error();
    if (*unchanged) co_return restricted_to(known);
  }
  place.at.clear_readers();
  co_return co_await list_readers(place);
}

} // namespace

Task<Result<void>> find_out_access(Place& place) {
  Repository& repository = place.repository;
  const bool is_private = repository.visibility == "private";
  if (!is_private || !place.selection.with_permissions()) place.at.clear_readers();
  if (repository.visibility == "public") {
    repository.access = place.client.is_open_to_the_world()
                            ? Access{Access::Kind::kPublic, {}, {}}
                            : unknown("public on this server, which may ask for an account");
  } else if (!is_private) { // "internal"
    repository.access = unknown("open to all of an enterprise, whose members are not listed");
  } else if (!place.selection.with_permissions()) {
    repository.access = unknown("not asked for");
  } else {
    auto access = co_await read_readers_of(place);
    const bool refused = !access && (access.error().reason == "GITHUB_FORBIDDEN" ||
                                     access.error().reason == "GITHUB_NOT_FOUND");
    if (!access && !refused) co_return std::move(access).error();
    if (refused) place.at.clear_readers();
    repository.access = refused ? unknown("the token may not see who can read it") : *std::move(access);
  }
  co_return Result<void>();
}

} // namespace circuit::feeds::github
