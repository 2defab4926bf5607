// What the acceptance suite cannot ask of every provider: containers, prefixes, versions, writers in between,
// tiers, keys.

#include <gtest/gtest.h>

#include "feeds/azure_blob/account.h"
#include "feeds/azure_blob/provider.h"
#include "feeds/azure_blob/signer.h"
#include "ingest/http/stack.h"
#include "tests/ingest/sync/worker_world.h"
#include "tests/providers/azure_blob/simulator.h"
#include "tests/providers/simulated_transport.h"

namespace circuit::feeds::azure_blob {
namespace {

namespace sim = circuit::providers::azure_blob;
using std::chrono::hours;

v1::Connection account_connection() {
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

class AzureWorld final : public sync::testing::WorkerWorld {
 public:
  explicit AzureWorld(int page_size = 4, sim::SimulatorOptions options = {})
      : WorkerWorld(default_options()),
        holder(loop().clock()),
        simulator(world, options),
        provider_(description(), few(page_size)) {
    boot();
    put_connection(account_connection());
    world.add_container("docs");
  }
  ~AzureWorld() override { shut_down(); }

  SystemTime now() { return loop().clock().now(); }
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
  uint64_t requests() const { return requests_; }

  sim::World world;
  KeyHolder holder;
  sim::AzureBlobSimulator simulator;
  v1::Feed feed = all_blobs();

 protected:
  std::vector<const sync::Provider*> providers() override { return {&provider_}; }
  std::unique_ptr<http::HttpTransport> make_http(Random& random) override {
    auto wire = std::make_unique<providers::SimulatedTransport>(loop().clock(), 5, providers::LatencyRange{});
    wire->route("simulated.blob.core.windows.net", simulator);
    wire->observe([this](const providers::Exchange&) { ++requests_; });
    auto stack =
        std::make_unique<http::HttpStack>(std::move(wire), loop().clock(), random, http::StackOptions{});
    stack->auth().use(holder);
    return stack;
  }

 private:
  static v1::Provider description() {
    v1::Provider provider;
    provider.set_name("azure-blob");
    return provider;
  }
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
  uint64_t requests_ = 0;
};

TEST(AzureBlobFeed, AllContainersOfTheAccountAreReadAndOneThatIsDeletedGoes) {
  AzureWorld world;
  world.put_many(3);
  for (const char* name : {"aaa", "bbb", "ccc", "ddd", "eee"})
    world.world.put(name, "x.txt", name, world.now());
  world.world.put("$logs", "x.log", "the service's own", world.now());
  v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(sync.counts().delivered(), 8);
  EXPECT_FALSE(world.holds("$logs/x.log"));
  world.world.delete_container("ccc");
  sync = world.sync();
  EXPECT_EQ(sync.counts().removed(), 1);
  EXPECT_FALSE(world.holds("ccc/x.txt"));
  EXPECT_EQ(world.sync().counts().removed(), 0);
}

TEST(AzureBlobFeed, ASelectedContainerThatIsNotThereIsSaidAndTheOthersAreRead) {
  AzureWorld world;
  world.put("a.txt", "a");
  world.feed.mutable_azure_blob()->add_containers("docs");
  world.feed.mutable_azure_blob()->add_containers("missing");
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_FALSE(sync.complete());
  EXPECT_NE(sync.incomplete_reason().find("missing"), std::string::npos);
  EXPECT_TRUE(world.holds("docs/a.txt"));
}

TEST(AzureBlobFeed, OnlyWhatIsSelectedIsListedAndRead) {
  AzureWorld world;
  world.feed.mutable_azure_blob()->add_prefixes("in/");
  world.feed.mutable_azure_blob()->add_include("**/*.txt");
  world.feed.mutable_azure_blob()->add_exclude("in/private/**");
  for (const char* name : {"in/a.txt", "in/b.pdf", "in/private/c.txt", "out/d.txt", "in/deep/er/e.txt"})
    world.put(name, name);
  EXPECT_EQ(world.sync().counts().delivered(), 2);
  EXPECT_TRUE(world.holds("docs/in/a.txt"));
  EXPECT_TRUE(world.holds("docs/in/deep/er/e.txt"));
  EXPECT_EQ(world.simulator.gets(), 2u);
}

TEST(AzureBlobFeed, AWriterInBetweenIsNoErrorAndWhatHasWrittenIsDelivered) {
  AzureWorld world;
  world.put("a.txt", "before");
  world.put("b.txt", "b");
  int writes = 0;
  world.simulator.before_content = [&](const std::string&, const std::string& name) {
    if (name == "a.txt" && writes++ < 2) world.put("a.txt", "after " + std::to_string(writes));
  };
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_TRUE(sync.complete());
  EXPECT_EQ(world.find("docs/a.txt")->text(), "after 2");
  EXPECT_EQ(world.sync().counts().delivered(), 0) << "under the version that was read";
}

TEST(AzureBlobFeed, ABlobThatNeverStandsStillIsKeptAndSaidAndTheNextSyncHasIt) {
  AzureWorld world;
  world.put("a.txt", "first");
  world.sync();
  world.put("a.txt", "second");
  world.simulator.before_content = [&](const std::string&, const std::string&) {
    world.put("a.txt", "more");
  };
  const v1::Sync moving = world.sync();
  EXPECT_EQ(moving.state(), v1::Sync::SUCCEEDED);
  EXPECT_FALSE(moving.complete());
  EXPECT_EQ(moving.counts().removed(), 0);
  EXPECT_EQ(world.find("docs/a.txt")->text(), "first");
  world.simulator.before_content = nullptr;
  world.sync();
  EXPECT_EQ(world.find("docs/a.txt")->text(), "more");
}

TEST(AzureBlobFeed, ABlobThatIsDeletedWhileItIsReadIsGone) {
  AzureWorld world;
  world.put("a.txt", "a");
  world.put("b.txt", "b");
  world.sync();
  world.put("a.txt", "edited");
  world.simulator.before_content = [&](const std::string&, const std::string& name) {
    if (world.world.find("docs", name) != nullptr) world.world.remove("docs", name);
  };
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_FALSE(world.holds("docs/a.txt"));
  EXPECT_TRUE(world.holds("docs/b.txt"));
}

TEST(AzureBlobFeed, ALargeBlobIsReadInRangesOfOneVersion) {
  AzureWorld world;
  std::string large;
  for (int i = 0; large.size() < (11u << 20); ++i) large += "line " + std::to_string(i) + "\n";
  world.put("large.txt", large);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(world.simulator.gets(), 3u) << "4 MiB each";
  EXPECT_TRUE(world.find("docs/large.txt")->text_truncated());
  EXPECT_EQ(world.find("docs/large.txt")->metadata().count("azure.content_md5_differs"), 0u);
}

TEST(AzureBlobFeed, AChecksumThatItsWriterGotWrongIsSaidAndTheContentDelivered) {
  AzureWorld world;
  world.put("a.txt", "fine").content_md5 = "AAAAAAAAAAAAAAAAAAAAAA==";
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  EXPECT_EQ(world.find("docs/a.txt")->text(), "fine");
  EXPECT_EQ(world.find("docs/a.txt")->metadata().at("azure.content_md5_differs"), "true");
}

TEST(AzureBlobFeed, AnArchivedBlobIsReportedAndItsReturnReadsIt) {
  AzureWorld world;
  world.put("cold.txt", "cold").tier = "Archive";
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_TRUE(sync.complete());
  EXPECT_EQ(world.find("docs/cold.txt")->metadata().at("content.omitted"), "archived");
  EXPECT_EQ(world.simulator.gets(), 0u);
  world.world.find("docs", "cold.txt")->tier = "Hot"; // which leaves the ETag as it is
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  EXPECT_EQ(world.find("docs/cold.txt")->text(), "cold");
}

TEST(AzureBlobFeed, WhatIsNoTextIsNotFetchedAndTheDocumentSaysSo) {
  AzureWorld world;
  world.put("photo.jpg", "\xFF\xD8\xFF").content_type = "image/jpeg";
  world.put("empty.txt", "");
  world.put("folder", "").metadata["hdi_isfolder"] = "true";
  EXPECT_EQ(world.sync().counts().delivered(), 2);
  EXPECT_EQ(world.simulator.gets(), 0u);
  EXPECT_EQ(world.find("docs/photo.jpg")->metadata().at("content.omitted"), "binary");
}

TEST(AzureBlobFeed, ABlobThatIsLeasedIsReadAndTheDocumentSaysSo) {
  AzureWorld world;
  world.put("a.txt", "a").leased = true;
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  EXPECT_EQ(world.find("docs/a.txt")->text(), "a");
  EXPECT_EQ(world.find("docs/a.txt")->metadata().at("azure.lease_state"), "leased");
  EXPECT_EQ(world.find("docs/a.txt")->metadata().at("azure.lease_duration"), "infinite");
}

TEST(AzureBlobFeed, ASlowBlobHoldsUpNobodyButItself) {
  AzureWorld world(1000);
  world.put_many(200);
  world.simulator.delay_of = [](const std::string& name) {
    return name == "n100" ? std::chrono::seconds(20) : std::chrono::milliseconds(1);
  };
  const auto started = world.start(world.feed);
  ASSERT_TRUE(started.ok());
  world.run_for(std::chrono::seconds(15));
  EXPECT_EQ(world.simulator.gets(), 200u) << "all others were read meanwhile";
  EXPECT_FALSE(world.holds("docs/n100"));
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
  EXPECT_TRUE(world.holds("docs/n100"));
}

TEST(AzureBlobFeed, WithoutContentNoBodyIsFetched) {
  AzureWorld world;
  world.put_many(5);
  world.feed.set_content(v1::CONTENT_NONE);
  EXPECT_EQ(world.sync().counts().delivered(), 5);
  EXPECT_EQ(world.simulator.gets(), 0u);
  EXPECT_EQ(world.find("docs/n100")->metadata().at("content.omitted"), "not asked for");
}

TEST(AzureBlobFeed, OriginalsReachTheSinkByteForByte) {
  AzureWorld world;
  world.feed.set_content(v1::CONTENT_RAW);
  std::string binary(9 << 20, '\0');
  for (size_t i = 0; i < binary.size(); i += 97) binary[i] = static_cast<char>(i);
  world.put("data.bin", binary).content_type = "application/octet-stream";
  world.put("a.txt", "text");
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  ASSERT_TRUE(world.holds("docs/data.bin"));
  EXPECT_EQ(world.find("docs/data.bin")->raw().size_bytes(), 9 << 20);
  EXPECT_EQ(world.find("docs/a.txt")->raw().size_bytes(), 4);
  EXPECT_EQ(world.find("docs/a.txt")->text(), "text");
}

TEST(AzureBlobFeed, VersionsAndSnapshotsAreDocumentsWhereTheyAreSelected) {
  AzureWorld world;
  world.world.versioning = true;
  world.put("a.txt", "one");
  world.put("a.txt", "two");
  world.world.take_snapshot("docs", "a.txt", "2026-02-01T00:00:00.0000000Z");
  EXPECT_EQ(world.sync().counts().delivered(), 1) << "neither is selected";
  world.feed.set_name("feeds/two");
  world.feed.mutable_azure_blob()->set_with_versions(true);
  world.feed.mutable_azure_blob()->set_with_snapshots(true);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(sync.counts().delivered(), 3);
  EXPECT_EQ(world.find("docs@snapshot:2026-02-01T00:00:00.0000000Z/a.txt")->text(), "two");
  size_t old = 0;
  for (const auto& [key, document] : world.receiver().documents)
    old += key.second.starts_with("docs@version:") && document.text() == "one" ? 1 : 0;
  EXPECT_EQ(old, 1u);
}

TEST(AzureBlobFeed, ADeletedBlobThatIsKeptIsAPositiveSignalAlsoWhenTheListingIsNotWhole) {
  AzureWorld world(1000);
  world.world.soft_delete = true;
  world.put_many(120);
  world.sync();
  for (int i = 0; i < 100; ++i) world.world.remove("docs", "n" + std::to_string(100 + i));
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().removed(), 100) << "more than a sweep may take away";
  EXPECT_FALSE(sync.has_held_removals());
  EXPECT_EQ(world.sync().counts().removed(), 0);
}

TEST(AzureBlobFeed, WhatWasDeletedAndWrittenAgainIsThere) {
  for (const int page : {1, 2, 4}) {
    AzureWorld world(page);
    world.world.soft_delete = true;
    world.world.deleted_stay = true;
    world.put_many(3);
    world.sync();
    world.world.remove("docs", "n101");
    world.put("n101", "again");
    world.sync();
    EXPECT_EQ(world.find("docs/n101")->text(), "again");
    EXPECT_EQ(world.sync().counts().removed(), 0);
  }
}

TEST(AzureBlobFeed, ATagThatChangesIsAChangeThoughTheETagIsNot) {
  AzureWorld world;
  world.put("a.txt", "a").tags["state"] = "draft";
  world.sync();
  EXPECT_EQ(world.sync().counts().delivered(), 0);
  world.world.find("docs", "a.txt")->tags["state"] = "final";
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  EXPECT_EQ(world.find("docs/a.txt")->metadata().at("azure.tag.state"), "final");
}

TEST(AzureBlobFeed, AnAccountThatRefusesTagsAndDeletedBlobsIsReadWithout) {
  sim::SimulatorOptions options;
  options.hierarchical = true;
  AzureWorld world(4, options);
  world.put_many(9);
  world.put("folder", "").is_directory = true;
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(sync.counts().delivered(), 9);
  EXPECT_EQ(world.simulator.lists(), 1u + 1u + 3u) << "containers; one refusal; three pages";
}

TEST(AzureBlobFeed, TheSecondKeyIsUsedOnceTheFirstIsRefused) {
  AzureWorld world;
  world.put_many(9);
  world.holder.credential.secrets.emplace("secondary_key",
                                          credentials::Secret(sim::SimulatorOptions{}.second_key));
  world.simulator.first_key_works = false;
  const uint64_t before = world.requests();
  EXPECT_EQ(world.sync().counts().delivered(), 9);
  EXPECT_EQ(world.requests() - before, 1u + 1u + 3u + 9u) << "one refusal";
}

TEST(AzureBlobFeed, AKeyThatIsRefusedAndAWrongClockSayWhatToDo) {
  AzureWorld world;
  world.simulator.first_key_works = false;
  EXPECT_EQ(world.sync().error().reason(), "AZURE_KEY_REFUSED");
  world.simulator.first_key_works = true;
  world.simulator.clock_ahead = -hours(2);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.error().reason(), "AZURE_CLOCK_WRONG") << sync.error().DebugString();
  EXPECT_NE(sync.error().message().find("clock"), std::string::npos);
}

TEST(AzureBlobFeed, NamesWithEverythingInThemAreReachedOrSetAside) {
  AzureWorld world;
  const std::string odd[] = {"a b+c%20?#&=.txt", " spaces ", "\xE2\x82\xAC/\xC3\xA4.txt",
                             "line\x01"
                             "break",
                             "a//b"};
  for (const auto& name : odd) world.put(name, "is " + name.substr(0, 1));
  world.put("a/../b", "unreachable");
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  for (const auto& name : odd) EXPECT_TRUE(world.holds("docs/" + name)) << name;
  EXPECT_EQ(sync.counts().rejected(), 1);
}

TEST(AzureBlobFeed, ACrashInTheMiddleGoesOnAtThePageAndLosesNothing) {
  for (uint64_t enough = 4; enough < 26; enough += 3) {
    AzureWorld world;
    world.put_many(20);
    const auto started = world.start(world.feed);
    ASSERT_TRUE(started.ok());
    while (world.requests() < enough) world.run_for(std::chrono::milliseconds(1));
    world.crash();
    EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(world.holds("docs/n" + std::to_string(100 + i)));
    EXPECT_LE(world.requests(), 1u + 5u + 20u + 1u + 5u) << "the containers and one page again";
  }
}

TEST(AzureBlobAccount, CheckAndBrowseAreCheap) {
  AzureWorld world;
  world.put("a/b/c.txt", "c");
  world.put("a/d.txt", "d");
  world.put("top.txt", "top");
  class DirectApi final : public sync::Api {
   public:
    explicit DirectApi(http::HttpTransport& http) : http_(http) {}
    Task<Result<http::Response>> fetch(http::Request request) override {
      request.connection = "connections/azure";
      co_return co_await http_.send(std::move(request));
    }

   private:
    http::HttpTransport& http_;
  };
  SeededRandom random(1);
  auto wire =
      std::make_unique<providers::SimulatedTransport>(world.loop().clock(), 5, providers::LatencyRange{});
  wire->route("simulated.blob.core.windows.net", world.simulator);
  http::HttpStack stack(std::move(wire), world.loop().clock(), random, {});
  stack.auth().use(world.holder);
  DirectApi api(stack);
  AzureBlobAccount account(
      Client("https://simulated.blob.core.windows.net", http::AddressPolicy::kPublicOnly),
      account_connection());
  const auto report = world.ask(account.check(api));
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->works());
  EXPECT_EQ(world.simulator.lists(), 2u);

  const auto browse = [&](const std::string& parent) {
    v1::BrowseRequest request;
    request.set_parent(parent);
    const auto response = world.ask(account.browse(api, request));
    std::vector<std::string> ids;
    if (response) {
      for (const auto& item : response->items()) ids.push_back(item.id());
    }
    return ids;
  };
  EXPECT_EQ(browse(""), std::vector<std::string>{"docs"});
  EXPECT_EQ(browse("docs"), std::vector<std::string>{"docs/a/"});
  EXPECT_EQ(browse("docs/a/"), std::vector<std::string>{"docs/a/b/"});

  world.simulator.firewall = true;
  const auto refused = world.ask(account.check(api));
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->works());
  EXPECT_EQ(refused->error().reason(), "AZURE_FORBIDDEN");
}

} // namespace
} // namespace circuit::feeds::azure_blob
