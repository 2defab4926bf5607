// Azure Blob Storage before the acceptance suite: one container of few pages, and an account that keeps
// deleted blobs.

#include "feeds/azure_blob/provider.h"
#include "feeds/azure_blob/signer.h"
#include "tests/acceptance/subject.h"
#include "tests/feeds/azure_blob/azure_world.h"
#include "tests/providers/azure_blob/simulator.h"

namespace circuit::acceptance {
namespace {

namespace sim = circuit::providers::azure_blob;
namespace azure = circuit::feeds::azure_blob;

class AzureBlobSubject final : public Subject {
 public:
  AzureBlobSubject(uint64_t /*seed*/, bool soft_delete)
      : simulator_(world_, {}), provider_(description(), options()) {
    world_.soft_delete = soft_delete;
    constexpr int kItems = 10;
    const SystemTime start{std::chrono::hours(24 * 365 * 50)};
    for (int i = 0; i < kItems; ++i) add_item(start + std::chrono::hours(2 * i));
    credential_.secrets.emplace("key", credentials::Secret(sim::SimulatorOptions{}.key));
  }

  const sync::Provider& provider() const override { return provider_; }
  v1::Feed feed() const override {
    v1::Feed feed;
    feed.set_provider("azure-blob");
    feed.set_connection(connection().name());
    feed.mutable_azure_blob()->add_containers(kContainer);
    return feed;
  }
  std::string host() const override { return "simulated.blob.core.windows.net"; }
  providers::SimulatedProvider& model() override { return simulator_; }
  v1::Connection connection() const override { return azure::account_connection(); }
  void authorize(http::Request& request, SystemTime now) const override {
    const auto signed_now = azure::authorize(request, connection(), credential_, now);
    if (!signed_now) request.headers.remove("Authorization");
  }
  uint64_t quiet_requests() const override { return pages(); }
  // Four pages and a body for each blob, and again the page that was interrupted and the list that was read
  // ahead of it.
  uint64_t resumed_requests() const override { return pages() + items_.size() + 1 + kPage + 1; }

  bool can(Ability ability) const override { return ability != Ability::kEnd; }

  size_t add_item(SystemTime now) override {
    const size_t index = items_.size();
    items_.push_back({"item" + std::to_string(index) + ".txt", 0});
    write(index, now);
    return index;
  }
  void add_huge_item(SystemTime now, size_t bytes) override {
    world_.put(kContainer, "huge.txt", std::string(bytes, 'a'), now);
  }
  void add_bad_item(SystemTime now) override {
    world_.put(kContainer, "bad.txt", "unreadable", now).encrypted = true;
  }
  void edit_item(size_t item, SystemTime now) override {
    ++items_[item].edits;
    write(item, now);
  }
  void delete_item(size_t item, SystemTime) override {
    world_.remove(kContainer, items_[item].name);
    items_[item].gone = true;
  }
  void lose_permission(bool lost, SystemTime) override { simulator_.firewall = lost; }
  void end_source(SystemTime) override {}

  std::map<std::string, Expected> must_hold() const override {
    std::map<std::string, Expected> out;
    for (size_t i = 0; i < items_.size(); ++i) {
      if (!items_[i].gone) out[std::string(kContainer) + "/" + items_[i].name] = {marker(i)};
    }
    return out;
  }
  bool may_hold(const std::string& external_id) const override {
    return must_hold().contains(external_id) || external_id == std::string(kContainer) + "/huge.txt";
  }

 private:
  static constexpr const char* kContainer = "documents";
  static constexpr int kPage = 3;
  struct Item {
    std::string name;
    int edits = 0;
    bool gone = false;
  };
  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("azure-blob");
    return provider;
  }
  static azure::AzureBlobOptions options() {
    azure::AzureBlobOptions options;
    options.page_size = kPage;
    options.text.max_output_bytes = 1 << 20;
    return options;
  }
  uint64_t pages() const { return (items_.size() + kPage - 1) / kPage; }
  std::string marker(size_t item) const {
    return "marker" + std::to_string(item) + "x" + std::to_string(items_[item].edits) + "y";
  }
  void write(size_t item, SystemTime now) {
    world_.put(kContainer, items_[item].name, "It says " + marker(item) + " here.", now);
  }

  sim::World world_;
  sim::AzureBlobSimulator simulator_;
  azure::AzureBlobProvider provider_;
  credentials::Credential credential_;
  std::vector<Item> items_;
};

} // namespace

std::vector<SubjectCase> azure_blob_subjects() {
  return {
      {"AzureBlobs", [](uint64_t seed) { return std::make_unique<AzureBlobSubject>(seed, false); }},
      {"AzureBlobsKeptWhenDeleted",
       [](uint64_t seed) { return std::make_unique<AzureBlobSubject>(seed, true); }},
  };
}

} // namespace circuit::acceptance
