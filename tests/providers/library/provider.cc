#include "tests/providers/library/provider.h"

#include <algorithm>
#include <cstdlib>

#include "tests/providers/library/feed.h"

namespace circuit::providers::library {
namespace {

// "http://HOST" of "http://HOST/...".
std::string origin_of(const std::string& url) {
  const size_t host = url.find("//");
  return url.substr(0, url.find('/', host + 2));
}

} // namespace

LibraryProvider::LibraryProvider() { description_.set_name("library"); }

Result<void> LibraryProvider::canonicalize(circuit::feeds::v1::Feed& feed) const {
  const std::string path = feed.rss().url().substr(origin_of(feed.rss().url()).size());
  if (path.starts_with("/listing") || path.starts_with("/changes")) return {};
  return make_error(ErrorClass::kInvalid, "LIBRARY_SELECTION", "The selection is no address of a library",
                    "Use http://HOST/listing or http://HOST/changes.");
}

std::string LibraryProvider::identity(const circuit::feeds::v1::Feed& feed) const { return feed.rss().url(); }

std::string LibraryProvider::fairness_key(const circuit::feeds::v1::Feed& feed) const {
  return origin_of(feed.rss().url());
}

std::unique_ptr<sync::Feed> LibraryProvider::make_feed(const circuit::feeds::v1::Feed& feed) const {
  const std::string& url = feed.rss().url();
  const size_t size = url.find("size=");
  const auto page_size = size == std::string::npos ? 5 : std::atoi(url.c_str() + size + 5);
  const bool listing = url.find("/listing") != std::string::npos;
  return std::make_unique<LibraryFeed>(
      LibraryClient(origin_of(url), static_cast<size_t>(std::max(page_size, 1))),
      listing ? LibraryFeed::Way::kListing : LibraryFeed::Way::kChanges);
}

} // namespace circuit::providers::library
