#pragma once
// Resource names, page tokens, etags: the small print of a resource-oriented API. Pure functions; any thread.

#include <string>
#include <string_view>

#include "circuit/feeds/v1/feed.pb.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"

namespace circuit::sync {

// "feeds/{id}" with id of 1 to 63 of [a-z0-9-]; INVALID FEED_NAME_MALFORMED otherwise.
Result<void> check_feed_name(const std::string& name);
Result<void> check_sync_name(const std::string& name);
Result<void> check_request_id(const std::string& id);

// "feeds/rss-example-org-feed-xml-1c2f0a9b": readable, and the same for the same identity.
std::string feed_name_for(const std::string& provider, const std::string& identity);
// Newer names sort first.
std::string new_sync_name(SystemTime now, Random& random);

struct Page {
  size_t size;
  std::string after; // a store key, or empty
};
Result<Page> read_page(int32_t page_size, const std::string& page_token);
std::string page_token_after(std::string_view key);

// Of what the caller may set.
std::string settings_etag(const circuit::feeds::v1::Feed& settings);

} // namespace circuit::sync
