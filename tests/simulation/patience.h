#pragma once
// Gives the sources a clock of their own, which is right whatever happens to the worker's; and sees whether
// those whom a provider asked for patience have it: no request to the host before the time that a Retry-After
// named which arrived, of the one connection that it was meant for. One thread.

#include <map>
#include <string>

#include "ingest/runtime/clock.h"
#include "tests/providers/simulated_provider.h"
#include "tests/providers/simulated_transport.h"
#include "tests/simulation/oracle.h"

namespace circuit::simulation {

// As if the worker's wall clock had never been set.
SystemTime true_time_at(const Clock& clock);

class Patience final : public providers::SimulatedProvider {
 public:
  Patience(providers::SimulatedProvider& provider, Clock& clock, Oracle& oracle)
      : provider_(provider), clock_(clock), oracle_(oracle) {}
  // Only where all requests come through one connection can be said whom it was meant for.
  void watch(bool watched) { watched_ = watched; }
  // A worker that starts knows nothing of what an earlier one was asked.
  void forget() { asked_.clear(); }
  // What the worker was told, by this source or another.
  void heard(const providers::Exchange& exchange);
  providers::SimResponse respond(const providers::SimRequest& request, SystemTime now,
                                 std::optional<providers::ContentFault> fault) override;

 private:
  struct Asked {
    SteadyTime since, until;
  };

  providers::SimulatedProvider& provider_;
  Clock& clock_;
  Oracle& oracle_;
  bool watched_ = false;
  std::map<std::string, Asked> asked_; // by host, of all sources
};

} // namespace circuit::simulation
