#pragma once
// A worker in virtual time that reads a simulated HubSpot account of one form, five submissions a page.

#include <memory>
#include <string>

#include "feeds/hubspot_forms/provider.h"
#include "ingest/http/stack.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/hubspot_forms/simulator.h"
#include "tests/providers/observed_provider.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::feeds::hubspot_forms {

namespace sim = circuit::providers::hubspot_forms;

class HubSpotWorld final : public sync::testing::WorkerWorld {
 public:
  explicit HubSpotWorld(sim::SimulatorOptions options = {})
      : WorkerWorld(default_options()),
        world_(7),
        simulator_(world_, options),
        observed_(simulator_),
        provider_(description(), few()) {
    boot();
    v1::Connection connection;
    connection.set_name("connections/hubspot");
    connection.set_provider("hubspot-forms");
    put_connection(connection);
    world_.add_form();
  }
  ~HubSpotWorld() override { shut_down(); }

  sim::World& world() { return world_; }
  sim::HubSpotSimulator& simulator() { return simulator_; }
  void observe(providers::ObservedProvider::Observer observer) { observed_.observe(std::move(observer)); }
  SystemTime now() { return loop().clock().now(); }
  uint64_t requests() const { return requests_; }
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
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override {
    auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
    wire->route("api.hubapi.com", observed_);
    wire->observe([this](const providers::Exchange&) { ++requests_; });
    auto stack =
        std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
    stack->auth().use(bearer_);
    return stack;
  }

 private:
  class TokenBearer final : public http::Authorizer {
   public:
    Task<Result<int64_t>> authorize(http::Request& request) override {
      request.headers.set("Authorization", "Bearer " + sim::SimulatorOptions{}.token);
      co_return int64_t{1};
    }
    Task<Result<bool>> refused(std::string, int64_t) override { co_return false; }
  };

  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("hubspot-forms");
    return provider;
  }
  static HubSpotFormsOptions few() {
    HubSpotFormsOptions options;
    options.submissions_page = 5;
    return options;
  }

  TokenBearer bearer_;
  sim::World world_;
  sim::HubSpotSimulator simulator_;
  providers::ObservedProvider observed_;
  HubSpotFormsProvider provider_;
  uint64_t requests_ = 0;
};

} // namespace circuit::feeds::hubspot_forms
