#include "feeds/azure_blob/bodies.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>
#include <vector>

#include "feeds/azure_blob/blob_stream.h"
#include "feeds/azure_blob/checksum.h"
#include "feeds/azure_blob/container.h"
#include "feeds/azure_blob/names.h"
#include "feeds/azure_blob/normalize.h"
#include "ingest/runtime/task_group.h"
#include "ingest/sync/troubles.h"

namespace circuit::feeds::azure_blob {
namespace {

constexpr size_t kRangesAtOnce = 4; // 16 MiB held, while one blob is streamed

struct Piece {
  ByteRange range;
  Result<std::string> bytes = std::string();
};

// A blob on a server in trouble, or one that a condition of the signature keeps out.
bool may_be_of_one(const Error& error) {
  if (sync::is_of_sink(error)) return false;
  return error.cls == ErrorClass::kTransient || error.cls == ErrorClass::kPermission ||
         error.reason == "AZURE_UNEXPECTED_STATUS";
}

// The service gives the length of what it stores, so that a blob that came whole and has no end was stored
// without one.
bool is_stored_cut(const Error& error) {
  return error.reason == "BODY_TRUNCATED" && error.metadata.contains("cut");
}

Task<void> read_piece(sync::Api& api, Client& client, const std::string& container, const Blob& blob,
                      Piece* piece) {
  piece->bytes = co_await client.content(api, container, blob, piece->range);
}

} // namespace

bool Bodies::wants_original() const { return reading_.pull.settings().content() == v1::CONTENT_RAW; }

// The reason for which its text is not read; empty: it is.
std::string_view Bodies::omitted(const Blob& blob) const {
  if (reading_.pull.settings().content() == v1::CONTENT_NONE) return text::kOmittedByPolicy;
  if (is_archived(blob)) return text::kOmittedArchived;
  return text::omitted_unread(blob.name, blob.content_type, blob.size, reading_.options.text);
}

uint64_t Bodies::bytes_to_hold(const Blob& blob) const { return omitted(blob).empty() ? blob.size : 0; }

Task<std::unique_ptr<Body>> Bodies::read(sync::Api& api, Blob listed) {
  auto body = std::make_unique<Body>(std::move(listed));
  if (failed_ || has_dot_segment(body->blob.name)) {
    if (failed_) body->outcome = Body::kGone; // the failure ends the sync before this one's turn
    co_return body;
  }
  for (int attempt = 0; attempt <= reading_.options.patience_with_writers; ++attempt) {
    co_await read_listed(api, body.get());
    if (body->outcome != Body::kMoving) co_return body;
    const bool there = co_await list_again(api, body.get());
    if (!there) co_return body;
  }
  co_return body;
}

Task<void> Bodies::read_listed(sync::Api& api, Body* body) {
  const Blob& blob = body->blob;
  body->outcome = Body::kReady;
  body->document = describe(container_, blob, reading_.client.address(container_, blob.name));
  const std::string_view reason = omitted(blob);
  const bool original = wants_original() && !is_archived(blob);
  if (!reason.empty()) {
    text::FileText none;
    none.omitted = reason;
    put_text(body->document, std::move(none));
    if (original) body->outcome = Body::kStreamed;
    co_return;
  }
  bool differs = false;
  auto bytes = co_await content(api, blob, &differs);
  if (!bytes) {
    describe_failure(body, std::move(bytes).error());
    co_return;
  }
  body->fetched = blob.size > 0;
  if (differs) (*body->document.mutable_metadata())["azure.content_md5_differs"] = "true";
  put_text(body->document, text::read_file_text(blob.name, blob.content_type, *bytes, reading_.options.text));
  if (!original) co_return;
  body->bytes = *std::move(bytes);
  body->outcome = Body::kStreamed;
}

// A checksum that does not fit may be its writer's mistake, which the service keeps as it is: the ranges come
// with checksums that the service makes.
Task<Result<std::string>> Bodies::content(sync::Api& api, const Blob& blob, bool* differs) {
  if (blob.size == 0) co_return std::string();
  const bool encoded = is_compressed(blob); // half of what is compressed cannot be read
  Result<std::string> bytes = std::string();
  if (encoded || blob.size <= 2 * kCheckedRangeBytes) {
    bytes = co_await reading_.client.content(api, container_, blob, std::nullopt);
    const bool fits = !bytes || encoded || blob.content_md5.empty() || md5_base64(*bytes) == blob.content_md5;
    if (fits) co_return bytes;
  }
  bytes = co_await in_ranges(api, blob);
  if (bytes) *differs = !blob.content_md5.empty() && md5_base64(*bytes) != blob.content_md5;
  co_return bytes;
}

Task<Result<std::string>> Bodies::in_ranges(sync::Api& api, const Blob& blob) {
  std::vector<Piece> pieces;
  for (uint64_t offset = 0; offset < blob.size; offset += kCheckedRangeBytes) {
    pieces.push_back({{offset, std::min(kCheckedRangeBytes, blob.size - offset)}});
  }
  auto executor = co_await boost::asio::this_coro::executor;
  const auto read = [this, &api, &blob](Piece& piece) {
    return read_piece(api, reading_.client, container_, blob, &piece);
  };
  co_await for_each_concurrent(executor, pieces, kRangesAtOnce, read);
  std::string all;
  all.reserve(blob.size);
  for (Piece& piece : pieces) {
    if (!piece.bytes) co_return std::move(piece.bytes).error();
    all += *piece.bytes;
  }
  co_return all;
}

void Bodies::describe_failure(Body* body, Error error) {
  const std::string& reason = error.reason;
  if (reason == "AZURE_BLOB_NOT_FOUND") {
    body->outcome = Body::kGone;
  } else if (reason == "AZURE_CONTAINER_NOT_FOUND") {
    body->outcome = Body::kContainerGone;
  } else if (reason == "AZURE_BLOB_CHANGED") {
    // Versions and snapshots do not change: they go.
    body->outcome = body->blob.current && body->blob.snapshot.empty() ? Body::kMoving : Body::kGone;
  } else if (reason == "AZURE_BLOB_ARCHIVED") {
    // Since it was listed: its version says so, so that its content comes when it is brought back.
    body->blob.access_tier = "Archive";
    body->document = describe(container_, body->blob, reading_.client.address(container_, body->blob.name));
    text::FileText none;
    none.omitted = text::kOmittedArchived;
    put_text(body->document, std::move(none));
    body->outcome = Body::kReady;
  } else if (reason == "AZURE_BLOB_UNREADABLE" || reason == "AZURE_REQUEST_REFUSED" ||
             reason == "BODY_TOO_LARGE" || reason == "BAD_ENCODING" || is_stored_cut(error)) {
    body->outcome = Body::kRejected;
    body->error = std::move(error);
  } else if (may_be_of_one(error)) {
    body->outcome = Body::kTroubled;
    body->error = std::move(error);
  } else {
    body->outcome = Body::kFailed;
    body->error = std::move(error);
    failed_ = true;
  }
}

// Whether it is still there, as something else.
Task<bool> Bodies::list_again(sync::Api& api, Body* body) {
  Listing listing;
  listing.container = container_;
  listing.prefix = body->blob.name; // which is the first name that begins so
  listing.include = reading_.plain_listings ? "metadata" : "metadata,tags";
  listing.page_size = 1;
  auto page = co_await reading_.client.blobs(api, std::move(listing));
  if (!page) {
    describe_failure(body, std::move(page).error());
    if (body->outcome == Body::kGone) body->outcome = Body::kMoving;
    co_return false;
  }
  if (page->blobs.empty() || page->blobs.front().name != body->blob.name) {
    body->outcome = page->next_marker.empty() || !page->blobs.empty() ? Body::kGone : Body::kMoving;
    co_return false;
  }
  body->blob = std::move(page->blobs.front());
  co_return true;
}

Task<void> Bodies::stream(Body* body) {
  body->outcome = Body::kReady;
  const bool in_memory = !body->bytes.empty() || body->blob.size == 0;
  constexpr int kTries = 2;
  for (int attempt = 1;; ++attempt) {
    Result<v1::RawContent> delivered = v1::RawContent();
    if (in_memory) {
      auto stream = std::make_unique<BytesStream>(body->bytes);
      delivered = co_await reading_.pull.deliver_content(std::move(stream));
    } else if (is_compressed(body->blob)) {
      delivered = co_await deliver_decoded(body->blob);
    } else {
      delivered = co_await deliver_ranges(body->blob);
    }
    if (delivered) {
      *body->document.mutable_raw() = *std::move(delivered);
      body->fetched = body->blob.size > 0;
      co_return;
    }
    const std::string reason = delivered.error().reason;
    if (reason == "CONTENT_INTERRUPTED" && attempt < kTries) continue;
    if (reason == "CONTENT_REFUSED" || reason == "CONTENT_UNSUPPORTED") {
      (*body->document.mutable_metadata())["content.original_omitted"] =
          reason == "CONTENT_REFUSED" ? "refused by the sink" : "the sink keeps no originals";
      co_return;
    }
    describe_failure(body, std::move(delivered).error());
    co_return;
  }
}

Task<void> Bodies::hand_over(BlobRanges& ranges, Result<v1::RawContent>* delivered) {
  auto stream = std::make_unique<BlobStream>(ranges);
  *delivered = co_await reading_.pull.deliver_content(std::move(stream));
}

Task<Result<v1::RawContent>> Bodies::deliver_decoded(const Blob& blob) {
  auto stream = co_await reading_.client.decoded(reading_.pull, container_, blob);
  if (!stream) co_return std::move(stream).error();
  co_return co_await reading_.pull.deliver_content(*std::move(stream));
}

Task<Result<v1::RawContent>> Bodies::deliver_ranges(const Blob& blob) {
  auto executor = co_await boost::asio::this_coro::executor;
  BlobRanges ranges(reading_.pull, reading_.client, container_, blob, kRangesAtOnce);
  TaskGroup readers(executor);
  ranges.start(readers);
  Result<v1::RawContent> delivered = v1::RawContent();
  co_await run_beside(readers, hand_over(ranges, &delivered));
  co_return delivered;
}

} // namespace circuit::feeds::azure_blob
