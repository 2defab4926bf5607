#pragma once
// The reference feed of the library: one sync, straight down. Two ways to read the same documents:
//
//   listing   walks the folders, page by page, and sweeps what it did not see
//   changes   reads everything once, then what changed since; begins anew when its token expires. The next
//             page of the log is read while this one is delivered

#include <memory>
#include <string>
#include <vector>

#include "ingest/sync/pull.h"
#include "ingest/sync/read_ahead.h"
#include "tests/providers/library/client.h"
#include "tests/providers/library/cursor.h"

namespace circuit::providers::library {

class LibraryFeed final : public sync::Feed {
 public:
  enum class Way { kListing, kChanges };

  LibraryFeed(LibraryClient client, Way way) : client_(std::move(client)), way_(way) {}
  Task<void> pull(sync::Pull& pull) override;

 private:
  using PagesAhead = sync::ReadAhead<Result<ListedPage>>;
  using DocumentsAhead = sync::ReadAhead<Result<RawDocument>>;

  Task<void> walk(sync::Pull& pull);
  Task<void> follow_changes(sync::Pull& pull);
  Task<void> deliver_changes(sync::Pull& pull, PagesAhead& pages);
  void read_changes_ahead(PagesAhead& pages, std::string token);
  // Why the page could not be delivered whole; empty: it was.
  Task<std::string> read_items(sync::Pull& pull, std::vector<ListedItem> items);
  Task<void> deliver_documents(sync::Pull& pull, DocumentsAhead& documents,
                               const std::vector<sync::ItemStamp>& wanted, std::string* missing);

  LibraryClient client_;
  Way way_;
};

} // namespace circuit::providers::library
