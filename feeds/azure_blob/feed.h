#pragma once
// Reads the blobs of containers. Each container is listed whole, page by page, and what differs from what was
// delivered is read; what the listing did not see is gone. There is no cheaper way to know: Azure's change
// feed is hours late and not to be had for every account. A page is held in memory at a time.
//
// One container's trouble is that container's: nothing of it is removed, the others are read, and the sync
// says what is missing and why. Only when nothing at all could be read has it failed.

#include <string>
#include <vector>

#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/provider.h"
#include "ingest/sync/pull.h"
#include "ingest/sync/troubles.h"
#include "ingest/text/glob.h"

namespace circuit::feeds::azure_blob {

class AzureBlobFeed final : public sync::Feed {
 public:
  AzureBlobFeed(v1::AzureBlobSelection selection, AzureBlobOptions options)
      : selection_(std::move(selection)), options_(std::move(options)) {}

  Task<void> pull(sync::Pull& pull) override;

 private:
  Task<void> read_all_containers(sync::Pull& pull, Client& client, const text::GlobSet& globs);
  Task<void> read_container(sync::Pull& pull, Client& client, const text::GlobSet& globs, std::string name);
  Task<void> forget_unlisted_containers(sync::Pull& pull);

  v1::AzureBlobSelection selection_;
  AzureBlobOptions options_;
  std::vector<std::string> listed_; // containers that exist: few beside their blobs
  bool plain_listings_ = false;
  sync::Troubles troubles_;
};

// Errors: those of text::GlobSet.
Result<text::GlobSet> globs_of(const v1::AzureBlobSelection& selection);

// What to list so as to see all that is selected: none of these covers another.
std::vector<std::string> prefixes_to_list(const v1::AzureBlobSelection& selection,
                                          const text::GlobSet& globs);

} // namespace circuit::feeds::azure_blob
