#pragma once
// The real programs as processes of their own, for whole syncs of providers that are read through an account:
// a served simulator, a connection to it, and a worker's command whose time and memory are watched. A folder
// of one's own that goes with it.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/child.h"

namespace circuit::bench {

class AccountStage {
 public:
  using Flags = std::vector<std::string>;

  // `secret` is what connections are made with; empty: one that is made for this stage.
  explicit AccountStage(std::string secret = "");
  ~AccountStage();

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // Also in the file "secret".
  const std::string& secret() const { return secret_; }

  // Starts feed-simulator with `flags`.
  void serve(const Flags& flags);
  const std::string& simulator() const { return simulator_->address(); }

  struct Ended {
    testing::Finished program;
    double seconds = 0; // of wall clock time
  };
  // circuit-feeds connect FLAGS, with the secret at its stdin. Throws std::runtime_error when it fails.
  void connect(const Flags& flags);
  // Goes back to a data directory that has the connections and has synced nothing.
  void start_over();
  // circuit-feeds FLAGS, with the stage's data directory, configuration and key. Throws std::runtime_error
  // when it fails.
  Ended run(const Flags& flags, std::chrono::seconds limit = std::chrono::minutes(10));

 private:
  Flags worker_flags() const;

  std::filesystem::path folder_;
  std::string secret_;
  std::unique_ptr<Child> simulator_;
  int data_ = 0; // which data directory
};

// As one line at stderr: what a document costs.
void report_cost(const std::string& name, const AccountStage::Ended& ended, double documents);

} // namespace circuit::bench
