#include <boost/asio/this_coro.hpp>
#include <utility>

#include "feeds/github/discussion.h"
#include "feeds/github/normalize.h"
#include "ingest/state/timestamp.h"
#include "ingest/sync/read_ahead.h"

namespace circuit::feeds::github {
namespace {

using ReleasesAhead = sync::ReadAhead<Result<Answer<Items<Release>>>>;

void ask_for_releases(const Place& place, std::string url, Validators known, ReleasesAhead& pages) {
  pages.add(0, [&client = place.client, url = std::move(url), known = std::move(known)](sync::Api& api) {
    return client.releases(api, url, known);
  });
}

Task<void> walk_releases(Place& place, ReleasesAhead& pages, Result<void>* outcome) {
  st::GitHubStream& stream = *place.at.mutable_releases();
  place.pull.progress("reading releases of " + place.repository.full_name);
  Validators known;
  if (!is_whole_due(stream, place)) known = from_state(stream.validators());
  ask_for_releases(place, place.client.releases_of(place.repository.full_name, place.options.page),
                   std::move(known), pages);
  std::unique_ptr<sync::Enumeration> listing;
  Validators validators;
  bool all_readable = true;
  while (pages.left() > 0) {
    auto page = co_await pages.next();
    if (!page) {
      *outcome = std::move(page).error();
      co_return;
    }
    if (page->not_modified) co_return;
    if (!listing) {
      validators = page->validators;
      std::string scope = place.scope("releases");
      listing = co_await place.pull.enumerate(std::move(scope), sync::Listing::kFromStart);
    }
    if (!page->next.empty()) ask_for_releases(place, page->next, {}, pages);
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
}

} // namespace

// Releases have no order by change, and are few: all of them, whenever the first page differs.
Task<Result<void>> read_releases_of(Place& place) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  ReleasesAhead pages(place.pull, readers);
  Result<void> outcome;
  co_await run_beside(readers, walk_releases(place, pages, &outcome));
  co_return outcome;
}

} // namespace circuit::feeds::github
