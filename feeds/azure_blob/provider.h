#pragma once
// Azure Blob Storage as a provider: checks selections and makes feeds. Any thread.

#include <string>

#include "ingest/sync/pull.h"
#include "ingest/text/file_text.h"

namespace circuit::feeds::azure_blob {

namespace v1 = circuit::feeds::v1;

struct AzureBlobOptions {
  int page_size = 5000; // of blobs and of containers; the most that Azure gives
  // Bodies under way at once, and what they may hold together.
  size_t concurrent_bodies = 32;
  uint64_t gathered_bytes = 32ull << 20;
  // A crash costs at most so many documents, and a listed page.
  size_t checkpoint_documents = 1000;
  text::FileTextLimits text;
  // How often a blob is listed again that changes while it is read.
  int patience_with_writers = 3;
  // "scheme://host:port" instead of the connection's; for tests and replay.
  std::string base_url;
};

class AzureBlobProvider final : public sync::Provider {
 public:
  // `description` is the catalog's.
  AzureBlobProvider(v1::Provider description, AzureBlobOptions options)
      : description_(std::move(description)), options_(std::move(options)) {}

  const v1::Provider& description() const override { return description_; }
  // INVALID AZURE_SELECTION_MISSING, AZURE_CONTAINER_NAME_INVALID, AZURE_PREFIX_INVALID, GLOB_MALFORMED.
  Result<void> canonicalize(v1::Feed& feed) const override;
  std::string identity(const v1::Feed& feed) const override;
  bool may_become(const v1::Feed&, const v1::Feed&) const override { return true; }
  std::string fairness_key(const v1::Feed& feed) const override { return feed.connection(); }
  std::unique_ptr<sync::Feed> make_feed(const v1::Feed& feed) const override;
  bool needs_connection() const override { return true; }
  std::unique_ptr<sync::Account> make_account(const v1::Connection& connection) const override;

 private:
  v1::Provider description_;
  AzureBlobOptions options_;
};

// Where a connection's requests go; without a slash at the end.
std::string base_url(const v1::Connection& connection, const AzureBlobOptions& options);

} // namespace circuit::feeds::azure_blob
