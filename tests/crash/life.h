#pragma once
// One life: a fresh data directory, a world of feeds, and rounds of changes, syncs and crashes in it, with
// the expected state outside of the worker: the provider's truth, the raw receiver's record, the files.
//
// After some rounds the worker is left in peace and everything is held against the promises of
// docs/reliability.md. One thread.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "tests/crash/consumer.h"
#include "tests/crash/plan.h"
#include "tests/crash/stage.h"
#include "tests/crash/worker_api.h"

namespace circuit::crash {

// Over all lives.
struct Tally {
  std::map<std::string, int> armed; // by crash point
  std::map<std::string, int> hit;
  int rounds = 0;
  int killed_by_clock = 0;
  int verified = 0;
  int lossy = 0; // rounds that lost something
  uint64_t bytes_lost = 0;
  int entries_lost = 0;
};

struct Broken {
  size_t round;
  std::string where; // the round, and what was lost
  std::string what;
};

class Life {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  Life(std::filesystem::path folder, uint64_t seed, uint64_t number, Tally& tally);

  // Nullopt: every promise was kept until the end, or the deadline.
  std::optional<Broken> live(Deadline deadline);

 private:
  // A feed that the worker follows.
  struct Subscription {
    circuit::feeds::v1::Feed settings;
    size_t feed = 0;      // of the provider
    std::string file;     // the path, where the sink is one
    bool raw = false;     // the sink is the raw receiver
    bool deletes = false; // Delete was called, and its outcome is not known yet
    bool deleted = false; // Delete has answered
    int64_t epoch_min = 1;
    size_t settled = 0;
    std::optional<circuit::feeds::v1::StartSyncRequest> request; // the last one of a worker that was killed
    std::string sync;                                            // its answer, if there was one
    bool succeeded = false;                                      // and that sync was seen to end well
  };

  void choose_feeds();
  void subscribe(size_t feed, const std::string& sink_uri, const std::string& file, bool raw);
  Subscription& subscribe_to_new_file();
  bool more(Deadline deadline) const { return std::chrono::steady_clock::now() < deadline; }

  // life.cc: a round. What is wrong with it, or empty.
  std::string play(const Round& round);
  void change_provider(const Round& round);
  std::string start_new_receiver();
  void act(const Round& round);
  void ask_for_syncs(WorkerApi& api);
  void watch(WorkerApi& api, const Round& round);
  bool all_ended(WorkerApi& api);
  void mend_receiver(const Round& round);
  std::string end_round(const Round& round);

  // verify.cc: the worker in peace.
  std::string verify();
  std::string settle_requests(WorkerApi& api);
  std::string sync_all(WorkerApi& api);
  std::string sync_until_ended(WorkerApi& api, const std::string& sync);
  std::string compare();
  std::string compare_file(const std::string& path, const std::vector<TrueFeed>& truth, bool may_repeat);

  circuit::feeds::v1::StartSyncRequest new_request(const Subscription& subscription);

  SeededRandom random_;
  const std::vector<Round> rounds_;
  Tally& tally_;
  Stage stage_;
  std::vector<size_t> feeds_;          // of the provider, that are followed
  std::vector<size_t> complete_feeds_; // of those, the ones in which absence is removal
  std::vector<Subscription> subscriptions_;
  std::map<std::string, std::string> files_; // path: what it held when it was last found right
  bool was_verified_ = true;                 // no sync of the round before is open
  bool rotate_ = false;
  int requests_ = 0;
  int new_files_ = 0;
  std::string lost_; // of the last round
};

} // namespace circuit::crash
