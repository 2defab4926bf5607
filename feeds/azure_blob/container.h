#pragma once
// One container, in one sync: its listing from where the cursor stands to its end, and the blobs that are new
// or differ. The next page is listed, and bodies are read, ahead of what is delivered. On the loop of its
// Pull.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "circuit/feeds/state/v1/records.pb.h"
#include "feeds/azure_blob/bodies.h"
#include "feeds/azure_blob/client.h"
#include "feeds/azure_blob/provider.h"
#include "ingest/sync/pull.h"
#include "ingest/sync/read_ahead.h"
#include "ingest/sync/troubles.h"
#include "ingest/text/glob.h"

namespace circuit::feeds::azure_blob {

// What all containers of a sync share, and outlives their readers.
struct Reading {
  sync::Pull& pull;
  Client& client;
  const AzureBlobOptions& options;
  const v1::AzureBlobSelection& selection;
  const text::GlobSet& globs;
  // Set once the account or the signature turned out not to give tags and deleted blobs.
  bool& plain_listings;
};

std::string scope_of(const std::string& container);
// The feed's own cursor says nothing but that there is one.
circuit::feeds::state::v1::Cursor feed_cursor();

class ContainerReader {
 public:
  ContainerReader(Reading reading, std::string name);

  // Whether there is such a container. An error is what kept it from being read to its end, which the next
  // sync goes on to; it is the client's, and other containers need not have it.
  Task<Result<bool>> read();

 private:
  using Position = circuit::feeds::state::v1::AzureBlobCursor;

  using Pages = sync::ReadAhead<Result<BlobsPage>>;
  using BodiesAhead = sync::ReadAhead<std::unique_ptr<Body>>;

  Task<void> read_pages(Pages& pages, bool* exists);
  void list_ahead(Pages& pages);
  Task<Result<BlobsPage>> list(sync::Api& api, Listing listing);
  bool begin(const Position& stored);
  bool step(const BlobsPage& page);
  Task<void> open(sync::Listing listing);
  Task<void> read_page(BlobsPage page);
  Task<void> read_bodies(std::vector<const Blob*> wanted);
  Task<void> deliver_all(BodiesAhead& bodies);
  Task<void> deliver(Body& body);
  Task<void> remove_deleted(const BlobsPage& page, bool last);
  Task<void> save();
  void not_whole(std::string reason);

  Reading reading_;
  const std::string name_;
  const std::vector<std::string> prefixes_;
  Position at_;
  std::unique_ptr<sync::Enumeration> listing_;
  std::optional<Bodies> bodies_;
  std::string last_live_;            // the name of the last blob of the page before
  std::vector<std::string> deleted_; // names that may still turn out to be there again
  sync::PassingErrors passing_;      // of bodies
  std::optional<Error> trouble_;     // nothing more is read then
  size_t unsaved_ = 0;               // documents since the last checkpoint
};

} // namespace circuit::feeds::azure_blob
