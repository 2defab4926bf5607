#include "feeds/github/discussion.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

#include "feeds/github/normalize.h"
#include "feeds/github/reviews.h"
#include "ingest/state/timestamp.h"
#include "ingest/sync/read_ahead.h"
#include "ingest/text/dates.h"

namespace circuit::feeds::github {
namespace {

// How one kind of item is listed and delivered.
template <class Item>
struct Kind {
  const char* scope;
  const char* what; // for people
  st::GitHubStream* (st::GitHubCursor::*state)();
  std::string (Client::*first_page)(const std::string&, const std::string&, int) const;
  Task<Result<Answer<Items<Item>>>> (Client::*page)(sync::Api&, std::string, Validators) const;
  std::string (*id)(const Repository&, const Item&);
  bool (*is_selected)(const Place&, const Item&);
  // Called with those that are about to be delivered, outside of the kind's own listing. Those that it names
  // are not, and are read again by the next sync.
  using Unread = std::vector<std::pair<const Item*, Error>>;
  Task<Result<Unread>> (*before)(Place&, std::vector<const Item*>);
};

// What of a list could not be read, and is to be read again.
struct Gap {
  std::string since; // when the first of it was changed
  std::optional<Error> error;

  // The watermark that has the next walk come by it.
  std::string before_it(const std::string& watermark) const {
    return since.empty() ? watermark : std::min(watermark, since);
  }
};

// Somewhat before a time that GitHub said; empty stays empty.
std::string before(const std::string& time, Duration by) {
  const auto at = text::parse_date(time);
  return at ? text::format_rfc3339(std::chrono::floor<std::chrono::seconds>(*at - by)) : std::string();
}

bool has_cursor(const std::string& page) {
  return page.find("after=") != std::string::npos || page.find("cursor=") != std::string::npos;
}

st::GitHubWalk begin_walk(const Place& place, const st::GitHubStream& stream) {
  st::GitHubWalk walk;
  *walk.mutable_began_at() = circuit::state::to_timestamp(place.pull.started_at());
  walk.set_whole(is_whole_due(stream, place));
  if (!walk.whole()) walk.set_since(before(stream.watermark(), place.options.overlap));
  return walk;
}

// Where the listing goes on after a page; false: it has ended.
bool move_on(st::GitHubWalk& walk, const std::string& next, const std::string& newest) {
  if (next.empty()) return false;
  // A second back: `since` may leave out its own moment, and others may have the same.
  const std::string since = before(newest, std::chrono::seconds(1));
  walk.clear_next();
  if (!has_cursor(next) && since > walk.since()) {
    walk.set_since(since);
  } else {
    walk.set_next(next);
  }
  return true;
}

template <class Item>
Task<Result<void>> deliver(Place& place, const Kind<Item>& kind, std::vector<Item> items,
                           std::unique_ptr<sync::Enumeration>& listing, bool whole, Gap& gap) {
  std::erase_if(items, [&](const Item& item) { return !kind.is_selected(place, item); });
  std::vector<sync::ItemStamp> stamps;
  stamps.reserve(items.size());
  for (const Item& item : items)
    stamps.push_back({kind.id(place.repository, item), item_version(place.repository, item)});
  const std::vector<bool> is_wanted = co_await place.pull.select_changed(std::move(stamps));
  std::vector<const Item*> wanted;
  for (size_t i = 0; i < items.size(); ++i) {
    if (is_wanted[i]) wanted.push_back(&items[i]);
  }
  typename Kind<Item>::Unread unread;
  if (kind.before != nullptr && !wanted.empty()) {
    listing.reset(); // one listing at a time
    auto done = co_await kind.before(place, wanted);
    if (!done) co_return std::move(done).error();
    unread = *std::move(done);
    std::string scope = place.scope(kind.scope);
    const sync::Listing how = whole ? sync::Listing::kGoesOn : sync::Listing::kAdditions;
    listing = co_await place.pull.enumerate(std::move(scope), how);
  }
  for (auto& [item, error] : unread) {
    std::erase(wanted, item);
    if (gap.since.empty() || item->updated_at < gap.since) gap.since = item->updated_at;
    if (!gap.error) gap.error = error;
    auto id = kind.id(place.repository, *item);
    co_await place.pull.reject(std::move(id), std::move(error));
  }
  for (const Item* item : wanted) {
    auto document = normalize(place.repository, *item, place.options.max_text_bytes);
    co_await place.pull.upsert(std::move(document));
  }
  co_return Result<void>();
}

// Pages of one list: one is read ahead, while the one before it is delivered.
template <class Item>
using PageAhead = sync::ReadAhead<Result<Answer<Items<Item>>>>;

template <class Item>
void ask_for_page(const Place& place, const Kind<Item>& kind, const st::GitHubStream& stream,
                  const st::GitHubWalk& walk, bool conditional, PageAhead<Item>& pages) {
  std::string url = walk.next();
  if (url.empty())
    url = (place.client.*kind.first_page)(place.repository.full_name, walk.since(), place.options.page);
  Validators known;
  if (conditional && stream.validators().url() == url) known = from_state(stream.validators());
  pages.add(0, [&client = place.client, page = kind.page, url, known](sync::Api& api) {
    return (client.*page)(api, url, known);
  });
}

template <class Item>
Task<void> walk_stream(Place& place, const Kind<Item>& kind, PageAhead<Item>& pages, Result<void>* outcome) {
  st::GitHubStream& stream = *(place.at.*kind.state)();
  const bool goes_on = stream.has_walk() && !place.pull.reread_all();
  if (!goes_on) *stream.mutable_walk() = begin_walk(place, stream);
  st::GitHubWalk& walk = *stream.mutable_walk();
  const bool whole = walk.whole();
  sync::Listing how = sync::Listing::kAdditions;
  if (whole) how = goes_on ? sync::Listing::kGoesOn : sync::Listing::kFromStart;
  std::string scope = place.scope(kind.scope);
  auto listing = co_await place.pull.enumerate(std::move(scope), how);
  bool all_readable = true;
  st::GitHubValidators validators;
  std::optional<std::string> begun_again_at;
  Gap gap{walk.gap_since(), std::nullopt};
  ask_for_page(place, kind, stream, walk, !whole && !goes_on, pages);
  for (int number = 0; pages.left() > 0; ++number) {
    place.pull.progress(std::string("reading ") + kind.what + " of " + place.repository.full_name);
    auto page = co_await pages.next();
    const bool expired = !page && page.error().reason == "GITHUB_PAGE_EXPIRED" && !walk.next().empty();
    if (expired && begun_again_at != walk.since()) {
      begun_again_at = walk.since(); // which came to the same end, should it come to it once more
      walk.clear_next();             // from the last time that the walk knows, nothing is passed over
      ask_for_page(place, kind, stream, walk, false, pages);
      continue;
    }
    if (!page) {
      *outcome = std::move(page).error();
      co_return;
    }
    if (page->not_modified) {
      stream.clear_walk();
      co_return; // as it is stored
    }
    std::string newest;
    for (const Item& item : page->value.items) newest = std::max(newest, item.updated_at);
    st::GitHubWalk behind = walk; // where it stands when this page is delivered
    const bool goes_further = move_on(behind, page->next, newest);
    // Such a page stays the same when another one follows it.
    const bool is_full =
        page->value.items.size() + page->value.malformed >= static_cast<size_t>(place.options.page);
    if (goes_further) ask_for_page(place, kind, stream, behind, false, pages);
    if (page->value.malformed > 0) {
      all_readable = false;
      auto error = items_malformed(place.repository, kind.what, page->value.malformed);
      listing->incomplete(error.message + ".");
      auto id = std::to_string(place.repository.id) + "/" + kind.scope + "/malformed";
      co_await place.pull.reject(std::move(id), std::move(error));
    }
    *outcome = co_await deliver(place, kind, std::move(page->value.items), listing, whole, gap);
    if (!*outcome) co_return;
    stream.set_watermark(std::max(stream.watermark(), newest));
    if (number == 0 && page->next.empty() && !is_full) validators = to_state(page->validators);
    walk = std::move(behind);
    walk.set_gap_since(gap.since);
    if (goes_further) co_await place.commit();
  }
  bool swept = true;
  if (whole && all_readable) swept = co_await listing->complete();
  listing.reset();
  if (whole && swept && all_readable) *stream.mutable_whole_at() = walk.began_at();
  // An answer that is still the same would not be read again.
  if (gap.since.empty())
    *stream.mutable_validators() = std::move(validators);
  else
    stream.clear_validators();
  stream.set_watermark(gap.before_it(stream.watermark()));
  stream.clear_walk();
  co_await place.commit();
  if (gap.error) *outcome = *std::move(gap.error);
}

template <class Item>
Task<Result<void>> read_stream(Place& place, Kind<Item> kind) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  PageAhead<Item> pages(place.pull, readers);
  Result<void> outcome;
  co_await run_beside(readers, walk_stream(place, kind, pages, &outcome));
  co_return outcome;
}

bool is_issue_selected(const Place& place, const Issue& issue) {
  return place.wants(issue.pull_request ? "pull-requests" : "issues");
}

bool is_comment_selected(const Place& place, const Comment& comment) {
  return place.wants(comment.on_pull_request ? "pull-requests" : "issues");
}

std::string id_of_issue(const Repository& repository, const Issue& issue) {
  return issue_id(repository, issue.number, issue.pull_request);
}

Kind<Issue> issues_kind() {
  return {"issues",
          "issues",
          &st::GitHubCursor::mutable_issues,
          &Client::issues_since,
          &Client::issues,
          id_of_issue,
          is_issue_selected,
          read_reviews_of};
}

void ask_for_pull_requests(const Place& place, std::string url, Validators known, PageAhead<Issue>& pages) {
  pages.add(0, [&client = place.client, url = std::move(url), known = std::move(known)](sync::Api& api) {
    return client.pull_requests(api, url, known);
  });
}

Task<void> walk_pull_requests(Place& place, PageAhead<Issue>& pages, Result<void>* outcome) {
  st::GitHubStream& stream = *place.at.mutable_pull_requests();
  std::string until;
  if (!place.pull.reread_all()) until = before(stream.watermark(), place.options.overlap);
  Validators known;
  if (!until.empty()) known = from_state(stream.validators());
  ask_for_pull_requests(place, place.client.pull_requests_of(place.repository.full_name, place.options.page),
                        std::move(known), pages);
  std::string scope = place.scope("issues");
  auto listing = co_await place.pull.enumerate(std::move(scope), sync::Listing::kAdditions);
  const Kind<Issue> kind = issues_kind();
  std::string watermark = stream.watermark();
  st::GitHubValidators first;
  Gap gap;
  for (int number = 0; pages.left() > 0; ++number) {
    place.pull.progress("reading pull requests of " + place.repository.full_name);
    auto page = co_await pages.next();
    if (!page) {
      *outcome = std::move(page).error();
      co_return;
    }
    if (page->not_modified) co_return;
    if (number == 0) first = to_state(page->validators);
    bool ends = page->next.empty();
    for (const Issue& issue : page->value.items) {
      watermark = std::max(watermark, issue.updated_at);
      ends = ends || issue.updated_at < until;
    }
    if (!ends) ask_for_pull_requests(place, page->next, {}, pages);
    if (page->value.malformed > 0) {
      auto error = items_malformed(place.repository, "pull requests", page->value.malformed);
      listing->incomplete(error.message + ".");
      auto id = std::to_string(place.repository.id) + "/pull-requests/malformed";
      co_await place.pull.reject(std::move(id), std::move(error));
    }
    *outcome = co_await deliver(place, kind, std::move(page->value.items), listing, false, gap);
    if (!*outcome) co_return;
    co_await place.commit();
  }
  listing.reset();
  stream.set_watermark(gap.before_it(watermark));
  if (gap.since.empty())
    *stream.mutable_validators() = std::move(first);
  else
    stream.clear_validators();
  co_await place.commit();
  if (gap.error) *outcome = *std::move(gap.error);
}

} // namespace

Task<Result<void>> read_issues_and_reviews(Place& place) { return read_stream(place, issues_kind()); }

Task<Result<void>> read_pull_requests(Place& place) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup readers(executor);
  PageAhead<Issue> pages(place.pull, readers);
  Result<void> outcome;
  co_await run_beside(readers, walk_pull_requests(place, pages, &outcome));
  co_return outcome;
}

Task<Result<void>> read_issue_comments(Place& place) {
  Kind<Comment> kind{"comments",
                     "comments",
                     &st::GitHubCursor::mutable_issue_comments,
                     &Client::issue_comments_since,
                     &Client::comments,
                     comment_id,
                     is_comment_selected,
                     nullptr};
  return read_stream(place, kind);
}

Task<Result<void>> read_review_comments(Place& place) {
  Kind<Comment> kind{"review-comments",
                     "review comments",
                     &st::GitHubCursor::mutable_review_comments,
                     &Client::review_comments_since,
                     &Client::comments,
                     comment_id,
                     is_comment_selected,
                     nullptr};
  return read_stream(place, kind);
}

} // namespace circuit::feeds::github
