#pragma once
// What Azure's answers say, as they say it. Plain values; any thread.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace circuit::feeds::azure_blob {

// List Blobs: Blobs/Blob.
struct Blob {
  std::string name;
  std::string snapshot;   // its time; empty: none
  std::string version_id; // empty where versioning is off, or nobody asked for versions
  bool current = true;    // of several versions
  bool deleted = false;   // and kept for a while (soft delete)
  std::string etag;       // without quotes
  std::string last_modified, created;
  uint64_t size = 0;
  std::string content_type, content_encoding, content_language;
  std::string content_md5; // base64; empty where the service has none
  std::string blob_type;   // "BlockBlob", "AppendBlob", "PageBlob"
  std::string access_tier, archive_status;
  std::string lease_status, lease_state, lease_duration; // "locked", "leased", "infinite"
  std::string resource_type; // "file", "directory" in accounts with a hierarchical namespace
  std::map<std::string, std::string> metadata; // names in lower case
  std::map<std::string, std::string> tags;
};

struct BlobsPage {
  std::vector<Blob> blobs;
  std::vector<std::string> prefixes; // with a delimiter: what stands for all below
  size_t malformed = 0;              // entries without a name
  std::string next_marker;           // empty: the last page
};

// List Containers.
struct ContainersPage {
  std::vector<std::string> names;
  std::string next_marker;
};

} // namespace circuit::feeds::azure_blob
