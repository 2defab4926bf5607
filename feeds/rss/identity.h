#pragma once
// Which document an entry is, and at which version. Ids are unique within one feed and say nothing outside of
// it.
//
// An entry's external id is, in this order:
//   1. its guid or id, as written (not made absolute: moving the feed must not change it);
//      where entries with different links share one guid, "guid|link"; where they share the link too, and
//      differ in title or date, "guid|link|fingerprint of both". Not in Atom, where one id is one entry (RFC
//      4287 section 4.1.1)
//   2. its link; where entries without guid share one, "link|fingerprint of title and content"
//   3. "sha256:" and the fingerprint of its title and content
//   4. empty: it has none of these, and cannot become a document
// An id longer than 512 bytes is replaced by its fingerprint. Entries that come out with the same id are one
// document: the one with the latest date counts, and of equal ones the first.
//
// Publishers that change their guids with each edit can be followed by the link instead: IdentityKey::kLink
// leaves step 1 out where there is a link, and takes that without its fragment and tracking parameters. Pure
// functions; any thread.

#include <optional>
#include <string>
#include <vector>

#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

enum class IdentityKey { kGuid, kLink };

// An entry that can become a document.
struct Item {
  std::string external_id;
  std::string version;          // changes when anything of the entry changes that its document shows
  const Entry* entry = nullptr; // in the RawFeed
};

// Its publication or its update, whichever is later; nullopt where neither can be read.
std::optional<SystemTime> latest_date(const Entry& entry);

// In document order, without entries that the end of the document cut.
std::vector<Item> identify_items(const RawFeed& raw, IdentityKey key = IdentityKey::kGuid);

// The link without fragment and without the query parameters that only track the reader (utm_*, fbclid and
// others).
std::string canonical_link(std::string_view link);

} // namespace circuit::feeds::rss
