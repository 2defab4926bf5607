#include "feeds/azure_blob/feed.h"

#include <algorithm>
#include <utility>

#include "feeds/azure_blob/container.h"

namespace circuit::feeds::azure_blob {

using sync::Failure;
using sync::Pull;

Result<text::GlobSet> globs_of(const v1::AzureBlobSelection& selection) {
  return text::GlobSet::compile({selection.include().begin(), selection.include().end()},
                                {selection.exclude().begin(), selection.exclude().end()});
}

std::vector<std::string> prefixes_to_list(const v1::AzureBlobSelection& selection,
                                          const text::GlobSet& globs) {
  const std::vector<std::string> included = globs.prefixes();
  std::vector<std::string> selected(selection.prefixes().begin(), selection.prefixes().end());
  if (selected.empty()) selected.emplace_back();
  std::vector<std::string> both;
  for (const auto& prefix : selected) {
    for (const auto& other : included) {
      if (prefix.starts_with(other)) {
        both.push_back(prefix);
      } else if (other.starts_with(prefix)) {
        both.push_back(other);
      }
    }
  }
  std::ranges::sort(both);
  std::vector<std::string> kept;
  for (auto& prefix : both) {
    if (kept.empty() || !prefix.starts_with(kept.back())) kept.push_back(std::move(prefix));
  }
  return kept;
}

Task<void> AzureBlobFeed::pull(Pull& pull) {
  Client client(base_url(pull.connection(), options_), pull.started_at());
  const auto globs = globs_of(selection_);
  if (!globs) throw Failure(globs.error());
  if (selection_.containers_size() > 0) {
    for (const std::string& name : selection_.containers())
      co_await read_container(pull, client, *globs, name);
  } else {
    co_await read_all_containers(pull, client, *globs);
  }
  co_await forget_unlisted_containers(pull);
  troubles_.throw_if_all();
}

Task<void> AzureBlobFeed::read_all_containers(Pull& pull, Client& client, const text::GlobSet& globs) {
  std::string marker;
  do {
    pull.progress("listing containers");
    auto page = co_await client.containers(pull, marker, options_.page_size);
    if (!page) throw Failure(std::move(page).error());
    const bool repeats = !marker.empty() && page->next_marker == marker;
    if (repeats) throw Failure(endless("the list of containers"));
    marker = page->next_marker;
    for (std::string& name : page->names) {
      if (name == "$logs") continue; // what the service writes about itself
      co_await read_container(pull, client, globs, std::move(name));
    }
  } while (!marker.empty());
}

Task<void> AzureBlobFeed::read_container(Pull& pull, Client& client, const text::GlobSet& globs,
                                         std::string name) {
  ContainerReader reader({pull, client, options_, selection_, globs, plain_listings_}, name);
  auto exists = co_await reader.read();
  if (exists) troubles_.went_well();
  if (exists && !*exists) {
    pull.incomplete("Container " + name + " does not exist.");
    co_return;
  }
  if (!exists) troubles_.add(pull, "container " + name, std::move(exists).error());
  listed_.push_back(std::move(name));
}

// Containers that were read before and are there no more. Their documents go as all do that a listing does
// not see, and are held where they are many.
Task<void> AzureBlobFeed::forget_unlisted_containers(Pull& pull) {
  std::ranges::sort(listed_);
  std::string after;
  for (;;) {
    constexpr size_t kPage = 500;
    const std::vector<std::string> known = co_await pull.parts(after, kPage);
    for (const std::string& name : known) {
      if (std::ranges::binary_search(listed_, name)) continue;
      std::string scope = scope_of(name);
      auto listing = co_await pull.enumerate(std::move(scope), sync::Listing::kFromStart);
      const bool swept = co_await listing->complete();
      listing.reset();
      if (swept) pull.set_part(name, {});
      auto cursor = feed_cursor();
      co_await pull.checkpoint(std::move(cursor));
    }
    if (known.size() < kPage) co_return;
    after = known.back();
  }
}

} // namespace circuit::feeds::azure_blob
