#pragma once
// Lets scripts and other processes steer a simulated account over HTTP, and counts what its clients fetch.
//
//   POST /_control/submit?form=I[&count=C][&age-hours=H]   submissions of now, or backdated
//   POST /_control/erase?submission=N                      as when a contact is erased
//   POST /_control/archive?form=I&archived=true|false
//   GET  /_control/stats                                   {requests, statuses}
//   GET  /_control/truth                                   {"documents": [...]}: of forms that are not
//   archived
//
// Everything else goes to the simulator. A refused request changes nothing and answers 4xx with {"error"}.
// One thread.

#include <map>

#include "tests/providers/hubspot_forms/simulator.h"
#include "tests/providers/hubspot_forms/world.h"

namespace circuit::providers::hubspot_forms {

class HubSpotControl final : public SimulatedProvider {
 public:
  // Both must outlive this.
  HubSpotControl(World& world, HubSpotSimulator& simulator) : world_(world), simulator_(simulator) {}

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

 private:
  SimResponse control(std::string_view command, const SimRequest& request, SystemTime now);
  SimResponse change_form(std::string_view command, const SimRequest& request, SystemTime now);
  SimResponse truth() const;

  World& world_;
  HubSpotSimulator& simulator_;
  uint64_t requests_ = 0;
  std::map<int, uint64_t> statuses_;
};

} // namespace circuit::providers::hubspot_forms
