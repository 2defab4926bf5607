#pragma once
// One line of requests: those of one throttle key to one host. Private to this folder; one loop.

#include <list>
#include <memory>
#include <string>

#include "ingest/http/throttle.h"

namespace circuit::http {

class ThrottleLane {
 public:
  ThrottleLane(Clock& clock, const ThrottleLimits& limits, std::string throttle_key, std::string host);

  const std::string& throttle_key() const { return throttle_key_; }
  const std::string& host() const { return host_; }

  // Takes a place if that needs no waiting.
  bool try_enter();
  // Waits for a turn and takes a place. False when the lane is parked for longer than `longest_wait`.
  Task<bool> enter(Duration longest_wait);
  void leave();

  // Extends the parking; an earlier time changes nothing. Whether it was extended.
  bool park(SteadyTime until);
  bool is_parked() const { return parked_until_ > clock_.steady_now(); }
  SteadyTime parked_until() const { return parked_until_; }
  bool is_idle() const { return in_flight_ == 0 && line_.empty() && !is_parked(); }
  size_t in_flight() const { return in_flight_; }
  AdaptiveLimit& limit() { return limit_; }
  // Ends those who wait without resuming them, when the loop is not going to run again.
  void abandon_line();

 private:
  struct Waiter {
    Event turn;
  };
  struct InLine;
  // Whether whoever is next may go now, and then has gone.
  bool take_place(SteadyTime now);
  void wake_first();

  Clock& clock_;
  std::string throttle_key_;
  std::string host_;
  AdaptiveLimit limit_;
  TokenBucket rate_;
  SteadyTime parked_until_{};
  size_t in_flight_ = 0;
  std::list<Waiter*> line_; // the first one waits for its conditions, the others for being first
};

// A place in a lane, given back at the end of its scope. Keeps the lane.
class ThrottlePlace {
 public:
  explicit ThrottlePlace(std::shared_ptr<ThrottleLane> lane) : lane_(std::move(lane)) {}
  ThrottlePlace(ThrottlePlace&&) noexcept = default;
  ThrottlePlace& operator=(ThrottlePlace&&) = delete;
  ~ThrottlePlace() {
    if (lane_) lane_->leave();
  }

 private:
  std::shared_ptr<ThrottleLane> lane_;
};

} // namespace circuit::http
