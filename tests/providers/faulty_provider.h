#pragma once
// Any provider, as its clients see it on a bad day: asks a FaultPlan about each request and spoils the
// response accordingly. Spoiled responses stay as treacherous as real ones (a truncated or empty body carries
// the validators of the whole one), but never claim what would make a correct client wrong for good: a page
// without items carries none. One thread, that of the plan.

#include "tests/providers/fault_plan.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

class FaultyProvider final : public SimulatedProvider {
 public:
  // Both must outlive this.
  FaultyProvider(SimulatedProvider& provider, FaultPlan& plan) : provider_(provider), plan_(plan) {}
  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override;

 private:
  SimResponse respond_with(Fault fault, const SimRequest& request, SystemTime now);

  SimulatedProvider& provider_;
  FaultPlan& plan_;
};

} // namespace circuit::providers
