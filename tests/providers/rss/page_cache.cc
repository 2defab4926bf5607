#include "tests/providers/rss/page_cache.h"

namespace circuit::providers::rss {
namespace {

size_t size_of(const std::shared_ptr<RenderedPage>& page) { return page ? page->body->size() : 0; }

} // namespace

uint64_t PageCache::key_of(const Resource& resource) {
  return (static_cast<uint64_t>(resource.feed) << 32) | (static_cast<uint64_t>(resource.kind) << 30) |
         resource.number;
}

std::shared_ptr<RenderedPage> PageCache::latest(const Resource& resource, uint64_t revision,
                                                const std::function<RenderedPage()>& render) {
  const uint64_t key = key_of(resource);
  if (const auto found = entries_.find(key); found != entries_.end()) {
    recency_.splice(recency_.begin(), recency_, found->second.recency);
    const auto& page = found->second.latest;
    if (page->revision == revision || resource.kind == Resource::Kind::kArchive) return page;
  }
  auto page = std::make_shared<RenderedPage>(render());
  keep(key, page);
  return page;
}

std::shared_ptr<RenderedPage> PageCache::stale(const Resource& resource, uint64_t revision) const {
  const auto found = entries_.find(key_of(resource));
  if (found == entries_.end()) return nullptr;
  const Entry& entry = found->second;
  const auto& older = entry.previous || entry.latest->revision == revision ? entry.previous : entry.latest;
  return older && !older->large ? older : nullptr;
}

void PageCache::keep(uint64_t key, std::shared_ptr<RenderedPage> page) {
  const auto [found, inserted] = entries_.try_emplace(key);
  Entry& entry = found->second;
  if (inserted) {
    recency_.push_front(key);
    entry.recency = recency_.begin();
  }
  bytes_ += size_of(page);
  bytes_ -= size_of(entry.previous);
  entry.previous = std::move(entry.latest);
  entry.latest = std::move(page);
  evict();
}

void PageCache::evict() {
  while (bytes_ > bytes_max_ && recency_.size() > 1) {
    const auto oldest = entries_.find(recency_.back());
    bytes_ -= size_of(oldest->second.latest) + size_of(oldest->second.previous);
    entries_.erase(oldest);
    recency_.pop_back();
  }
}

} // namespace circuit::providers::rss
