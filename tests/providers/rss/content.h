#pragma once
// What an item says, made from the seed, the feed, the item's number and its version each time it is needed:
// a world of a million items holds none of their texts. Pure functions; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/providers/rss/traits.h"

namespace circuit::providers::rss {

struct Enclosure {
  std::string url, media_type;
  uint64_t bytes = 0;
  int seconds = 0;
};

struct ItemContent {
  std::string title;   // plain text
  std::string summary; // plain text
  std::string html;    // a fragment; well-formed XML too where `xhtml` was asked for
  std::string author;
  std::vector<std::string> tags;
  std::optional<Enclosure> enclosure;
};

struct ContentKey {
  uint64_t seed = 0;
  size_t feed = 0;
  uint32_t number = 1;   // from 1, in the order of publication
  uint32_t version = 1;  // from 1
  size_t html_bytes = 0; // at least, and a paragraph more at most
};

// "f3i12v4z": in the text of every item, and nowhere else. A text that holds the marker holds that version;
// what comes before the version marks the item.
std::string marker_of(size_t feed, uint32_t number, uint32_t version);

// `site` is where relative links lead, without a slash at the end; `xhtml` keeps to what XML can hold as it
// is.
ItemContent make_content(const ContentKey& key, const FeedTraits& traits, const std::string& site,
                         bool xhtml);

} // namespace circuit::providers::rss
