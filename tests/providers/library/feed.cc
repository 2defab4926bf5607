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
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  PagesAhead pages(pull, readers);
  co_await run_beside(readers, deliver_changes(pull, pages));
}

void LibraryFeed::read_changes_ahead(PagesAhead& pages, std::string token) {
  pages.add(0, [this, token = std::move(token)](sync::Api& api) { return client_.changes(api, token); });
}

Task<void> LibraryFeed::deliver_changes(Pull& pull, PagesAhead& pages) {
  ChangesCursor at = read_changes(pull.cursor());
  const bool anew = pull.reread_all() || at.token.empty() || (!at.enumerating && !at.incomplete.empty());
  if (anew) at = ChangesCursor{"", true, ""};
  std::unique_ptr<sync::Enumeration> listing;
  const sync::Listing everything = at.token.empty() ? sync::Listing::kFromStart : sync::Listing::kGoesOn;
  listing = co_await pull.enumerate("log", at.enumerating ? everything : sync::Listing::kAdditions);
  read_changes_ahead(pages, at.token);
  for (;;) {
    pull.progress(at.enumerating ? "reading everything" : "reading changes");
    auto page = co_await pages.next();
    if (!page) {
      if (!has_expired(page.error())) throw Failure(std::move(page).error());
      listing.reset();
      at = ChangesCursor{"", true, ""};
      listing = co_await pull.enumerate("log", sync::Listing::kFromStart);
      read_changes_ahead(pages, at.token);
      continue;
    }
    if (!page->next.empty()) read_changes_ahead(pages, page->next);
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
    if (last) read_changes_ahead(pages, at.token);
  }
}

Task<std::string> LibraryFeed::read_items(Pull& pull, std::vector<ListedItem> items) {
  std::vector<sync::ItemStamp> stamps;
  for (const ListedItem& item : items) {
    if (!item.folder && !item.deleted) stamps.push_back({item.id, item.etag});
  }
  const std::vector<bool> is_wanted = co_await pull.select_changed(stamps);
  std::vector<sync::ItemStamp> wanted;
  for (size_t i = 0; i < stamps.size(); ++i) {
    if (is_wanted[i]) wanted.push_back(stamps[i]);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  DocumentsAhead documents(pull, readers, {kBodiesAtATime, 2 * kBodiesAtATime});
  std::string missing;
  co_await run_beside(readers, deliver_documents(pull, documents, wanted, &missing));
  co_return missing;
}

Task<void> LibraryFeed::deliver_documents(Pull& pull, DocumentsAhead& documents,
                                          const std::vector<sync::ItemStamp>& wanted, std::string* missing) {
  for (const auto& stamp : wanted) {
    documents.add(0, [this, id = stamp.external_id](sync::Api& api) { return client_.document(api, id); });
  }
  for (const auto& stamp : wanted) {
    auto outcome = co_await documents.next();
    if (!outcome) {
      const Error error = outcome.error();
      if (error.cls == ErrorClass::kNotFound) {
        *missing = stamp.external_id + " was gone when it was to be read.";
      } else if (is_the_documents(error)) {
        co_await pull.reject(stamp.external_id, error);
      } else {
        throw Failure(error);
      }
      continue;
    }
    // A walk delivers what it got, as the version that it is. A change log would not say again what changed.
    if (way_ == Way::kChanges && outcome->etag != stamp.version) throw Failure(moved_on(stamp.external_id));
    auto document = normalize(*outcome, client_.base());
    co_await pull.upsert(std::move(document));
  }
}

} // namespace circuit::providers::library
