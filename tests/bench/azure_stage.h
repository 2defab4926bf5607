#pragma once
// A simulated storage account, served over HTTP and read in three ways: by the real program, by rclone, and
// by libcurl. All sign with the account's key.

#include <string>
#include <vector>

#include "tests/bench/account_stage.h"
#include "tests/bench/bare_http.h"

namespace circuit::bench {

struct BlobFlags {
  size_t blobs = 0;
  size_t bytes_min = 1 << 10;
  size_t bytes_max = 10 << 10;
};

class AzureStage {
 public:
  explicit AzureStage(const BlobFlags& flags);

  // circuit-feeds sync azure-blob to a file of its own, by a worker that has synced nothing, and once more by
  // the same worker. Throw when it does not end well.
  testing::Finished first_sync(const std::string& content);
  testing::Finished sync(const std::string& content);
  // rclone copy, to `target` beneath the stage's folder. Throws when it does not end well.
  testing::Finished rclone(const std::string& target);
  // An address of each blob, signed. Good for fifteen minutes.
  std::vector<Peer> signed_blobs() const;
  std::string path(const std::string& name) const { return stage_.path(name); }

 private:
  const BlobFlags flags_;
  AccountStage stage_;
  int started_over_ = 0;
};

// Empty: there is none.
std::string rclone_program();

} // namespace circuit::bench
