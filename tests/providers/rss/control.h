#pragma once
// Lets scripts and other processes steer a simulated world over HTTP, and counts what its clients fetch.
//
//   POST /_control/advance?changes=K       K changes of items anywhere -> {"changes": [{kind, feed, item}]}
//   POST /_control/edit?feed=I[&item=N]    edits an item, the newest without a number
//   POST /_control/add?feed=I[&count=C][&bytes=B]
//   POST /_control/delete?feed=I[&item=N]
//   POST /_control/state?feed=I&state=published|gone|forbidden|missing
//   POST /_control/move?feed=I&status=301
//   POST /_control/faults/stop
//   GET  /_control/truth                   {"feeds": [{feed, url, state, documents: [...]}]}
//   GET  /_control/stats                   {requests, not_modified, bytes, statuses, seconds: between the
//   first
//                                          request and the last}; POST sets them back to zero
//   GET  /_control/urls                    one feed URL a line
//
// Everything else goes to the provider. A refused request changes nothing and answers 4xx with {"error"}. One
// thread.

#include <map>

#include "tests/providers/fault_plan.h"
#include "tests/providers/rss/simulator.h"
#include "tests/providers/rss/world.h"

namespace circuit::providers::rss {

struct TrafficStats {
  uint64_t requests = 0;
  uint64_t not_modified = 0;
  uint64_t bytes = 0;               // of bodies, as they travel
  std::map<int, uint64_t> statuses; // 0: the connection was broken instead
  SystemTime first_at{}, last_at{}; // when the first and the last request came
};

class RssControl final : public SimulatedProvider {
 public:
  // `provider` answers what is not for the control: the simulator itself, or something in front of it. All
  // must outlive this.
  RssControl(World& world, RssSimulator& simulator, SimulatedProvider& provider, FaultPlan& faults)
      : world_(world), simulator_(simulator), provider_(provider), faults_(faults) {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;
  const TrafficStats& stats() const { return stats_; }

 private:
  SimResponse control(std::string_view command, const SimRequest& request, SystemTime now);
  SimResponse change(std::string_view command, const SimRequest& request, SystemTime now);
  SimResponse change_feed(std::string_view command, size_t feed, const SimRequest& request, SystemTime now);
  SimResponse urls() const;
  SimResponse truth() const;
  SimResponse stats_page() const;

  World& world_;
  RssSimulator& simulator_;
  SimulatedProvider& provider_;
  FaultPlan& faults_;
  TrafficStats stats_;
};

} // namespace circuit::providers::rss
