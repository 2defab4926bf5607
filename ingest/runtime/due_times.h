#pragma once
// Remembers when each of many named things is due, and says so when it is. Times are wall-clock times; a
// clock that is set while this sleeps is noticed within a minute. Where it is set back, so are the times,
// which were planned by the clock as it was: a clock that ran ahead for a moment would put everything off
// otherwise. Of many that are due at once some are told of at a time, and the loop's other work goes on in
// between. On one loop.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/task_group.h"

namespace circuit {

class DueTimes {
 public:
  // Called once per plan; may plan again. Must not block.
  using Due = std::function<void(const std::string& name)>;

  DueTimes(boost::asio::any_io_executor executor, Clock& clock, Due due);

  // Nothing is due before: whoever plans what was stored has all of it planned, or gives up, without having
  // set off any.
  void begin();
  // Replaces what was planned for the name; nullopt takes it off.
  void plan(const std::string& name, std::optional<SystemTime> time);
  size_t planned() const { return times_.size(); }
  Task<void> stop();

 private:
  using Times = std::unordered_map<std::string, SystemTime>;
  using Entry = Times::value_type; // which stays where it is while others come and go
  struct Sooner {
    bool operator()(const Entry* a, const Entry* b) const {
      return a->second != b->second ? a->second < b->second : a->first < b->first;
    }
  };

  Task<void> sleep_until(SystemTime time);
  void fire();
  void tell();
  void look_at_clock();

  Clock& clock_;
  Due due_;
  Times times_;
  std::set<const Entry*, Sooner> order_;
  std::optional<SystemTime> sleeping_until_; // the nearest that a sleeper waits for
  SystemTime looked_at_;                     // the wall clock, and the steady one at that moment
  SteadyTime looked_at_steady_;
  bool running_ = false;
  bool stopped_ = false;
  TaskGroup sleepers_;
};

} // namespace circuit
