#pragma once
// Shows each exchange with a provider to whoever wants to see it, and lets something else answer in its
// place: a proxy, a service in trouble. Same thread as the provider, which must outlive this.

#include <functional>
#include <optional>
#include <utility>

#include "tests/providers/simulated_provider.h"

namespace circuit::providers {

class ObservedProvider final : public SimulatedProvider {
 public:
  using Observer = std::function<void(const SimRequest&, const SimResponse&)>;
  // nullopt: the provider answers.
  using Instead = std::function<std::optional<SimResponse>(const SimRequest&)>;
  explicit ObservedProvider(SimulatedProvider& provider) : provider_(provider) {}
  void observe(Observer observer) { observer_ = std::move(observer); }
  void answer_instead(Instead instead) { instead_ = std::move(instead); }

  SimResponse respond(const SimRequest& request, SystemTime now, std::optional<ContentFault> fault) override {
    auto other = instead_ ? instead_(request) : std::nullopt;
    auto response = other ? *std::move(other) : provider_.respond(request, now, fault);
    if (observer_) observer_(request, response);
    return response;
  }

 private:
  SimulatedProvider& provider_;
  Observer observer_;
  Instead instead_;
};

} // namespace circuit::providers
