#pragma once
// Lets scripts and other processes steer a simulated GitHub over HTTP, and counts what its clients fetch.
//
//   POST /_control/commit?repository=I&path=P&text=T   a commit on the default branch
//   POST /_control/delete?repository=I&path=P          one that removes the file
//   POST /_control/issue?repository=I&number=N&text=T  edits an issue
//   POST /_control/visible?repository=I&to=yes|no      whether the token may see the repository
//   POST /_control/visibility?repository=I&to=public|private|internal
//   GET  /_control/stats                               {requests, not_modified, refused, bytes}; POST sets
//                                                      them back to zero
//   GET  /_control/requests                            what was asked since then, a path and query a line;
//   the
//                                                      first 100,000
//
// Everything else goes to GitHub. A refused request changes nothing and answers 4xx with {"error"}. One
// thread.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/providers/github/simulator.h"

namespace circuit::providers::github {

class GitHubControl final : public SimulatedProvider {
 public:
  // Both must outlive this.
  GitHubControl(World& world, GitHubSimulator& simulator) : world_(world), simulator_(simulator) {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

 private:
  struct Stats {
    uint64_t requests = 0;
    uint64_t not_modified = 0;
    uint64_t refused = 0; // 4xx
    uint64_t bytes = 0;   // of bodies
  };

  SimResponse control(std::string_view command, const SimRequest& request, SystemTime now);
  SimResponse change(std::string_view command, SimRepository& repository, const SimRequest& request,
                     SystemTime now);
  SimResponse stats_page() const;
  SimResponse requests_page() const;

  World& world_;
  GitHubSimulator& simulator_;
  Stats stats_;
  std::vector<std::string> asked_;
};

} // namespace circuit::providers::github
