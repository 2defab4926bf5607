#pragma once
// What a feed says that it has deleted, held against what it lists. RFC 6721 section 3: an entry and a
// tombstone of the same id may both be there; the younger one counts.
//
// Values of one thread; they keep nothing of the feeds that they were told.

#include <string>
#include <unordered_map>
#include <vector>

#include "feeds/rss/identity.h"
#include "feeds/rss/raw.h"

namespace circuit::feeds::rss {

class Tombstones {
 public:
  // Of a page; newer pages first, since what one says goes for itself and for older ones.
  void add(const RawFeed& page);
  // Takes out the items that are deleted: those with a date that is not after their tombstone's. Without a
  // date on either side nothing says that the entry is the older, so it stays.
  void bury(std::vector<Item>& items) const;

 private:
  std::unordered_map<std::string, SystemTime> deleted_at_; // by id of the entry; the latest
};

// Ids of what this page deletes and does not list again among `items`, which are its own.
std::vector<std::string> removals_of(const RawFeed& page, const std::vector<Item>& items);

} // namespace circuit::feeds::rss
