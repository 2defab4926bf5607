#pragma once
// Resource names, page tokens, etags: the small print of a resource-oriented API. Pure functions; any thread.

#include <string>
#include <string_view>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"
#include "ingest/state/pages.h"
#include "ingest/state/request_ids.h"

namespace circuit::sync {

// "feeds/{id}" with id of 1 to 63 of [a-z0-9-]; INVALID FEED_NAME_MALFORMED otherwise.
Result<void> check_feed_name(const std::string& name);
Result<void> check_sync_name(const std::string& name);

// "feeds/rss-example-org-feed-xml-1c2f0a9b": readable, and the same for the same identity. Without the keys
// that an address may hold: the name is in every change and every line of the log.
std::string feed_name_for(const std::string& provider, const std::string& identity);
// Newer names sort first.
std::string new_sync_name(SystemTime now, Random& random);

using state::check_request_id;
using state::Page;
using state::page_token_after;
using state::read_page;

// Of what the caller may set.
std::string settings_etag(const circuit::feeds::v1::Feed& settings);

} // namespace circuit::sync
