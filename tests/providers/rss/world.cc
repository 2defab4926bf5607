#include "tests/providers/rss/world.h"

#include <algorithm>

#include "tests/providers/rss/demonstration.h"
#include "tests/providers/rss/words.h"

namespace circuit::providers::rss {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

SystemTime whole_seconds(SystemTime time) { return std::chrono::floor<seconds>(time); }

// Listed items of `feed` with numbers in (from, to], the newest first.
std::vector<const Item*> listed_between(const Feed& feed, size_t from, size_t to) {
  std::vector<const Item*> out;
  for (size_t i = std::min(to, feed.items.size()); i > from; --i) {
    if (feed.items[i - 1].listed) out.push_back(&feed.items[i - 1]);
  }
  return out;
}

// How many of the oldest items are beyond the window of the newest `window` listed ones.
size_t beyond_window(const Feed& feed, size_t window) {
  size_t shown = 0;
  for (size_t i = feed.items.size(); i > 0; --i) {
    if (feed.items[i - 1].listed && ++shown > window) return i;
  }
  return 0;
}

// How many of the oldest items a plain poll does not read.
size_t before_current(const World& world, const Feed& feed) {
  switch (feed.traits.history) {
    case History::kComplete:
      return 0;
    // Archives are stable, so they hold whole pages of items that have left the window; the page shows the
    // rest.
    case History::kArchived:
      return world.archive_count(feed) * feed.traits.page_size;
    case History::kPaged:
      return beyond_window(feed, feed.traits.page_size);
    case History::kNone:
      break;
  }
  return beyond_window(feed, feed.traits.window);
}

bool can_delete(const FeedTraits& traits) {
  return traits.tombstones || traits.history == History::kComplete;
}

bool reads_exactly(const FeedTraits& traits) {
  // Everything but an 8-bit text under a wrong label can be told: by its BOM, by its declaration, or by being
  // UTF-8.
  return traits.charset_label != CharsetLabel::kWrong || traits.charset == Charset::kUtf8 ||
         traits.charset == Charset::kUtf16;
}

} // namespace

size_t World::add_feed(FeedTraits traits, size_t items) {
  const size_t index = feeds_.size();
  auto feed = std::make_unique<Feed>();
  feed->index = index;
  feed->traits = legal(std::move(traits));
  const auto words = words_of(feed->traits.script);
  feed->title = "Feed " + std::to_string(index) + " " + std::string(words[random_.below(words.size())]);
  feed->subtitle = std::string(words[random_.below(words.size())]) + " & more";
  feed->author = "Newsroom " + std::to_string(index);
  feed->site = "https://news-" + std::to_string(index) + ".example";
  if (const DemonstrationFeed* demonstration = feed->traits.demonstration) {
    feed->title = demonstration->title;
    feed->subtitle = demonstration->subtitle;
    feed->author = demonstration->author;
    feed->site = demonstration->site;
  }
  // A history that ends an hour before the world begins, an item every hour or so.
  const SystemTime newest = options_.start - hours(1) - seconds(random_.below(3600));
  feed->modified = whole_seconds(newest);
  for (size_t i = 0; i < items; ++i) {
    append_item(*feed, newest - hours(items - 1 - i), 0, Oddity::kNone);
  }
  feeds_.push_back(std::move(feed));
  return index;
}

size_t World::add_drawn_feed(size_t items) { return add_feed(draw_traits(random_), items); }

void World::add_demonstration_feeds() {
  constexpr size_t kHeldBack = 2;
  for (const DemonstrationFeed& demonstration : demonstration_feeds()) {
    FeedTraits traits = demonstration.traits;
    traits.demonstration = &demonstration;
    add_feed(std::move(traits), demonstration.items.size() - kHeldBack);
  }
}

Feed& World::touch(size_t feed, SystemTime now) {
  Feed& touched = *feeds_.at(feed);
  ++touched.revision;
  touched.modified = whole_seconds(now);
  return touched;
}

uint32_t World::append_item(Feed& feed, SystemTime now, size_t html_bytes, Oddity oddity) {
  Item item;
  item.number = static_cast<uint32_t>(feed.items.size() + 1);
  item.published = item.updated = whole_seconds(now);
  item.html_bytes = html_bytes != 0 ? html_bytes : feed.traits.item_bytes;
  item.oddity = oddity;
  feed.items.push_back(item);
  return item.number;
}

uint32_t World::add_item(size_t feed, SystemTime now, size_t html_bytes, Oddity oddity) {
  return append_item(touch(feed, now), now, html_bytes, oddity);
}

void World::add_burst(size_t feed, size_t count, SystemTime now) {
  if (count == 0) return;
  Feed& touched = touch(feed, now);
  for (size_t i = 0; i < count; ++i) append_item(touched, now, 0, Oddity::kNone);
}

Item* World::current_item(size_t feed, uint32_t number) {
  Feed& owner = *feeds_.at(feed);
  if (number == 0 || number > owner.items.size() || number <= before_current(*this, owner)) return nullptr;
  Item& item = owner.items[number - 1];
  return item.listed ? &item : nullptr;
}

bool World::edit_item(size_t feed, uint32_t number, SystemTime now) {
  Item* item = current_item(feed, number);
  if (item == nullptr || !identifies_itself(feeds_[feed]->traits.identity)) return false;
  touch(feed, now);
  ++item->version;
  // A date that grows with each edit, so that "the latest is the one updated last" holds within a second too.
  item->updated = std::max(whole_seconds(now), item->updated + seconds(1));
  return true;
}

bool World::delete_item(size_t feed, uint32_t number, SystemTime now) {
  Item* item = current_item(feed, number);
  if (item == nullptr || !can_delete(feeds_[feed]->traits)) return false;
  Feed& owner = touch(feed, now);
  item->listed = false;
  item->deleted = true;
  owner.tombstones.push_back({number, std::max(whole_seconds(now), item->updated + seconds(1))});
  // In a complete feed absence is the signal, and does not age.
  if (owner.traits.history != History::kComplete && owner.tombstones.size() > kTombstonesMax) {
    owner.tombstones.pop_front();
  }
  return true;
}

bool World::unlist_item(size_t feed, uint32_t number, SystemTime now) {
  Item* item = current_item(feed, number);
  // In a complete feed silence would be a deletion; say so with delete_item().
  if (item == nullptr || feeds_[feed]->traits.history == History::kComplete) return false;
  touch(feed, now);
  item->listed = false;
  return true;
}

void World::set_state(size_t feed, FeedState state, SystemTime now) { touch(feed, now).state = state; }

void World::move_feed(size_t feed, int status) { feeds_.at(feed)->moved_status = status; }

bool World::change_something(size_t feed, SystemTime now, ItemChange* change) {
  const double at = random_.uniform();
  const auto current = current_items(*feeds_[feed]);
  change->feed = feed;
  if (at >= 0.65 && !current.empty()) {
    change->number = current[random_.below(current.size())]->number;
    change->kind = at < 0.92 ? ItemChange::Kind::kEdited : ItemChange::Kind::kDeleted;
    return change->kind == ItemChange::Kind::kEdited ? edit_item(feed, change->number, now)
                                                     : delete_item(feed, change->number, now);
  }
  change->kind = ItemChange::Kind::kAdded;
  change->number = add_item(feed, now);
  return true;
}

std::vector<ItemChange> World::advance(size_t count, SystemTime now) {
  std::vector<ItemChange> changes;
  std::vector<size_t> published;
  for (const auto& feed : feeds_) {
    if (feed->state == FeedState::kPublished && !feed->traits.finished) published.push_back(feed->index);
  }
  if (published.empty()) return changes;
  while (changes.size() < count) {
    ItemChange change{};
    if (change_something(published[random_.below(published.size())], now, &change)) changes.push_back(change);
  }
  return changes;
}

std::vector<const Item*> World::current_items(const Feed& feed) const {
  return listed_between(feed, before_current(*this, feed), feed.items.size());
}

size_t World::page_count(const Feed& feed) const {
  if (feed.traits.history != History::kPaged) return 1;
  const size_t listed = static_cast<size_t>(
      std::count_if(feed.items.begin(), feed.items.end(), [](const Item& item) { return item.listed; }));
  return std::max<size_t>(1, (listed + feed.traits.page_size - 1) / feed.traits.page_size);
}

std::vector<const Item*> World::page_items(const Feed& feed, size_t page) const {
  const auto listed = listed_between(feed, 0, feed.items.size());
  const size_t begin = std::min(listed.size(), (page - 1) * feed.traits.page_size);
  const size_t end = std::min(listed.size(), begin + feed.traits.page_size);
  return {listed.begin() + static_cast<ptrdiff_t>(begin), listed.begin() + static_cast<ptrdiff_t>(end)};
}

size_t World::archive_count(const Feed& feed) const {
  if (feed.traits.history != History::kArchived || feed.items.size() <= feed.traits.window) return 0;
  // By numbers and not by what is listed, so that a deletion moves nothing out of an archive.
  return (feed.items.size() - feed.traits.window) / feed.traits.page_size;
}

std::vector<const Item*> World::archive_items(const Feed& feed, size_t archive) const {
  const size_t size = feed.traits.page_size;
  return listed_between(feed, (archive - 1) * size, archive * size);
}

Visibility World::visibility(const Feed& feed, const Item& item, size_t first_current) const {
  const bool readable = feed.state == FeedState::kPublished;
  if (!item.deleted && (!readable || !item.listed)) return Visibility::kPast;
  if (item.deleted) {
    const bool said =
        std::any_of(feed.tombstones.begin(), feed.tombstones.end(),
                    [&](const Tombstone& tombstone) { return tombstone.number == item.number; });
    return said && readable ? Visibility::kDeleted : Visibility::kForgotten;
  }
  if (item.number > first_current) return Visibility::kCurrent;
  return feed.traits.history == History::kNone ? Visibility::kPast : Visibility::kHistory;
}

FeedTruth World::truth(size_t index) const {
  const Feed& feed = *feeds_.at(index);
  FeedTruth truth{index, feed.state, {}};
  const size_t first_current = before_current(*this, feed);
  for (const Item& item : feed.items) {
    if (item.oddity == Oddity::kEmpty) continue;
    ExpectedDocument document;
    document.external_id = item_id(feed, item.number);
    document.link = item_link(feed, item.number);
    if (feed.traits.identity == Identity::kLinkOnly) document.external_id = document.link;
    if (feed.traits.identity == Identity::kSameGuid) document.external_id.clear();
    document.title = title(feed, item);
    if (feed.traits.demonstration == nullptr) {
      document.marker = marker_of(index, item.number, item.version);
      document.item_marker = document.marker.substr(0, document.marker.find('v') + 1);
    }
    document.version = item.version;
    document.visibility = visibility(feed, item, first_current);
    document.title_exact = reads_exactly(feed.traits);
    truth.documents.push_back(std::move(document));
  }
  return truth;
}

ItemContent World::content(const Feed& feed, const Item& item) const {
  const bool xhtml = feed.traits.format == Format::kAtom10 && !feed.traits.cdata;
  return make_content({options_.seed, feed.index, item.number, item.version, item.html_bytes}, feed.traits,
                      feed.site, xhtml);
}

std::string World::title(const Feed& feed, const Item& item) const {
  return make_content({options_.seed, feed.index, item.number, item.version, 0}, feed.traits, feed.site, true)
      .title;
}

std::string World::item_id(const Feed& feed, uint32_t number) const {
  switch (feed.traits.identity) {
    case Identity::kGuid:
      return "tag:" + feed.site.substr(8) + ",2023:" + std::to_string(number);
    case Identity::kPermalink:
      return item_link(feed, number);
    case Identity::kSameGuid:
      return feed.site + "/";
    case Identity::kLinkOnly:
    case Identity::kNone:
      break;
  }
  return {};
}

std::string World::item_link(const Feed& feed, uint32_t number) const {
  if (feed.traits.identity == Identity::kNone) return {};
  if (feed.traits.demonstration != nullptr) {
    return feed.site + demonstration_path(*feed.traits.demonstration, number);
  }
  return feed.site + "/p/" + std::to_string(number);
}

} // namespace circuit::providers::rss
