#include "feeds/rss/feed.h"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "feeds/rss/discover.h"
#include "feeds/rss/normalize.h"
#include "feeds/rss/parse.h"
#include "feeds/rss/schedule.h"
#include "feeds/rss/tombstones.h"
#include "ingest/runtime/digest.h"
#include "ingest/text/url.h"

namespace circuit::feeds::rss {

using sync::Failure;
using sync::Pull;
namespace st = circuit::feeds::state::v1;

namespace {

// Compared with what is delivered, and delivered, at a time.
constexpr size_t kItemsAtATime = 500;

ParseOptions parse_options(const http::Response& response, const std::string& url) {
  ParseOptions options;
  options.content_type = response.headers.get("content-type");
  options.content_language = response.headers.get("content-language");
  options.content_location = response.headers.get("content-location");
  options.url = url;
  return options;
}

// Whether the same is to be expected of the next request.
bool is_lasting(const Error& error) {
  return error.cls == ErrorClass::kNotFound || error.cls == ErrorClass::kInvalid ||
         error.cls == ErrorClass::kPermission || error.cls == ErrorClass::kAuth;
}

Error no_feed_named(const std::string& url) {
  return make_error(
             ErrorClass::kInvalid, "RSS_PAGE_WITHOUT_FEED",
             text::loggable_url(url) + " is a web page that names no feed",
             "Give the address of the feed itself; look for a link called RSS, Atom or Feed on the page.")
      .with("url", text::loggable_url(url));
}

Error page_is_gone(const std::string& url) {
  return make_error(ErrorClass::kNotFound, "RSS_NOT_FOUND", text::loggable_url(url) + " answered 410",
                    "Nothing to do: newer pages are read.");
}

// Whether an answer without a document has taught anything that is not stored.
bool remembers_more(const st::RssCursor& cursor, const st::RssCursor& stored) {
  return cursor.etag() != stored.etag() || cursor.history_url() != stored.history_url() ||
         cursor.history_pages() != stored.history_pages() ||
         cursor.permanent_url() != stored.permanent_url() ||
         cursor.discovered_url() != stored.discovered_url();
}

// What asking an address that was merely remembered can end with, when the selected one may still work: there
// is no feed, or nobody any more. A server that has a bad moment is no reason.
bool means_moved_away(const Error& error) {
  if (error.cls == ErrorClass::kTransient)
    return error.reason != "RSS_SERVER_ERROR" && error.reason != "BODY_TRUNCATED";
  return is_lasting(error);
}

} // namespace

// What a body says, as far as it can be known without asking anybody.
struct RssFeed::Page {
  RawFeed feed;
  std::vector<Item> items; // none where the body is the known one
  size_t bytes = 0;
  std::string body_hash;
};

// A document, and where it came from; or that there is none.
struct RssFeed::Reading {
  Answer::Kind kind = Answer::Kind::kDocument;
  std::unique_ptr<Page> page; // of a document
  http::Headers headers;
  std::string url;
  std::string answered_by; // the address behind all redirects
};

RssFeed::RssFeed(v1::RssSelection selection, RssOptions options)
    : selection_(std::move(selection)), options_(std::move(options)) {}

Task<void> RssFeed::pull(Pull& pull) {
  Cursor cursor = pull.cursor().rss();
  if (pull.reread_all()) { // history too, from its first page
    cursor.clear_history_url();
    cursor.clear_history_pages();
  }
  Reading reading = co_await read_feed(pull, &cursor);
  if (reading.kind == Answer::Kind::kGone) {
    pull.source_ended("The server says that the feed is gone for good (410).");
    co_return;
  }
  Tombstones tombstones;
  if (reading.kind == Answer::Kind::kNotModified) {
    plan_next(pull, cursor, reading.headers);
    // A 304 may bring newer validators for the same body (RFC 9111 section 4.3.4).
    if (reading.headers.has("etag")) cursor.set_etag(std::string(reading.headers.get("etag")));
    if (!cursor.history_url().empty())
      co_await read_history(pull, &cursor, cursor.history_url(), &tombstones);
    if (pull.reread_all() || remembers_more(cursor, pull.cursor().rss())) {
      co_await save(pull, std::move(cursor));
    }
    co_return;
  }
  const RawFeed& feed = reading.page->feed;
  const bool same_body = reading.page->body_hash == cursor.body_hash() && !pull.reread_all();
  if (!same_body) {
    std::unique_ptr<sync::Enumeration> listing;
    if (feed.feed.complete && feed.complete_document) {
      listing = co_await pull.enumerate("feed", sync::Listing::kFromStart);
    }
    tombstones.add(feed);
    tombstones.bury(reading.page->items);
    co_await deliver(pull, reading.page.get(), reading.url, false);
    co_await remove_deleted(pull, removals_of(feed, reading.page->items));
    if (listing) co_await listing->complete();
  }
  if (feed.feed.expired) pull.source_ended("The feed says that there will be no more updates.");
  *cursor.mutable_hints() = hints_of(feed.feed);
  plan_next(pull, cursor, reading.headers);

  if (feed.complete_document) {
    cursor.set_etag(std::string(reading.headers.get("etag")));
    cursor.set_last_modified(std::string(reading.headers.get("last-modified")));
    cursor.set_validated_url(reading.answered_by);
    cursor.set_body_hash(reading.page->body_hash);
  } else {
    // Read it again next time: what is missing now may be there then.
    pull.incomplete("The document was broken; what could be read of it was delivered.");
  }
  const bool history_wanted = selection_.with_history() && (!cursor.history_done() || pull.reread_all());
  const Link* older = find_link(feed.feed, "prev-archive");
  if (older == nullptr) older = find_link(feed.feed, "next");
  std::string next_page = cursor.history_url();
  if (next_page.empty() && older != nullptr) next_page = std::string(older->href);
  if (history_wanted && !next_page.empty()) {
    // What came with this document does not wait for the pages behind it.
    co_await save_place(pull, next_page, cursor.history_pages());
    co_await read_history(pull, &cursor, std::move(next_page), &tombstones);
  }
  cursor.set_history_done(true);
  co_await save(pull, std::move(cursor));
}

std::string RssFeed::remembered_url(const Cursor& cursor) const {
  if (!cursor.discovered_url().empty()) return cursor.discovered_url();
  if (!cursor.permanent_url().empty()) return cursor.permanent_url();
  return selection_.url();
}

// From the remembered address; if that has gone bad, from the selected one.
Task<RssFeed::Reading> RssFeed::read_feed(Pull& pull, Cursor* cursor) {
  std::string url = remembered_url(*cursor);
  Validators validators;
  if (!pull.reread_all()) {
    validators = {cursor->etag(), cursor->last_modified(), cursor->validated_url()};
  }
  const bool only_remembered = url != selection_.url();
  auto reading = co_await read_at(pull, cursor, std::move(url), std::move(validators));
  const bool gone = reading && reading->kind == Answer::Kind::kGone;
  if (only_remembered && (gone || (!reading && means_moved_away(reading.error())))) {
    cursor->clear_permanent_url();
    cursor->clear_discovered_url();
    Validators none;
    reading = co_await read_at(pull, cursor, selection_.url(), std::move(none));
  }
  if (!reading) throw Failure(std::move(reading).error());
  co_return std::move(*reading);
}

Task<Result<RssFeed::Reading>> RssFeed::read_at(Pull& pull, Cursor* cursor, std::string url,
                                                Validators validators) {
  auto answer = co_await ask(pull, std::move(url), std::move(validators), options_);
  if (!answer) co_return std::move(answer).error();
  if (answer->kind == Answer::Kind::kDocument) co_return co_await read(pull, cursor, std::move(*answer));
  Reading reading;
  reading.kind = answer->kind;
  reading.headers = std::move(answer->response.headers);
  co_return reading;
}

// Reads and identifies, which takes as long as all the rest, away from the loop where it is much.
// `known_hash`: of a body whose items need not be identified again.
Task<Result<RssFeed::Page>> RssFeed::read_page(Pull& pull, const http::Response* response, std::string url,
                                               std::string known_hash) {
  const ParseOptions how = parse_options(*response, url);
  const auto key = selection_.identity() == "link" ? IdentityKey::kLink : IdentityKey::kGuid;
  const std::string& body = response->body;
  auto work = [&]() -> Result<Page> {
    auto feed = parse_feed(body, how);
    if (!feed) return std::move(feed).error();
    Page page{std::move(*feed), {}, body.size(), sha256(body)};
    if (page.body_hash != known_hash) page.items = identify_items(page.feed, key);
    return page;
  };
  co_return co_await pull.compute(body.size(), std::move(work));
}

// The feed in the answer, or the one that the page in the answer names. Remembers where it was found.
Task<Result<RssFeed::Reading>> RssFeed::read(Pull& pull, Cursor* cursor, Answer answer) {
  for (bool may_discover = true;; may_discover = false) {
    std::string url = answer.response.url;
    if (!options_.base_url.empty()) url = remembered_url(*cursor);
    std::string known_hash;
    if (!pull.reread_all()) known_hash = cursor->body_hash();
    auto page = co_await read_page(pull, &answer.response, url, std::move(known_hash));
    if (page) {
      if (!answer.moved_to.empty() && cursor->discovered_url().empty() && options_.base_url.empty()) {
        cursor->set_permanent_url(answer.moved_to);
      }
      Reading reading{Answer::Kind::kDocument, std::make_unique<Page>(std::move(*page)),
                      std::move(answer.response.headers), std::move(url), answer.response.url};
      co_return reading;
    }
    const bool is_page = page.error().reason == "RSS_IS_HTML";
    if (!is_page || !may_discover) co_return std::move(page).error();
    const auto named = discover_feeds(answer.response.body, url);
    if (named.empty()) co_return no_feed_named(url);
    Validators none;
    auto found = co_await ask(pull, named.front(), std::move(none), options_);
    if (!found) co_return std::move(found).error();
    if (found->kind != Answer::Kind::kDocument) co_return no_feed_named(url);
    cursor->set_discovered_url(named.front());
    answer = std::move(*found);
  }
}

// `only_unknown`: an older page, which must not overwrite what newer ones said.
Task<void> RssFeed::deliver(Pull& pull, const Page* page, std::string url, bool only_unknown) {
  NormalizeOptions options;
  options.url = std::move(url);
  options.now = pull.started_at();
  options.max_text_bytes = options_.max_text_bytes;
  const std::span<const Item> items = page->items;
  for (size_t begin = 0; begin < items.size(); begin += kItemsAtATime) {
    const std::span<const Item> some = items.subspan(begin, std::min(kItemsAtATime, items.size() - begin));
    const std::vector<bool> wanted = co_await choose(pull, some, only_unknown);
    std::vector<const Item*> chosen;
    for (size_t i = 0; i < some.size(); ++i) {
      if (wanted[i]) chosen.push_back(&some[i]);
    }
    std::function<v1::Document(size_t)> make = [&](size_t i) {
      return normalize(page->feed, *chosen[i], options);
    };
    co_await pull.upsert_all(chosen.size(), page->bytes / items.size() * chosen.size(), std::move(make));
  }
}

// Which of these to deliver: on the current page what is new or differs, on older pages what is unknown.
Task<std::vector<bool>> RssFeed::choose(Pull& pull, std::span<const Item> items, bool only_unknown) {
  if (only_unknown) {
    std::vector<std::string> ids;
    for (const Item& item : items) ids.push_back(item.external_id);
    std::vector<bool> wanted = co_await pull.is_delivered(std::move(ids));
    wanted.flip();
    co_return wanted;
  }
  std::vector<sync::ItemStamp> stamps;
  for (const Item& item : items) stamps.push_back({item.external_id, item.version});
  co_return co_await pull.select_changed(std::move(stamps));
}

Task<void> RssFeed::remove_deleted(Pull& pull, std::vector<std::string> ids) {
  for (std::string& id : ids) co_await pull.remove(std::move(id), "DELETED");
}

// Older pages, one at a time, newest first, each durable before the next is asked for. One that is not there
// ends them; one that may be there later fails the sync, and the next goes on with it.
Task<void> RssFeed::read_history(Pull& pull, Cursor* cursor, std::string first_page, Tombstones* tombstones) {
  std::unordered_set<std::string> read_now;
  std::string url = std::move(first_page);
  while (!url.empty() && read_now.insert(url).second) {
    if (cursor->history_pages() >= options_.max_history_pages) {
      pull.incomplete("The feed has more history pages than are read.");
      break;
    }
    cursor->set_history_url(url);
    auto older = co_await read_older(pull, url, tombstones);
    if (!older && !is_lasting(older.error())) throw Failure(std::move(older).error());
    if (!older) {
      pull.incomplete("The history ends at " + text::loggable_url(url) + ": " + older.error().message);
      break;
    }
    url = std::move(*older);
    cursor->set_history_url(url);
    cursor->set_history_pages(cursor->history_pages() + 1);
    co_await save_place(pull, url, cursor->history_pages());
  }
  cursor->clear_history_url();
}

// Delivers what is unknown of an older page. Returns the address of the one before it; empty: there is none.
Task<Result<std::string>> RssFeed::read_older(Pull& pull, std::string url, Tombstones* tombstones) {
  Validators none;
  auto answer = co_await ask(pull, url, std::move(none), options_);
  if (!answer) co_return std::move(answer).error();
  if (answer->kind != Answer::Kind::kDocument) co_return page_is_gone(url);
  const std::string page_url = options_.base_url.empty() ? answer->response.url : url;
  auto page = co_await read_page(pull, &answer->response, page_url, "");
  if (!page) co_return std::move(page).error();
  tombstones->add(page->feed);
  tombstones->bury(page->items);
  co_await deliver(pull, &*page, page_url, true);
  if (!page->feed.complete_document) {
    pull.incomplete("The history page " + text::loggable_url(url) +
                    " was broken; what could be read of it was delivered.");
  }
  const Link* older = find_link(page->feed.feed, "prev-archive");
  if (older == nullptr) older = find_link(page->feed.feed, "next");
  co_return older == nullptr ? std::string() : std::string(older->href);
}

// Makes durable how far the history was read, without the new validators: they count once all is read.
Task<void> RssFeed::save_place(Pull& pull, std::string history_url, int64_t pages) {
  circuit::feeds::state::v1::Cursor progress = pull.cursor();
  progress.mutable_rss()->set_history_url(history_url);
  progress.mutable_rss()->set_history_pages(static_cast<int32_t>(pages));
  co_await pull.checkpoint(std::move(progress));
}

void RssFeed::plan_next(Pull& pull, const Cursor& cursor, const http::Headers& headers) const {
  const auto& interval = pull.settings().poll_interval();
  pull.suggest_next_sync(suggest_next_read(cursor.hints(), headers, pull.started_at(),
                                           std::chrono::seconds(interval.seconds())));
}

Task<void> RssFeed::save(Pull& pull, Cursor cursor) {
  circuit::feeds::state::v1::Cursor all;
  *all.mutable_rss() = std::move(cursor);
  co_await pull.checkpoint(std::move(all));
}

} // namespace circuit::feeds::rss
