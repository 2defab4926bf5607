#pragma once
// Six small publications with prose of their own, for people who want to see documents that read like
// documents. They carry no markers. Constant data; any thread.

#include <span>
#include <string>
#include <string_view>

#include "tests/providers/rss/content.h"
#include "tests/providers/rss/traits.h"

namespace circuit::providers::rss {

struct DemonstrationItem {
  std::string_view slug, title, author, tags; // tags: separated by commas
  std::string_view html;                      // also well-formed XML
  uint64_t audio_bytes = 0;                   // 0: no enclosure
  int audio_seconds = 0;
};

struct DemonstrationFeed {
  std::string_view title, subtitle, site, author, language;
  std::span<const DemonstrationItem> items; // the first published first; the last two are news yet to come
  FeedTraits traits;
};

std::span<const DemonstrationFeed> demonstration_feeds();

// Numbers beyond the feed's own items begin again, as further parts; versions beyond the first carry a
// correction.
ItemContent demonstration_content(const DemonstrationFeed& feed, const ContentKey& key,
                                  const std::string& site);
std::string demonstration_path(const DemonstrationFeed& feed, uint32_t number); // "/articles/low-water"

} // namespace circuit::providers::rss
