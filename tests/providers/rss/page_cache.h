#pragma once
// Rendered documents, so that a server renders each version once, and the version before, which is what a
// stale cache on the way would still serve. Forgets what was asked for longest ago. Private to this folder;
// one thread.

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "ingest/runtime/error.h"
#include "tests/providers/rss/site_map.h"

namespace circuit::providers::rss {

struct RenderedPage {
  uint64_t revision = 0; // of the feed
  std::string tag;       // of the ETag, before weakness and coding are added
  std::optional<SystemTime> modified;
  std::shared_ptr<const std::string> body;    // empty where `large`
  std::shared_ptr<const std::string> gzipped; // made when it is first asked for
  bool large = false;                         // too large to keep: rendered as it is sent
};

class PageCache {
 public:
  explicit PageCache(size_t bytes_max) : bytes_max_(bytes_max) {}

  // The page at this revision, rendered now or before. Archives do not change: any revision of theirs will
  // do.
  std::shared_ptr<RenderedPage> latest(const Resource& resource, uint64_t revision,
                                       const std::function<RenderedPage()>& render);
  // An older version that was served once; null where there is none.
  std::shared_ptr<RenderedPage> stale(const Resource& resource, uint64_t revision) const;

 private:
  struct Entry {
    std::shared_ptr<RenderedPage> latest, previous;
    std::list<uint64_t>::iterator recency;
  };
  static uint64_t key_of(const Resource& resource);
  void keep(uint64_t key, std::shared_ptr<RenderedPage> page);
  void evict();

  size_t bytes_max_;
  size_t bytes_ = 0; // of plain bodies
  std::unordered_map<uint64_t, Entry> entries_;
  std::list<uint64_t> recency_; // keys, the one used last first
};

} // namespace circuit::providers::rss
