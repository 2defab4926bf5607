#pragma once
// A whole worker in a simulated world: the real engine and the real HTTP layers over five simulated seams,
// with crashes between any two steps of the loop. It is booted, advanced in virtual time, stopped, crashed.
//
// One thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/http/stack.h"
#include "ingest/runtime/task_group.h"
#include "ingest/runtime/virtual_loop.h"
#include "ingest/sync/engine.h"
#include "tests/providers/fault_plan.h"
#include "tests/providers/faulty_provider.h"
#include "tests/providers/simulated_transport.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/patience.h"
#include "tests/simulation/receivers.h"

namespace circuit::simulation {

class Worker {
 public:
  Worker(const Scenario& scenario, Trace& trace);
  ~Worker(); // stop() first

  sync::Engine& engine() { return *engine_; }
  VirtualLoop& loop() { return loop_; }
  // The time at the sources, whose clocks are right whatever happens to the worker's.
  SystemTime true_time() { return true_time_at(loop_.clock()); }
  Oracle& oracle() { return oracle_; }
  Receivers& receivers() { return receivers_; }
  state::MemoryFaults& store_faults() { return store_faults_; }
  const state::MemoryDisk& disk() const { return disk_; }
  Source& source(size_t index) { return *sources_[index]; }
  size_t sources() const { return sources_.size(); }
  v1::Feed settings_of(size_t feed) const;

  // Starts it, again and again while the store does not let it, until it runs.
  void boot();
  // Stops in good order.
  void stop();
  // Lets virtual time pass. A crash that was armed may happen in it; the worker has restarted then.
  void advance(Duration duration);
  // Lets it run until `done` holds; false when that took longer than `limit`.
  bool run_until(const std::function<bool()>& done, Duration limit);
  void restart();

  // Power will be lost `steps` loop steps after the `count`th of these events: "committing", "committed",
  // "sent", "applied", "acknowledged", "answered", ...; or after so many steps, where the event is empty.
  void arm_crash(std::string event, uint64_t count, uint64_t steps);
  bool is_armed() const { return armed_.has_value(); }
  uint64_t crashes() const { return crashes_; }
  // Counts boots: what was under way in an earlier one is gone.
  uint64_t life() const { return life_; }

  // A request of a client; it is cancelled when the worker stops.
  void call(Task<void> request) { calls_->spawn(std::move(request)); }
  bool has_calls() const { return calls_->running() > 0; }
  // Runs a client's request to its end; nullopt when there was none within an hour.
  template <class T>
  std::optional<Result<T>> ask(Task<Result<T>> request) {
    std::optional<Result<T>> answer;
    call(keep(std::move(request), &answer));
    run_until([&] { return answer.has_value(); }, std::chrono::hours(1));
    return answer;
  }
  // From here on nothing goes wrong.
  void end_faults();
  // A store that does not know whether a commit was applied takes no more until it is opened again.
  bool store_gave_up() const { return store_gave_up_; }

  uint64_t requests() const { return requests_; }
  uint64_t steps() const { return steps_; }

 private:
  class Store;
  class Observer;
  class OpenDoor;
  struct ArmedCrash {
    std::string event;
    uint64_t count, steps;
    bool counting_steps;
  };

  template <class T>
  static Task<void> keep(Task<Result<T>> request, std::optional<Result<T>>* out) {
    out->emplace(co_await std::move(request));
  }
  void build();
  bool run(const std::function<bool()>& done);
  void require_that_time_goes_on();
  bool finish(Task<void> task, const char* what);
  void connect_accounts();
  bool start_engine();
  void event(const char* what);
  bool crash_is_due();
  void crash();
  void take_down();
  void check_body_credit(const sync::Engine::Gauges& gauges);

  const Scenario& scenario_;
  Trace& trace_;
  VirtualLoop loop_;
  state::MemoryDisk disk_;
  SeededRandom random_, store_random_, crash_random_;
  Oracle oracle_;
  Receivers receivers_;
  state::MemoryFaults store_faults_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<providers::FaultPlan>> fault_plans_;
  std::vector<std::unique_ptr<providers::FaultyProvider>> faulty_;
  std::vector<std::unique_ptr<Patience>> patience_;
  std::vector<std::unique_ptr<sync::Provider>> providers_;

  // One life of the worker.
  bool power_ = true, store_gave_up_ = false;
  std::unique_ptr<state::MemoryStore> memory_;
  std::unique_ptr<Store> store_;
  providers::SimulatedTransport* wire_ = nullptr; // owned by http_
  std::unique_ptr<OpenDoor> authorizer_;          // outlives the layers
  std::unique_ptr<http::HttpStack> http_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<sync::Engine> engine_;
  std::unique_ptr<TaskGroup> calls_;

  std::optional<ArmedCrash> armed_;
  SteadyTime moment_{}; // and the handlers that ran at it
  uint64_t handlers_at_moment_ = 0;
  uint64_t crashes_ = 0, life_ = 0, requests_ = 0, steps_ = 0;
};

} // namespace circuit::simulation
