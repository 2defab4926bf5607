#pragma once
// A worker with a master key, and an authorization server that is not ours: oidc-provider. One test's stage;
// everything is stopped, and its folder removed, when it goes.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tests/ingest/cli/process.h"

namespace circuit::end_to_end {

using testing::Finished;
using testing::Process;

class OAuthStage {
 public:
  // Why it cannot be used here (node or its packages are missing); empty: it can.
  static std::string missing();

  explicit OAuthStage(int access_token_seconds = 3600);
  ~OAuthStage();

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  const std::string& issuer() const { return issuer_; }

  // A worker that serves, with logs of level debug.
  void start_worker();
  void stop_worker();
  Process& worker() { return *worker_; }

  // Commands on the data directory, or on the worker while it serves.
  Finished cli(std::vector<std::string> arguments, const std::string& input = "");
  std::unique_ptr<Process> start_cli(std::vector<std::string> arguments);

  // `connect salesforce` as a person would: sends `answer` ("allow", "deny") by plain requests or in
  // Chromium.
  struct Connected {
    Finished command;
    std::string shown; // what the person saw in the end
  };
  enum class Browser { kPlain, kChromium };
  Connected connect(const std::string& name, const std::string& answer, Browser browser = Browser::kPlain);
  // Begins to connect, and returns the address for the person.
  std::string authorization_url(Process& connecting);
  // Where the person would come back to.
  std::string redirect_of(const std::string& url, const std::string& answer);

  boost::json::value connection(const std::string& name);
  // How often the authorization server has seen that.
  int seen(const std::string& event);
  // All that nobody but the application may know.
  std::vector<std::string> secrets();

  // Everything that was printed, logged and answered so far.
  const std::string& said() const { return said_; }

 private:
  std::vector<std::string> local_flags() const;
  void hear(const Finished& finished) { said_ += finished.out + finished.err; }

  std::filesystem::path folder_;
  std::string issuer_, worker_address_, said_;
  std::unique_ptr<Process> server_, worker_;
};

} // namespace circuit::end_to_end
