#pragma once
// From a raw entry to a document. Pure: the same entry always gives the same document, whatever the clock
// says, but for dates in the future (see `now`).
//
// title       the entry's title as plain text; without one, the beginning of its text
// text        the first of content (HTML before plain text), summary and description that says something, as
// Markdown canonical   FeedBurner's original link, link, permalink guid, first enclosure, the feed's own page
// authors     the entry's, else those of its source, else the feed's
// created_at  published, else created; updated_at: updated. A date that cannot be read, or that lies more
// than a day
//             ahead of `now`, stays unset, and its text goes to metadata
// attachments enclosures and media, each URL once
// permissions public: whoever knows the URL of a feed can read it
//
// Metadata keys, present where the feed says something: rss.guid, rss.summary, rss.comments_url,
// rss.content_url, rss.published_raw, rss.updated_raw, rss.rights, rss.license, rss.image, rss.place
// ("latitude longitude" pairs), rss.source_title, rss.source_url, rss.feed_title, rss.feed_url,
// rss.feed_link, rss.feed_image, rss.feed_rights, rss.feed_license, rss.feed_language, and rss.PREFIX_NAME
// for other elements ("rss.itunes_duration").
//
// Not set: feed, connection, provider, content_hash, which are the engine's.

#include <cstddef>
#include <string>

#include "circuit/feeds/v1/document.pb.h"
#include "feeds/rss/identity.h"
#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

struct NormalizeOptions {
  std::string url;                         // that the feed was read from
  SystemTime now;                          // to know a date of the future by
  size_t max_text_bytes = 4 * 1024 * 1024; // longer texts are cut, and say so
};

circuit::feeds::v1::Document normalize(const RawFeed& raw, const Item& item, const NormalizeOptions& options);

} // namespace circuit::feeds::rss
