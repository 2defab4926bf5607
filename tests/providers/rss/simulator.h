#pragma once
// The HTTP behaviour of the sites behind a World, after RFC 9110 (conditions, negotiation, methods,
// redirects), RFC 9111 (freshness) and the formats' own specifications (paging, autodiscovery).
//
//   /feeds/I.xml, /feeds/I.json   the feed; ?page=N for its further pages
//   /feeds/I/archive/N.xml        RFC 5005 archives
//   /moved/I.xml                  where a moved feed went
//   /sites/I/                     an HTML page that names its feed (autodiscovery)
//   /redirect/S/PATH              answers with status S and leads to /PATH
//   /odd/...                      what is no feed at all, see odd_pages.h
//
// Ranges are not supported, which is allowed: they are ignored. One thread, that of the world, which must
// outlive this.

#include <memory>
#include <string>

#include "tests/providers/rss/page_cache.h"
#include "tests/providers/rss/site_map.h"
#include "tests/providers/rss/world.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers::rss {

struct SimulatorOptions {
  std::string base_url = "http://feeds.example"; // without a slash at the end
  size_t hosts = 1;                              // with more, feed I is at host "h<I mod hosts>." of the base
  size_t cache_bytes_max = 512u << 20;           // rendered pages kept
  size_t page_bytes_max = 8u << 20;              // larger pages are rendered as they are sent, and not kept
};

class RssSimulator final : public SimulatedProvider {
 public:
  RssSimulator(const World& world, SimulatorOptions options)
      : world_(world),
        page_bytes_max_(options.page_bytes_max),
        site_map_(world, std::move(options.base_url), options.hosts),
        cache_(options.cache_bytes_max) {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

  std::string feed_url(size_t feed) const { return site_map_.url({Resource::Kind::kCurrent, feed, 1}); }
  std::string site_url(size_t feed) const {
    return site_map_.origin(feed) + "/sites/" + std::to_string(feed) + "/";
  }
  // Before the first request: what is rendered holds it.
  void set_base_url(std::string base_url) { site_map_.set_base_url(std::move(base_url)); }

 private:
  SimResponse answer(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault);
  SimResponse answer_feed(Resource resource, const SimRequest& request, SystemTime now,
                          std::optional<ContentFault> fault);
  SimResponse answer_published(const Resource& resource, RenderedPage& page, const SimRequest& request,
                               SystemTime now);
  SimResponse answer_empty_page(const Resource& resource) const;
  SimResponse autodiscovery_page(size_t feed) const;
  RenderedPage render(const Resource& resource) const;

  const World& world_;
  size_t page_bytes_max_;
  SiteMap site_map_;
  PageCache cache_;
};

} // namespace circuit::providers::rss
