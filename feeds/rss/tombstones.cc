#include "feeds/rss/tombstones.h"

#include <algorithm>
#include <unordered_set>

namespace circuit::feeds::rss {

void Tombstones::add(const RawFeed& page) {
  for (const Tombstone& tombstone : page.tombstones) {
    if (!tombstone.when.time) continue;
    SystemTime& latest = deleted_at_[std::string(tombstone.ref)];
    latest = std::max(latest, *tombstone.when.time);
  }
}

void Tombstones::bury(std::vector<Item>& items) const {
  if (deleted_at_.empty()) return;
  std::erase_if(items, [&](const Item& item) {
    const auto found = deleted_at_.find(std::string(item.entry->id_text));
    if (found == deleted_at_.end()) return false;
    const std::optional<SystemTime> dated = latest_date(*item.entry);
    return dated && *dated <= found->second;
  });
}

std::vector<std::string> removals_of(const RawFeed& page, const std::vector<Item>& items) {
  std::unordered_set<std::string_view> listed;
  if (!page.tombstones.empty()) {
    for (const Item& item : items) listed.insert(item.entry->id_text);
  }
  std::vector<std::string> ids;
  for (const Tombstone& tombstone : page.tombstones) {
    if (!listed.contains(tombstone.ref)) ids.emplace_back(tombstone.ref);
  }
  return ids;
}

} // namespace circuit::feeds::rss
