#pragma once
// Which connections' tokens are being exchanged: at most one flight per connection, so many in all and so
// many per lane (a provider), lanes in turn. Private to this box; on one loop.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/event.h"
#include "ingest/runtime/task_group.h"

namespace circuit::credentials {

struct Flight {
  std::string connection;
  size_t lane = 0;
  bool started = false;
  bool finished = false;
  Event done;
};

class Flights {
 public:
  using Run = std::function<Task<void>(std::string connection, size_t lane)>;
  struct Limits {
    size_t total = 64;
    size_t per_lane = 32;
  };

  Flights(boost::asio::any_io_executor executor, Limits limits, Run run);

  // The connection's flight, which begins when there is room; an urgent one before those that only wait for
  // their time. After stop(): one that has finished and did nothing.
  std::shared_ptr<Flight> request(const std::string& connection, size_t lane, bool urgent);
  bool flying(const std::string& connection) const { return flights_.contains(connection); }
  // Returns when the connection has no flight, or after `limit`: whether it has none.
  Task<bool> wait(std::string connection, Clock& clock, Duration limit);
  size_t running() const { return running_; }

  // Lets those that run end for `grace`, then cancels them. Whoever waits for a flight is released.
  Task<void> stop(Clock& clock, Duration grace);

 private:
  struct Lane {
    std::deque<std::shared_ptr<Flight>> waiting;
    size_t running = 0;
  };
  void dispatch();
  std::shared_ptr<Flight> take(Lane& lane);
  Task<void> fly(std::shared_ptr<Flight> flight);
  void finish(Flight& flight);

  boost::asio::any_io_executor executor_;
  Limits limits_;
  Run run_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
  std::vector<Lane> lanes_;
  size_t next_lane_ = 0;
  size_t running_ = 0;
  bool stopped_ = false;
  Event changed_;
  TaskGroup tasks_;
};

} // namespace circuit::credentials
