#pragma once
// The reference feed of the library: one sync, straight down. Two ways to read the same documents:
//
//   listing   walks the folders, page by page, and sweeps what it did not see
//   changes   reads everything once, then what changed since; begins anew when its token expires

#include <memory>
#include <string>
#include <vector>

#include "ingest/sync/pull.h"
#include "tests/providers/library/client.h"
#include "tests/providers/library/cursor.h"

namespace circuit::providers::library {

class LibraryFeed final : public sync::Feed {
 public:
  enum class Way { kListing, kChanges };

  LibraryFeed(LibraryClient client, Way way) : client_(std::move(client)), way_(way) {}
  Task<void> pull(sync::Pull& pull) override;

 private:
  struct Fetch {
    std::string id, etag;
    std::optional<Result<RawDocument>> outcome;
  };

  Task<void> walk(sync::Pull& pull);
  Task<void> follow_changes(sync::Pull& pull);
  // Why the page could not be delivered whole; empty: it was.
  Task<std::string> read_items(sync::Pull& pull, std::vector<ListedItem> items);
  Task<void> fetch_into(sync::Pull& pull, Fetch* fetch);

  LibraryClient client_;
  Way way_;
};

} // namespace circuit::providers::library
