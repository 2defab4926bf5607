#pragma once
// The real programs as processes of their own, for whole syncs: a simulator, and a worker's command whose
// memory is watched. A folder of one's own that goes with it.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/bare_http.h"
#include "tests/bench/child.h"

namespace circuit::bench {

// The highest resident size of a process so far, in MiB; 0 once it has ended.
double peak_mib(pid_t pid);

class Stage {
 public:
  using Flags = std::vector<std::string>;
  // `simulator`: flags of feed-simulator rss.
  explicit Stage(std::vector<std::string> simulator);
  ~Stage();

  const std::string& simulator() const { return simulator_.address(); }
  std::vector<Peer>& feeds() { return feeds_; }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  struct Ended {
    int code = 0;
    double peak_mib = 0;
    std::string err;
  };
  // circuit-feeds sync rss TARGETS FLAGS, with that data directory. `limit`: it is stopped then, with code
  // 137.
  Ended sync(const std::string& data, const Flags& targets, const Flags& flags,
             std::chrono::seconds limit = std::chrono::minutes(10));
  // Makes every address of the simulator a feed that is polled every few seconds.
  void make_polled(const std::string& data, const Flags& flags);
  // circuit-feeds serve, which finds every feed due at its start, until it has polled as many. Timed by the
  // simulator: from the first of their requests to the last.
  struct Polled {
    double polls = 0;
    double seconds = 0;
    double peak_mib = 0;
  };
  Polled poll_all(const std::string& data);

 private:
  Flags worker_flags(const std::string& data) const;
  // What the simulator was asked since its counts were set to zero.
  struct Asked {
    double requests = 0;
    double seconds = 0; // from the first to the last
  };
  Asked asked() const;

  std::filesystem::path folder_;
  Child simulator_;
  std::vector<Peer> feeds_;
  std::chrono::steady_clock::time_point all_due_at_{}; // the feeds that are polled
};

} // namespace circuit::bench
