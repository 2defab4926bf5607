#include "tests/providers/rss/site_map.h"

#include <charconv>

namespace circuit::providers::rss {

std::optional<size_t> take_number(std::string_view& text) {
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<Resource> SiteMap::find(const SimRequest& request) const {
  std::string_view path = request.path();
  // What has moved answers at its new address as it did at the old one.
  if (!take_prefix(path, "/feeds/") && !take_prefix(path, "/moved/")) return std::nullopt;
  const auto feed = take_number(path);
  if (!feed || *feed >= world_.feed_count()) return std::nullopt;
  if (take_prefix(path, "/archive/")) return find_archive(*feed, path);
  if (path != ".xml" && path != ".json") return std::nullopt;

  Resource resource{Resource::Kind::kCurrent, *feed, 1};
  const auto page = request.query("page");
  if (!page || world_.feed(*feed).traits.history != History::kPaged) return resource;
  std::string_view text = *page;
  const auto number = take_number(text);
  if (!number || *number < 1 || *number > world_.page_count(world_.feed(*feed))) return std::nullopt;
  resource.number = *number;
  if (*number > 1) resource.kind = Resource::Kind::kPage;
  return resource;
}

std::optional<Resource> SiteMap::find_archive(size_t feed, std::string_view rest) const {
  const auto number = take_number(rest);
  const bool exists = number && *number >= 1 && *number <= world_.archive_count(world_.feed(feed));
  if (!exists || rest != ".xml") return std::nullopt;
  return Resource{Resource::Kind::kArchive, feed, *number};
}

Resource SiteMap::before(Resource resource) const {
  if (resource.kind == Resource::Kind::kPage && --resource.number == 1) {
    resource.kind = Resource::Kind::kCurrent;
  } else if (resource.kind == Resource::Kind::kArchive &&
             resource.number < world_.archive_count(world_.feed(resource.feed))) {
    ++resource.number; // archives are read from the newest to the oldest, which is the first
  }
  return resource;
}

std::string SiteMap::origin(size_t feed) const {
  if (hosts_ <= 1) return base_url_;
  const size_t host = base_url_.find("://") + 3;
  return base_url_.substr(0, host) + "h" + std::to_string(feed % hosts_) + "." + base_url_.substr(host);
}

std::string SiteMap::url(const Resource& resource) const {
  const bool json = world_.feed(resource.feed).traits.format == Format::kJsonFeed11;
  const std::string stem = origin(resource.feed) + "/feeds/" + std::to_string(resource.feed);
  if (resource.kind == Resource::Kind::kArchive)
    return stem + "/archive/" + std::to_string(resource.number) + ".xml";
  const std::string url = stem + (json ? ".json" : ".xml");
  const bool further = resource.kind == Resource::Kind::kPage && resource.number > 1;
  return further ? url + "?page=" + std::to_string(resource.number) : url;
}

Page SiteMap::page(const Resource& resource) const {
  const Feed& feed = world_.feed(resource.feed);
  Page page;
  page.links = links(resource);
  switch (resource.kind) {
    case Resource::Kind::kPage:
      page.items = world_.page_items(feed, resource.number);
      return page;
    case Resource::Kind::kArchive:
      page.items = world_.archive_items(feed, resource.number);
      page.archive = true;
      return page;
    case Resource::Kind::kCurrent:
      break;
  }
  page.items = world_.current_items(feed);
  page.complete = feed.traits.history == History::kComplete;
  page.tombstones = feed.traits.tombstones;
  return page;
}

PageLinks SiteMap::links(const Resource& resource) const {
  const Feed& feed = world_.feed(resource.feed);
  const auto url_of = [&](Resource::Kind kind, size_t number) { return url({kind, resource.feed, number}); };
  PageLinks links;
  links.self = url(resource);
  if (feed.traits.history == History::kPaged) {
    const size_t pages = world_.page_count(feed);
    links.first = url_of(Resource::Kind::kCurrent, 1);
    links.last = url_of(Resource::Kind::kPage, pages);
    if (resource.number < pages) links.next = url_of(Resource::Kind::kPage, resource.number + 1);
    if (resource.number > 1) links.previous = url_of(Resource::Kind::kPage, resource.number - 1);
  } else if (feed.traits.history == History::kArchived) {
    const bool archive = resource.kind == Resource::Kind::kArchive;
    const size_t older = archive ? resource.number - 1 : world_.archive_count(feed);
    if (archive) links.current = url_of(Resource::Kind::kCurrent, 1);
    if (older > 0) links.prev_archive = url_of(Resource::Kind::kArchive, older);
  }
  return links;
}

} // namespace circuit::providers::rss
