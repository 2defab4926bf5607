#pragma once
// The pull of one web feed.
//
//   ask (conditionally) -> parse -> deliver what differs -> tombstones -> history -> checkpoint with the new
//   validators
//
// Validators, body hash and redirects are kept only after everything that came with them was delivered. An
// item that leaves the window is not a removal: removals come from tombstones (RFC 6721), and from feeds that
// say that they are complete (RFC 5005, fh:complete) and were read whole.

#include <span>
#include <vector>

#include "feeds/rss/client.h"
#include "feeds/rss/identity.h"
#include "feeds/rss/provider.h"
#include "feeds/rss/raw.h"
#include "feeds/rss/tombstones.h"

namespace circuit::feeds::rss {

class RssFeed final : public sync::Feed {
 public:
  RssFeed(v1::RssSelection selection, RssOptions options);
  Task<void> pull(sync::Pull& pull) override;

 private:
  using Cursor = circuit::feeds::state::v1::RssCursor;
  struct Page;    // what a body says
  struct Reading; // one document on its way

  // Where to ask: what was remembered, or the selected address.
  std::string remembered_url(const Cursor& cursor) const;
  Task<Reading> read_feed(sync::Pull& pull, Cursor* cursor);
  Task<Result<Reading>> read_at(sync::Pull& pull, Cursor* cursor, std::string url, Validators validators);
  Task<Result<Reading>> read(sync::Pull& pull, Cursor* cursor, Answer answer);
  Task<Result<Page>> read_page(sync::Pull& pull, const http::Response* response, std::string url,
                               std::string known_hash);
  Task<void> deliver(sync::Pull& pull, const Page* page, std::string url, bool only_unknown);
  Task<std::vector<bool>> choose(sync::Pull& pull, std::span<const Item> items, bool only_unknown);
  Task<void> remove_deleted(sync::Pull& pull, std::vector<std::string> ids);
  Task<void> read_history(sync::Pull& pull, Cursor* cursor, std::string first_page, Tombstones* tombstones);
  Task<Result<std::string>> read_older(sync::Pull& pull, std::string url, Tombstones* tombstones);
  Task<void> save_place(sync::Pull& pull, std::string history_url, int64_t pages);
  void plan_next(sync::Pull& pull, const Cursor& cursor, const http::Headers& headers) const;
  Task<void> save(sync::Pull& pull, Cursor cursor);

  v1::RssSelection selection_;
  RssOptions options_;
};

} // namespace circuit::feeds::rss
