#pragma once
// The end of a run: faults stop, everything is readable, each feed is brought up to date, and what its
// receiver holds is compared with the truth.

#include "tests/simulation/orchestrator.h"
#include "tests/simulation/worker.h"

namespace circuit::simulation {

class Finale {
 public:
  Finale(const Scenario& scenario, Worker& worker, const Orchestrator& orchestrator)
      : scenario_(scenario), worker_(worker), orchestrator_(orchestrator) {}
  void run();

 private:
  void see_syncs_end();
  void see_polls_go_on();
  void bring_up_to_date(size_t feed);
  void compare(size_t feed);
  void compare_dead_letters(const v1::Feed& stored, const Held& held, const FeedPlan& plan);
  // Starts a sync and sees it end; nullopt was reported.
  std::optional<v1::Sync> sync(size_t feed, v1::SyncMode mode);
  std::optional<v1::Sync> see_end(const std::string& sync);
  std::optional<v1::Feed> stored(size_t feed);
  void confirm(size_t feed);
  void retry(size_t feed);

  Oracle& oracle() { return worker_.oracle(); }
  const std::string& name_of(size_t feed) const { return scenario_.feeds[feed].settings.name(); }

  const Scenario& scenario_;
  Worker& worker_;
  const Orchestrator& orchestrator_;
};

} // namespace circuit::simulation
