#include "tests/providers/library/feed.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "ingest/runtime/task_group.h"
#include "tests/providers/library/normalize.h"

namespace circuit::providers::library {

using sync::Failure;
using sync::Pull;

namespace {

constexpr size_t kBodiesAtATime = 4;

bool has_expired(const Error& error) { return error.reason == "LIBRARY_EXPIRED"; }

// One document's trouble, and not the listing's.
bool is_the_documents(const Error& error) {
  return error.reason == "LIBRARY_UNREADABLE" || error.reason == "LIBRARY_FORBIDDEN";
}

WalkCursor start_of_walk() {
  WalkCursor walk;
  walk.places.push_back({"f0", ""});
  return walk;
}

Error moved_on(const std::string& id) {
  return make_error(ErrorClass::kTransient, "LIBRARY_MOVED_ON", id + " changed while it was read",
                    "Nothing to do: it is read again.");
}

} // namespace

Task<void> LibraryFeed::pull(Pull& pull) { return way_ == Way::kListing ? walk(pull) : follow_changes(pull); }

Task<void> LibraryFeed::walk(Pull& pull) {
  WalkCursor walk;
  if (!pull.reread_all()) walk = read_walk(pull.cursor());
  const bool goes_on = !walk.places.empty();
  if (!goes_on) walk = start_of_walk();
  auto listing =
      co_await pull.enumerate("library", goes_on ? sync::Listing::kGoesOn : sync::Listing::kFromStart);
  while (!walk.places.empty()) {
    const WalkCursor::Place place = walk.places.back();
    pull.progress("listing " + place.folder);
    auto page = co_await client_.children(pull, place.folder, place.marker);
    walk.places.pop_back();
    if (!page) {
      const Error& error = page.error();
      if (has_expired(error)) { // its pages do not fit together any more
        walk = start_of_walk();
        listing.reset();
        listing = co_await pull.enumerate("library", sync::Listing::kFromStart);
        continue;
      }
      if (error.cls != ErrorClass::kPermission && error.cls != ErrorClass::kNotFound) throw Failure(error);
      walk.incomplete = error.message;
      continue;
    }
    if (walk.moves.empty()) walk.moves = page->moves;
    if (walk.moves != page->moves) walk.incomplete = "Documents were moved while the folders were listed.";
    if (!page->next.empty()) walk.places.push_back({place.folder, page->next});
    for (const ListedItem& item : page->items) {
      if (item.folder) walk.places.push_back({item.id, ""});
    }
    const std::string missing = co_await read_items(pull, std::move(page->items));
    if (!missing.empty()) walk.incomplete = missing;
    auto cursor = write_cursor(walk);
    co_await pull.checkpoint(std::move(cursor));
  }
  if (!walk.incomplete.empty()) listing->incomplete(walk.incomplete);
  co_await listing->complete(); // which removes nothing after incomplete()
  listing.reset();
  const WalkCursor done;
  auto cursor = write_cursor(done);
  co_await pull.checkpoint(std::move(cursor));
}

Task<void> LibraryFeed::follow_changes(Pull& pull) {
  ChangesCursor at = read_changes(pull.cursor());
  const bool anew = pull.reread_all() || at.token.empty() || (!at.enumerating && !at.incomplete.empty());
  if (anew) at = ChangesCursor{"", true, ""};
  std::unique_ptr<sync::Enumeration> listing;
  const sync::Listing everything = at.token.empty() ? sync::Listing::kFromStart : sync::Listing::kGoesOn;
  listing = co_await pull.enumerate("log", at.enumerating ? everything : sync::Listing::kAdditions);
  for (;;) {
    pull.progress(at.enumerating ? "reading everything" : "reading changes");
    auto page = co_await client_.changes(pull, at.token);
    if (!page) {
      if (!has_expired(page.error())) throw Failure(std::move(page).error());
      listing.reset();
      at = ChangesCursor{"", true, ""};
      listing = co_await pull.enumerate("log", sync::Listing::kFromStart);
      continue;
    }
    if (page->denied) at.incomplete = "There are folders that may not be read.";
    const std::string missing = co_await read_items(pull, page->items);
    // Its place in the log is passed only once it was read.
    if (!missing.empty()) throw Failure(moved_on(missing));
    for (const ListedItem& item : page->items) {
      if (item.deleted) co_await pull.remove(item.id, "DELETED");
    }
    const bool last = page->next.empty();
    at.token = last ? page->delta : page->next;
    if (last && at.enumerating) {
      if (!at.incomplete.empty()) listing->incomplete(at.incomplete);
      co_await listing->complete(); // which removes nothing after incomplete()
      listing.reset();
      listing = co_await pull.enumerate("log", sync::Listing::kAdditions);
    }
    // After everything was read comes what changed in the meantime.
    const bool up_to_date = last && !at.enumerating;
    if (last) at.enumerating = false;
    auto cursor = write_cursor(at);
    co_await pull.checkpoint(std::move(cursor));
    if (up_to_date) co_return;
  }
}

Task<std::string> LibraryFeed::read_items(Pull& pull, std::vector<ListedItem> items) {
  std::vector<sync::ItemStamp> stamps;
  for (const ListedItem& item : items) {
    if (!item.folder && !item.deleted) stamps.push_back({item.id, item.etag});
  }
  const std::vector<bool> wanted = co_await pull.select_changed(stamps);
  std::vector<Fetch> fetches;
  for (size_t i = 0; i < stamps.size(); ++i) {
    if (wanted[i]) fetches.push_back({stamps[i].external_id, stamps[i].version, std::nullopt});
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto start = [this, &pull](Fetch& fetch) { return fetch_into(pull, &fetch); };
  co_await for_each_concurrent(executor, fetches, kBodiesAtATime, start);

  std::string missing;
  for (Fetch& fetch : fetches) {
    Result<RawDocument>& outcome = *fetch.outcome;
    if (!outcome) {
      const Error error = outcome.error();
      if (error.cls == ErrorClass::kNotFound) {
        missing = fetch.id + " was gone when it was to be read.";
      } else if (is_the_documents(error)) {
        co_await pull.reject(fetch.id, error);
      } else {
        throw Failure(error);
      }
      continue;
    }
    // A walk delivers what it got, as the version that it is. A change log would not say again what changed.
    if (way_ == Way::kChanges && outcome->etag != fetch.etag) throw Failure(moved_on(fetch.id));
    auto document = normalize(*outcome, client_.base());
    co_await pull.upsert(std::move(document));
  }
  co_return missing;
}

Task<void> LibraryFeed::fetch_into(Pull& pull, Fetch* fetch) {
  auto outcome = co_await client_.document(pull, fetch->id);
  fetch->outcome.emplace(std::move(outcome));
}

} // namespace circuit::providers::library
