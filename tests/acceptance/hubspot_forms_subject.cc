// HubSpot forms before the acceptance suite: one form of few pages, and several forms of all types.

#include "feeds/hubspot_forms/provider.h"
#include "tests/acceptance/subject.h"
#include "tests/providers/hubspot_forms/simulator.h"

namespace circuit::acceptance {
namespace {

namespace sim = circuit::providers::hubspot_forms;
namespace hubspot = circuit::feeds::hubspot_forms;

class HubSpotFormsSubject final : public Subject {
 public:
  HubSpotFormsSubject(uint64_t seed, size_t forms)
      : world_(seed), simulator_(world_, {}), provider_(description(), options()) {
    constexpr const char* kTypes[] = {"captured", "hubspot", "flow", "blog_comment"};
    for (size_t i = 0; i < forms; ++i) world_.add_form(kTypes[i % 4]);
    constexpr int kItems = 10;
    const SystemTime start{std::chrono::hours(24 * 365 * 50)};
    for (int i = 0; i < kItems; ++i) add_item(start + std::chrono::hours(2 * i));
  }

  const sync::Provider& provider() const override { return provider_; }
  v1::Feed feed() const override {
    v1::Feed feed;
    feed.set_provider("hubspot-forms");
    feed.set_connection(connection().name());
    feed.mutable_hubspot_forms();
    return feed;
  }
  std::string host() const override { return "api.hubapi.com"; }
  providers::SimulatedProvider& model() override { return simulator_; }
  v1::Connection connection() const override {
    v1::Connection connection;
    connection.set_name("connections/hubspot");
    connection.set_provider("hubspot-forms");
    connection.set_method("token");
    return connection;
  }
  std::string token() const override { return sim::SimulatorOptions{}.token; }
  uint64_t quiet_requests() const override { return 1 + world_.forms().size(); }

  bool can(Ability ability) const override {
    // A submission never changes, and that it was erased is told by nothing.
    return ability == Ability::kResumeListing || ability == Ability::kLosePermission ||
           ability == Ability::kRejectOneItem;
  }

  size_t add_item(SystemTime now) override {
    return world_.add_submission(world_.submissions().size() % world_.forms().size(), now);
  }
  void add_huge_item(SystemTime now, size_t bytes) override {
    world_.add_submission(0, now, std::string(bytes, 'a'));
  }
  void add_bad_item(SystemTime now) override {
    world_.submission(world_.add_submission(0, now)).malformed = true;
  }
  void edit_item(size_t, SystemTime) override {}
  void delete_item(size_t item, SystemTime) override { world_.submission(item).erased = true; }
  void lose_permission(bool lost, SystemTime) override {
    if (lost) {
      simulator_.scopes().clear();
    } else {
      simulator_.scopes().insert("forms");
    }
  }
  void end_source(SystemTime) override {}

  std::map<std::string, Expected> must_hold() const override {
    std::map<std::string, Expected> out;
    for (const auto& submission : world_.submissions()) {
      if (!submission.erased && !submission.malformed)
        out[world_.external_id(submission)] = {submission.marker};
    }
    return out;
  }
  bool may_hold(const std::string& external_id) const override { return must_hold().contains(external_id); }

 private:
  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("hubspot-forms");
    return provider;
  }
  static hubspot::HubSpotFormsOptions options() {
    hubspot::HubSpotFormsOptions options;
    options.submissions_page = 3;
    options.max_text_bytes = 1 << 20;
    return options;
  }

  sim::World world_;
  sim::HubSpotSimulator simulator_;
  hubspot::HubSpotFormsProvider provider_;
};

} // namespace

std::vector<SubjectCase> hubspot_forms_subjects() {
  return {
      {"HubSpotForm", [](uint64_t seed) { return std::make_unique<HubSpotFormsSubject>(seed, 1); }},
      {"HubSpotForms", [](uint64_t seed) { return std::make_unique<HubSpotFormsSubject>(seed, 4); }},
  };
}

} // namespace circuit::acceptance
