#pragma once
// Remembers when each of many named things is due, and says so when it is. Times are wall-clock times; a
// clock that is set while this sleeps is noticed within a minute. Where it is set back, so are the times,
// which were planned by the clock as it was: a clock that ran ahead for a moment would put everything off
// otherwise. Of many that are due at once some are told of at a time, in the order in which they were
// planned, and the loop's other work goes on in between. On one loop.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

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
  // Replaces what was planned for the name; nullopt takes it off, and forgets the name. One that was told is
  // remembered until then: it will be planned again.
  void plan(const std::string& name, std::optional<SystemTime> time);
  size_t planned() const { return planned_; }
  Task<void> stop();

 private:
  // What is known of a name. It stays where it is, and as long as there are turns of it.
  struct Plan {
    uint64_t turn = 0; // the one that counts; 0: none
    size_t turns = 0;  // in the queue, those that count no more among them
    bool is_forgotten = false;
  };
  using Plans = std::unordered_map<std::string, Plan>;
  // The times stand in the queue itself, which is small enough to stay near: to find the first of many names
  // none of the others is looked at. A plan that is replaced leaves its turn behind.
  struct Turn {
    SystemTime time;
    uint64_t number; // as they were planned
    Plans::value_type* of;

    bool counts() const { return of->second.turn == number; }
    friend bool operator<(const Turn& a, const Turn& b) { // of a heap, whose top is its largest
      return a.time != b.time ? a.time > b.time : a.number > b.number;
    }
  };

  Task<void> sleep_until(SystemTime time);
  void fire();
  void tell();
  void look_at_clock();
  void let_go(Plans::value_type& plan);
  Turn take_first();
  void drop_replaced();

  Clock& clock_;
  Due due_;
  Plans plans_;
  std::vector<Turn> queue_; // a heap
  size_t planned_ = 0;
  uint64_t last_turn_ = 0;
  std::optional<SystemTime> sleeping_until_; // the nearest that a sleeper waits for
  SystemTime looked_at_;                     // the wall clock, and the steady one at that moment
  SteadyTime looked_at_steady_;
  bool running_ = false;
  bool stopped_ = false;
  TaskGroup sleepers_;
};

} // namespace circuit
