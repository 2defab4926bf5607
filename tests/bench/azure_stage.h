#pragma once
// A simulated storage account, served over HTTP and read in three ways: by the real program, by rclone, and
// by libcurl. All sign with the account's key. A folder of one's own
// that goes with it.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/bare_http.h"
#include "tests/bench/child.h"

namespace circuit::bench {

struct AccountFlags {
  size_t blobs = 0;
  size_t bytes_min = 1 << 10;
  size_t bytes_max = 10 << 10;
};

class AzureStage {
 public:
  explicit AzureStage(const AccountFlags& flags);
  ~AzureStage();

  // A data directory to which the account is connected.
  std::string connected();
  // circuit-feeds sync azure-blob to a file of its own. Throws when it does not end well.
  testing::Finished sync(const std::string& data, const std::string& content);
  // rclone copy, to `target` beneath the stage's folder. Throws when it does not end well.
  testing::Finished rclone(const std::string& target);
  // An address of each blob, signed. Good for fifteen minutes.
  std::vector<Peer> signed_blobs() const;
  size_t blobs() const { return flags_.blobs; }

 private:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  const AccountFlags flags_;
  const std::filesystem::path folder_;
  std::unique_ptr<Child> server_;
  int connected_ = 0;
};

// Empty: there is none.
std::string rclone_program();

} // namespace circuit::bench
