#pragma once
// Shows each exchange with a provider to whoever wants to see it. Same thread as the provider, which must
// outlive this.

#include <functional>
#include <utility>

#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

class ObservedProvider final : public SimulatedProvider {
 public:
  using Observer = std::function<void(const SimRequest&, const SimResponse&)>;
  explicit ObservedProvider(SimulatedProvider& provider) : provider_(provider) {}
  void observe(Observer observer) { observer_ = std::move(observer); }

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override {
    auto response = provider_.respond(request, now, fault);
    if (observer_) observer_(request, response);
    return response;
  }

 private:
  SimulatedProvider& provider_;
  Observer observer_;
};

} // namespace circuit::providers
