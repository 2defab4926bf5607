#include <utility>

#include "feeds/github/discussion.h"
#include "feeds/github/normalize.h"
#include "ingest/state/timestamp.h"

namespace circuit::feeds::github {

// Releases have no order by change, and are few: all of them, whenever the first page differs.
Task<Result<void>> read_releases_of(Place& place) {
  st::GitHubStream& stream = *place.at.mutable_releases();
  place.pull.progress("reading releases of " + place.repository.full_name);
  std::string url = place.client.releases_of(place.repository.full_name, place.options.page);
  Validators known;
  if (!is_whole_due(stream, place)) known = from_state(stream.validators());
  auto page = co_await place.client.releases(place.pull, url, std::move(known));
  if (!page) co_return std::move(page).error();
  if (page->not_modified) co_return Result<void>();
  const Validators validators = page->validators;
  std::string scope = place.scope("releases");
  auto listing = co_await place.pull.enumerate(std::move(scope), sync::Listing::kFromStart);
  bool all_readable = true;
  for (;;) {
    if (page->value.malformed > 0) {
      all_readable = false;
      auto error = items_malformed(place.repository, "releases", page->value.malformed);
      listing->incomplete(error.message + ".");
      auto id = std::to_string(place.repository.id) + "/releases/malformed";
      co_await place.pull.reject(std::move(id), std::move(error));
    }
    std::vector<sync::ItemStamp> stamps;
    for (const Release& release : page->value.items)
      stamps.push_back({release_id(place.repository, release), release_version(place.repository, release)});
    const std::vector<bool> wanted = co_await place.pull.select_changed(std::move(stamps));
    for (size_t i = 0; i < page->value.items.size(); ++i) {
      if (!wanted[i]) continue;
      auto document = normalize(place.repository, page->value.items[i], place.options.max_text_bytes);
      co_await place.pull.upsert(std::move(document));
    }
    if (page->next.empty()) break;
    url = page->next;
    Validators none;
    page = co_await place.client.releases(place.pull, url, std::move(none));
    if (!page) co_return std::move(page).error();
  }
  bool swept = false;
  if (all_readable) swept = co_await listing->complete();
  listing.reset();
  stream.clear_validators();
  if (swept) {
    *stream.mutable_validators() = to_state(validators);
    *stream.mutable_whole_at() = circuit::state::to_timestamp(place.pull.started_at());
  }
  co_await place.commit();
  co_return Result<void>();
}

} // namespace circuit::feeds::github
