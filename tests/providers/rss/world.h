#pragma once
// The truth behind the simulated feeds: which items exist, which versions they have, which of them a feed
// shows. The same seed and the same calls give the same world, byte for byte. Texts are made when they are
// needed (content.h).
//
// One thread.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "ingest/runtime/error.h"
#include "tests/providers/rss/content.h"
#include "tests/providers/rss/traits.h"

namespace circuit::providers::rss {

// What may be wrong with one item while the rest of its feed is right.
enum class Oddity {
  kNone,
  kEmpty,      // an item with no identity, no title and no text: nothing that could become a document
  kBrokenDate, // dates that are none: a document without a date
};

struct Item {
  uint32_t number = 0;  // from 1, in the order of publication; never used again
  uint32_t version = 1; // 1 + edits
  SystemTime published, updated;
  size_t html_bytes = 0;
  Oddity oddity = Oddity::kNone;
  bool listed = true;   // false once it was deleted or taken off the page
  bool deleted = false; // positively
};

struct Tombstone {
  uint32_t number;
  SystemTime deleted;
};

// What the whole feed answers, apart from its items.
enum class FeedState { kPublished, kGone /* 410 */, kForbidden /* 403 */, kMissing /* 404 */ };

struct Feed {
  size_t index = 0;
  FeedTraits traits;
  std::string title, subtitle, author, site; // site: "https://news-3.example"
  std::deque<Item> items; // the oldest first; items[i].number == i + 1; addresses stay while the feed grows
  std::deque<Tombstone> tombstones; // the oldest first, at most kTombstonesMax
  FeedState state = FeedState::kPublished;
  int moved_status = 0;  // 301, 302, 307, 308: the first address redirects to the second
  uint64_t revision = 1; // grows with each change of what is shown
  SystemTime modified;   // of the last such change
};
inline constexpr size_t kTombstonesMax = 50;

// Where an item can be found, which is what a consumer can be held to.
enum class Visibility {
  kCurrent,   // on the page that a plain poll reads: a consumer must hold this version
  kHistory,   // on a further page or in an archive (RFC 5005): a consumer that reads history must hold it
  kPast,      // left the window, or never was in one that was read. A consumer that holds it must keep it, at
              // whatever version it saw last; one that does not is not wrong
  kDeleted,   // positively deleted, and the feed says so: a consumer must not hold it
  kForgotten, // positively deleted, and the feed no longer says so: a consumer may hold it or not
};

struct ExpectedDocument {
  std::string external_id; // guid, Atom or JSON id, rdf:about, or the link; empty where the consumer has to
                           // invent one
  std::string title;       // exact, where title_exact
  std::string link;
  std::string marker;      // in the text of this version alone; empty for demonstration prose
  std::string item_marker; // what all versions' markers begin with
  uint32_t version = 1;
  Visibility visibility = Visibility::kCurrent;
  bool title_exact = true; // false where the charset is labelled so that no specification says how to read it
};

struct FeedTruth {
  size_t feed = 0;
  FeedState state = FeedState::kPublished;
  // All that ever existed and could be a document, the oldest first. Nothing can be read of a feed that is
  // not published, so its documents are kPast and kForgotten.
  std::vector<ExpectedDocument> documents;
};

struct ItemChange {
  enum class Kind { kAdded, kEdited, kDeleted };
  Kind kind;
  size_t feed;
  uint32_t number;
};

struct WorldOptions {
  uint64_t seed = 1;
  SystemTime start =
      SystemTime(std::chrono::seconds(1'700'000'000)); // the newest item is about an hour older
};

class World {
 public:
  explicit World(WorldOptions options) : options_(options), random_(options.seed) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The index of a new feed that already has `items` items.
  size_t add_feed(FeedTraits traits, size_t items);
  size_t add_drawn_feed(size_t items);
  void add_demonstration_feeds(); // all of demonstration.h, each with two items held back

  // Items. `html_bytes` 0: as the feed's traits say.
  uint32_t add_item(size_t feed, SystemTime now, size_t html_bytes = 0, Oddity oddity = Oddity::kNone);
  void add_burst(size_t feed, size_t count, SystemTime now);
  bool edit_item(size_t feed, uint32_t number,
                 SystemTime now); // false where it is not on the page, or has no identity
  // Deletes with a positive signal, or returns false: the feed has no way to say so, or does not show the
  // item.
  bool delete_item(size_t feed, uint32_t number, SystemTime now);
  // Takes an item off the page without a word, which says nothing about the document.
  bool unlist_item(size_t feed, uint32_t number, SystemTime now);

  // Whole feeds.
  void set_state(size_t feed, FeedState state, SystemTime now);
  void move_feed(size_t feed, int status); // 0: back again

  // `count` changes of single items, anywhere: mostly new items, some edits, few deletions.
  std::vector<ItemChange> advance(size_t count, SystemTime now);

  size_t feed_count() const { return feeds_.size(); }
  const Feed& feed(size_t index) const { return *feeds_[index]; }
  FeedTruth truth(size_t feed) const;

  // The items of the page that a plain poll reads, the newest first.
  std::vector<const Item*> current_items(const Feed& feed) const;
  // Items of a later page (kPaged; the first is 1) or of an archive document (kArchived; the oldest is 1).
  std::vector<const Item*> page_items(const Feed& feed, size_t page) const;
  std::vector<const Item*> archive_items(const Feed& feed, size_t archive) const;
  size_t page_count(const Feed& feed) const;
  size_t archive_count(const Feed& feed) const;

  ItemContent content(const Feed& feed, const Item& item) const;
  std::string title(const Feed& feed, const Item& item) const; // of the content, without making all of it
  std::string item_id(const Feed& feed,
                      uint32_t number) const; // guid, Atom id, JSON id; empty where it has none
  std::string item_link(const Feed& feed, uint32_t number) const; // absolute; empty where it has none

 private:
  Feed& touch(size_t feed, SystemTime now);
  uint32_t append_item(Feed& feed, SystemTime now, size_t html_bytes, Oddity oddity);
  Item* current_item(size_t feed, uint32_t number);
  bool change_something(size_t feed, SystemTime now, ItemChange* change);
  Visibility visibility(const Feed& feed, const Item& item, size_t first_current) const;

  WorldOptions options_;
  SeededRandom random_;
  std::vector<std::unique_ptr<Feed>> feeds_;
};

} // namespace circuit::providers::rss
