#pragma once
// Remembers when each polled feed is due, and says so when it is. On the engine's loop.

#include <functional>
#include <set>
#include <string>
#include <unordered_map>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/task_group.h"

namespace circuit::sync {

class Poller {
 public:
  using Due = std::function<void(const std::string& feed)>;

  Poller(boost::asio::any_io_executor executor, Clock& clock, Due due);

  // Replaces what was planned for the feed; nullopt takes it off.
  void plan(const std::string& feed, std::optional<SystemTime> time);
  size_t planned() const { return times_.size(); }
  Task<void> stop();

 private:
  Task<void> sleep_until(SystemTime time);
  void fire();

  Clock& clock_;
  Due due_;
  std::set<std::pair<SystemTime, std::string>> order_;
  std::unordered_map<std::string, SystemTime> times_;
  std::optional<SystemTime> sleeping_until_; // the nearest that a sleeper waits for
  bool stopped_ = false;
  TaskGroup sleepers_;
};

} // namespace circuit::sync
