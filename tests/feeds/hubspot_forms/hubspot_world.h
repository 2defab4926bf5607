#pragma once
// A worker in virtual time that reads a simulated HubSpot account of one form, five submissions a page.

#include <string>

#include "feeds/hubspot_forms/provider.h"
#include "tests/feeds/account_world.h"
#include "tests/providers/hubspot_forms/simulator.h"

namespace circuit::feeds::hubspot_forms {

namespace sim = circuit::providers::hubspot_forms;

class HubSpotWorld final : public AccountWorld {
 public:
  explicit HubSpotWorld(sim::SimulatorOptions options = {})
      : AccountWorld("api.hubapi.com", simulator_, bearer_),
        world_(7),
        simulator_(world_, options),
        provider_(description("hubspot-forms"), few()) {
    boot();
    put_connection(connection("connections/hubspot", "hubspot-forms"));
    world_.add_form();
  }
  ~HubSpotWorld() override { shut_down(); }

  sim::World& world() { return world_; }
  sim::HubSpotSimulator& simulator() { return simulator_; }
  v1::Feed feed() {
    v1::Feed feed;
    feed.set_name("feeds/one");
    feed.set_provider("hubspot-forms");
    feed.set_connection("connections/hubspot");
    feed.mutable_hubspot_forms();
    return feed;
  }
  v1::Sync sync() { return WorkerWorld::sync(feed()); }
  v1::Sync sync_of(const v1::Feed& feed, v1::SyncMode mode = v1::INCREMENTAL) {
    return WorkerWorld::sync(feed, mode);
  }
  size_t submit(SystemTime when) { return world_.add_submission(0, when); }
  void submit_many(int count) {
    for (int i = 0; i < count; ++i) submit(now() - std::chrono::minutes(count - i));
  }
  bool holds(size_t submission) {
    return receiver().texts().contains(world_.external_id(world_.submission(submission)));
  }

 protected:
  std::vector<const sync::Provider*> providers() override { return {&provider_}; }

 private:
  static HubSpotFormsOptions few() {
    HubSpotFormsOptions options;
    options.submissions_page = 5;
    return options;
  }

  TokenBearer bearer_{sim::SimulatorOptions{}.token};
  sim::World world_;
  sim::HubSpotSimulator simulator_;
  HubSpotFormsProvider provider_;
};

} // namespace circuit::feeds::hubspot_forms
