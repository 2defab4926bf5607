#pragma once
// When a feed would like to be read again. Pure; any thread.
// Sources: RSS 2.0 (ttl, skipHours, skipDays), RSS 1.0 Syndication module (sy:*), RFC 9111 (Cache-Control,
// Expires, Age).

#include <optional>

#include "circuit/feeds/state/v1/records.pb.h"
#include "feeds/rss/raw.h"
#include "ingest/http/message.h"

namespace circuit::feeds::rss {

// What the document says, in the form in which the cursor keeps it.
circuit::feeds::state::v1::RssHints hints_of(const FeedInfo& feed);

// The longest of what the document and the headers ask for, at least `interval`, then moved out of the hours
// and days to skip. At most a day ahead, plus what is skipped.
SystemTime suggest_next_read(const circuit::feeds::state::v1::RssHints& hints, const http::Headers& headers,
                             SystemTime now, Duration interval);

} // namespace circuit::feeds::rss
