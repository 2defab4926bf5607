#pragma once
// Which documents the simulated sites have, where they are and what is on them. Private to this folder; one
// thread, that of the world.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/providers/rss/render.h"
#include "tests/providers/rss/world.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers::rss {

// One document of a feed.
struct Resource {
  enum class Kind : uint8_t { kCurrent, kPage, kArchive };
  Kind kind = Kind::kCurrent;
  size_t feed = 0;
  size_t number = 1; // of the page or archive
};

class SiteMap {
 public:
  // With more than one host, feed I is at "h<I mod hosts>." of the base.
  SiteMap(const World& world, std::string base_url, size_t hosts)
      : world_(world), base_url_(std::move(base_url)), hosts_(hosts) {}

  void set_base_url(std::string base_url) { base_url_ = std::move(base_url); }

  // The document at a path, if it exists now.
  std::optional<Resource> find(const SimRequest& request) const;
  // The document before this one, as somebody who reads the whole history meets them; the first stays.
  Resource before(Resource resource) const;

  std::string origin(size_t feed) const; // scheme and authority
  std::string url(const Resource& resource) const;
  Page page(const Resource& resource) const;

 private:
  std::optional<Resource> find_archive(size_t feed, std::string_view rest) const;
  PageLinks links(const Resource& resource) const;

  const World& world_;
  std::string base_url_;
  size_t hosts_;
};

// Takes a decimal number, or a prefix, off the front of a path.
std::optional<size_t> take_number(std::string_view& text);
bool take_prefix(std::string_view& text, std::string_view prefix);

} // namespace circuit::providers::rss
