#pragma once
// Azure Blob Storage's endpoints, and what their answers mean.
//
//   containers  GET /?comp=list                                    Blob service REST: List Containers
//   blobs       GET /{container}?restype=container&comp=list       List Blobs; at most 5,000 a page, in order
//   content     GET /{container}/{blob}                            Get Blob, of one version by If-Match
//
// Errors are the transport's, and (by x-ms-error-code: "Common REST API error codes", "Blob service error
// codes"):
//   AUTH        AZURE_KEY_REFUSED, AZURE_SHARED_KEY_DISABLED
//   PERMISSION  AZURE_FORBIDDEN (firewall, a signature that does not allow it), AZURE_ACCOUNT_DISABLED
//   NOT_FOUND   AZURE_CONTAINER_NOT_FOUND, AZURE_BLOB_NOT_FOUND
//   CONFLICT    AZURE_BLOB_CHANGED (412, 416: it is not what was listed any more)
//   INVALID     AZURE_CLOCK_WRONG (this machine's), AZURE_BLOB_ARCHIVED, AZURE_BLOB_UNREADABLE (encrypted
//   with
//               a key of the customer's), AZURE_REQUEST_REFUSED (400, 409), AZURE_UNEXPECTED_STATUS
//   TRANSIENT   AZURE_SERVER_ERROR (408, 429, 5xx that lasted), AZURE_BAD_ANSWER
//
// When the first key is refused, the second one is tried, and kept. One sync, on the loop of its Api.

#include <memory>
#include <optional>
#include <string>

#include "feeds/azure_blob/raw.h"
#include "ingest/sync/pull.h"

namespace circuit::feeds::azure_blob {

struct ByteRange {
  uint64_t offset = 0;
  uint64_t size = 0; // at most kCheckedRangeBytes
};

// The service gives a checksum of ranges of up to 4 MiB (Get Blob: x-ms-range-get-content-md5).
inline constexpr uint64_t kCheckedRangeBytes = 4 << 20;

struct Listing {
  std::string container;
  std::string prefix;
  std::string delimiter;
  std::string marker;
  std::string include; // "metadata,tags,deleted", ...
  int page_size = 5000;
};

class Client {
 public:
  // `base_url` without a slash at its end. `asked_at` is about now, or unknown.
  explicit Client(std::string base_url, std::optional<SystemTime> asked_at = std::nullopt)
      : base_url_(std::move(base_url)), asked_at_(asked_at) {}

  Task<Result<ContainersPage>> containers(sync::Api& api, std::string marker, int page_size);
  Task<Result<BlobsPage>> blobs(sync::Api& api, Listing listing);
  // The bytes of this version of the blob, all of them or a range, as long as they should be and with the
  // checksum that came along.
  Task<Result<std::string>> content(sync::Api& api, std::string container, const Blob& blob,
                                    std::optional<ByteRange> range);
  // What a compressed blob is without its encoding, as it arrives.
  Task<Result<std::unique_ptr<http::BodyStream>>> decoded(sync::Api& api, std::string container,
                                                          const Blob& blob);

  // Where a blob is, without what authorizes.
  std::string address(std::string_view container, std::string_view blob) const;

 private:
  Task<Result<http::Response>> get(sync::Api& api, http::Request request, std::string what);
  http::Request request_for(std::string_view container, const Blob& blob) const;

  std::string base_url_;
  std::optional<SystemTime> asked_at_;
  bool second_key_ = false;
};

// Whether its Content-Encoding is one that is taken off on the way. Writers put other things there, such as
// "utf-8", which change nothing.
bool is_compressed(const Blob& blob);

// Answers of 200. TRANSIENT AZURE_BAD_ANSWER. (answers.cc)
Result<BlobsPage> read_blobs(std::string_view body);
Result<ContainersPage> read_containers(std::string_view body);
// Without quotes, which listings leave out and headers have.
std::string plain_etag(std::string_view etag);

// TRANSIENT AZURE_BAD_ANSWER: the next page of `what` is the same again, which would never end. (failures.cc)
Error endless(const std::string& what);
// What an answer other than 2xx means. (failures.cc)
Error failure(const http::Response& response, const std::string& what, std::optional<SystemTime> asked_at);

} // namespace circuit::feeds::azure_blob
