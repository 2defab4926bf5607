#pragma once
// The library's endpoints: requests out, raw structs back. Knows nothing of cursors.
//
// Errors: PERMISSION LIBRARY_FORBIDDEN (403), NOT_FOUND LIBRARY_NOT_FOUND (404), INVALID LIBRARY_EXPIRED
// (410), INVALID LIBRARY_UNREADABLE (422, or a document without text), TRANSIENT LIBRARY_BAD_ANSWER, and
// those of Pull::fetch.

#include <string>
#include <vector>

#include "ingest/sync/pull.h"

namespace circuit::providers::library {

struct ListedItem {
  std::string id, etag;
  bool folder = false;
  bool deleted = false;
};

struct ListedPage {
  std::vector<ListedItem> items;
  std::string next;  // empty: the last page
  std::string delta; // on the last page of changes
  std::string moves; // of folders
  bool denied = false;
};

struct RawDocument {
  std::string id, etag, name, text;
  std::vector<std::string> path;
};

class LibraryClient {
 public:
  // `base`: "http://host".
  LibraryClient(std::string base, size_t page_size) : base_(std::move(base)), page_size_(page_size) {}

  Task<Result<ListedPage>> children(sync::Api& api, std::string folder, std::string marker) const;
  Task<Result<ListedPage>> changes(sync::Api& api, std::string token) const;
  Task<Result<RawDocument>> document(sync::Api& api, std::string id) const;
  const std::string& base() const { return base_; }

 private:
  Task<Result<ListedPage>> page(sync::Api& api, std::string url) const;

  std::string base_;
  size_t page_size_;
};

} // namespace circuit::providers::library
