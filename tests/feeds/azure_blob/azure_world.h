#pragma once
// A worker in virtual time that reads a simulated storage account.

#include <gtest/gtest.h>

#include <string>

#include "feeds/azure_blob/provider.h"
#include "feeds/azure_blob/signer.h"
#include "tests/feeds/account_world.h"
#include "tests/providers/azure_blob/simulator.h"

namespace circuit::feeds::azure_blob {

namespace sim = circuit::providers::azure_blob;

inline v1::Connection account_connection() {
  v1::Connection connection;
  connection.set_name("connections/azure");
  connection.set_provider("azure-blob");
  connection.set_method("shared-key");
  (*connection.mutable_parameters())["account"] = sim::SimulatorOptions{}.account;
  return connection;
}

class KeyHolder final : public http::Authorizer {
 public:
  explicit KeyHolder(Clock& clock) : clock_(clock) {
    credential.secrets.emplace("key", credentials::Secret(sim::SimulatorOptions{}.key));
  }
  Task<Result<int64_t>> authorize(http::Request& request) override {
    auto done = azure_blob::authorize(request, account_connection(), credential, clock_.now());
    if (!done) co_return std::move(done).error();
    co_return int64_t{1};
  }
  Task<Result<bool>> refused(std::string, int64_t) override { co_return false; }

  credentials::Credential credential;

 private:
  Clock& clock_;
};

class AzureWorld final : public AccountWorld {
 public:
  explicit AzureWorld(int page_size = 4, sim::SimulatorOptions options = {})
      : AccountWorld("simulated.blob.core.windows.net", simulator, holder),
        holder(loop().clock()),
        simulator(world, options),
        provider_(description("azure-blob"), few(page_size)) {
    boot();
    put_connection(account_connection());
    world.add_container("docs");
  }
  ~AzureWorld() override { shut_down(); }

  sim::SimBlob& put(const std::string& name, const std::string& text) {
    return world.put("docs", name, text, now());
  }
  void put_many(int count) {
    for (int i = 0; i < count; ++i) put("n" + std::to_string(100 + i), "text " + std::to_string(i));
  }
  v1::Sync sync(v1::SyncMode mode = v1::INCREMENTAL) { return WorkerWorld::sync(feed, mode); }
  // Empty, and a failure, where it was not delivered.
  const v1::Document* find(const std::string& id) {
    for (const auto& [key, document] : receiver().documents) {
      if (key.second == id) return &document;
    }
    ADD_FAILURE() << id << " was not delivered";
    return &v1::Document::default_instance();
  }
  bool holds(const std::string& id) { return receiver().texts().contains(id); }

  sim::World world;
  KeyHolder holder;
  sim::AzureBlobSimulator simulator;
  v1::Feed feed = all_blobs();

 protected:
  std::vector<const sync::Provider*> providers() override { return {&provider_}; }

 private:
  static v1::Feed all_blobs() {
    v1::Feed feed;
    feed.set_name("feeds/one");
    feed.set_provider("azure-blob");
    feed.set_connection("connections/azure");
    feed.mutable_azure_blob();
    return feed;
  }
  static AzureBlobOptions few(int page_size) {
    AzureBlobOptions options;
    options.page_size = page_size;
    options.text.max_input_bytes = 16 << 20;
    return options;
  }

  AzureBlobProvider provider_;
};

} // namespace circuit::feeds::azure_blob
