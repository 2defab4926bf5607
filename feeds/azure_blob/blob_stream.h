#pragma once
// The content of a blob as a stream of checked ranges, each a request of its own that holds to one version of
// the blob: so a range that fails is fetched again by itself, and a writer in between is noticed (CONFLICT
// AZURE_BLOB_CHANGED). Several are read side by side, ahead of who reads the stream, and no more than that
// are held.
//
// On the loop of their Pull, which outlives them, as the client does.

#include <exception>
#include <map>
#include <string>
#include <utility>

#include "feeds/azure_blob/client.h"
#include "ingest/runtime/event.h"
#include "ingest/runtime/task_group.h"

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

// The ranges of a blob, in order.
class BlobRanges {
 public:
  // Holds `at_once` ranges, read or being read. `blob` outlives it.
  BlobRanges(sync::Api& api, Client& client, std::string container, const Blob& blob, size_t at_once)
      : api_(api),
        client_(client),
        container_(std::move(container)),
        blob_(blob),
        at_once_(at_once),
        count_((blob.size + kCheckedRangeBytes - 1) / kCheckedRangeBytes) {}

  // The group has to have ended before this goes.
  void start(TaskGroup& readers);
  // Empty at the end. Its error is that of the range, and the last that is to be asked for.
  Task<Result<std::string>> next();

 private:
  Task<void> read_some();
  Task<void> read_all();

  sync::Api& api_;
  Client& client_;
  const std::string container_;
  const Blob& blob_;
  const size_t at_once_;
  const uint64_t count_;
  uint64_t to_read_ = 0, to_give_ = 0; // numbers of ranges
  bool failed_ = false;
  std::map<uint64_t, Result<std::string>> ready_;
  std::exception_ptr thrown_;
  Event changed_;
};

class BlobStream final : public http::BodyStream {
 public:
  explicit BlobStream(BlobRanges& ranges) : ranges_(ranges) {}
  Task<Result<std::string>> read() override;

 private:
  BlobRanges& ranges_;
  BytesStream range_{{}};
};

} // namespace circuit::feeds::azure_blob
