#pragma once
// A storage account's containers and blobs, which knows the truth. One thread.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ingest/runtime/clock.h"

namespace circuit::providers::azure_blob {

struct SimBlob {
  std::string content;
  std::string etag; // without quotes
  SystemTime created, modified;
  std::string content_type = "text/plain";
  std::string content_encoding;
  std::string content_md5; // base64, as its writer has set it; empty: as the content has it
  std::string tier = "Hot";
  std::string version_id; // where the account keeps versions
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::string> tags;
  bool leased = false;       // by somebody, for ever
  bool is_directory = false; // in an account with a hierarchical namespace
  bool encrypted = false;    // with a key that its writer keeps
};

// As its writer has set it, or as the content has it.
std::string content_md5(const SimBlob& blob);

// What the blobs are called that feed-simulator serves.
std::string served_name(size_t number);

// A blob's past: deleted and kept, or an earlier version, or a snapshot.
struct PastBlob {
  enum Kind { kDeleted, kVersion, kSnapshot } kind;
  SimBlob blob;
  std::string id; // the version, or the snapshot's time
};

class World {
 public:
  bool soft_delete = false;
  bool versioning = false;
  bool deleted_stay = false; // beside what is written under their names

  void add_container(const std::string& name) { containers_[name]; }
  void delete_container(const std::string& name) { containers_.erase(name); }
  // A new blob, or new content of one that there is.
  SimBlob& put(const std::string& container, const std::string& name, std::string content, SystemTime now);
  void remove(const std::string& container, const std::string& name);
  void take_snapshot(const std::string& container, const std::string& name, const std::string& time);
  SimBlob* find(const std::string& container, const std::string& name);

  struct Container {
    std::map<std::string, SimBlob> blobs;
    std::map<std::string, std::vector<PastBlob>> past; // by name
  };
  const std::map<std::string, Container>& containers() const { return containers_; }

 private:
  std::string next_etag();

  std::map<std::string, Container> containers_;
  uint64_t writes_ = 0;
};

} // namespace circuit::providers::azure_blob
