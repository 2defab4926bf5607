#pragma once
// The content of a blob as a stream of checked ranges, each a request of its own that holds to one version of
// the blob: so a range that fails is fetched again by itself, and a writer in between is noticed (CONFLICT
// AZURE_BLOB_CHANGED).
//
// On the loop of its Pull, which outlives it, as the client does.

#include <memory>
#include <string>
#include <utility>

#include "feeds/azure_blob/client.h"

namespace circuit::feeds::azure_blob {

// A string, a piece at a time.
class BytesStream final : public http::BodyStream {
 public:
  explicit BytesStream(std::string bytes) : bytes_(std::move(bytes)) {}
  Task<Result<std::string>> read() override;
  bool at_end() const { return at_ >= bytes_.size(); }

 private:
  std::string bytes_;
  size_t at_ = 0;
};

class BlobStream final : public http::BodyStream {
 public:
  BlobStream(sync::Api& api, Client& client, std::string container, Blob blob)
      : api_(api), client_(client), container_(std::move(container)), blob_(std::move(blob)) {}

  Task<Result<std::string>> read() override;

 private:
  sync::Api& api_;
  Client& client_;
  const std::string container_;
  const Blob blob_;
  uint64_t offset_ = 0; // of the next range
  BytesStream range_{{}};
};

} // namespace circuit::feeds::azure_blob
