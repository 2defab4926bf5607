// What the acceptance suite cannot ask of every provider: containers, prefixes, versions, tiers, keys.

#include <gtest/gtest.h>

#include "tests/feeds/azure_blob/azure_world.h"

namespace circuit::feeds::azure_blob {
namespace {

using std::chrono::hours;

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

TEST(AzureBlobFeed, OnlyTheServiceItselfSaysThatAContainerIsGone) {
  struct Row {
    int status;
    const char* body;
    bool gone;
  };
  for (const Row& row : {Row{404, "<html>not found</html>", false}, Row{404, "", false},
                         Row{404, "<Error><Code>ResourceNotFound</Code></Error>", false},
                         Row{409, "<Error><Code>ContainerDisabled</Code></Error>", false},
                         Row{404, "<Error><Code>ContainerNotFound</Code></Error>", true},
                         Row{409, "<Error><Code>ContainerBeingDeleted</Code></Error>", true}}) {
    AzureWorld world;
    world.feed.mutable_azure_blob()->add_containers("docs");
    world.put_many(3);
    world.sync();
    world.answer_instead(
        [&](const auto&) { return providers::text_response(row.status, "text/html", row.body); });
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.counts().removed(), row.gone ? 3 : 0) << row.body;
    EXPECT_EQ(sync.state(), row.gone ? v1::Sync::SUCCEEDED : v1::Sync::FAILED) << row.body;
    EXPECT_EQ(world.holds("docs/n100"), !row.gone) << row.body;
  }
}

TEST(AzureBlobFeed, AContainerThatCannotBeReadKeepsNoOtherFromBeingRead) {
  struct Row {
    int status;
    const char* code;
  };
  for (const Row& row : {Row{500, "InternalError"}, Row{403, "AuthorizationFailure"},
                         Row{409, "ContainerDisabled"}, Row{404, "ResourceNotFound"}}) {
    AzureWorld world;
    for (const char* name : {"aaa", "bbb", "ccc"}) world.world.put(name, "x.txt", name, world.now());
    world.sync();
    for (const char* name : {"aaa", "bbb", "ccc"}) world.world.put(name, "y.txt", name, world.now());
    world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if (request.path() != "/bbb") return std::nullopt;
      return providers::text_response(row.status, "application/xml",
                                      std::string("<Error><Code>") + row.code + "</Code></Error>");
    });
    v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
    EXPECT_FALSE(sync.complete());
    EXPECT_NE(sync.incomplete_reason().find("bbb"), std::string::npos) << sync.incomplete_reason();
    EXPECT_NE(sync.incomplete_reason().find(row.code), std::string::npos) << sync.incomplete_reason();
    EXPECT_EQ(sync.counts().removed(), 0) << row.code;
    EXPECT_TRUE(world.holds("aaa/y.txt")) << row.code;
    EXPECT_TRUE(world.holds("bbb/x.txt")) << row.code;
    EXPECT_FALSE(world.holds("bbb/y.txt")) << row.code;
    EXPECT_TRUE(world.holds("ccc/y.txt")) << row.code;
    world.answer_instead([](const auto&) { return std::nullopt; });
    sync = world.sync();
    EXPECT_TRUE(sync.complete()) << sync.incomplete_reason();
    EXPECT_TRUE(world.holds("bbb/y.txt")) << row.code;
  }
}

TEST(AzureBlobFeed, AListingThatLeadsBackToItselfEnds) {
  for (const bool of_containers : {true, false}) {
    AzureWorld world;
    world.put_many(3);
    world.sync();
    const char* const kBlobs =
        "<EnumerationResults><Blobs/><NextMarker>same</NextMarker></EnumerationResults>";
    const char* const kContainers =
        "<EnumerationResults><Containers/><NextMarker>same</NextMarker></EnumerationResults>";
    world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if ((request.path() == "/") != of_containers) return std::nullopt;
      return providers::text_response(200, "application/xml", of_containers ? kContainers : kBlobs);
    });
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.error().reason(), "AZURE_BAD_ANSWER");
    EXPECT_EQ(sync.counts().removed(), 0);
  }
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

TEST(AzureBlobFeed, ASelectionThatChangesBringsWhatIsNewInItAndRemovesWhatIsNotInItAnyMore) {
  AzureWorld world;
  world.put("a/1.txt", "a");
  world.put("b/1.txt", "b");
  world.put("b/2.bin", "b");
  world.world.put("other", "o.txt", "o", world.now());
  world.feed.set_name("feeds/one");
  auto& selection = *world.feed.mutable_azure_blob();
  selection.add_containers("docs");
  selection.add_prefixes("a/");
  ASSERT_EQ(world.sync().counts().delivered(), 1);

  selection.set_prefixes(0, "b/");
  selection.add_exclude("**/*.bin");
  ASSERT_TRUE(world.update(world.feed, {"azure_blob.prefixes", "azure_blob.exclude"}).ok());
  v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 1);
  EXPECT_EQ(sync.counts().removed(), 1);
  EXPECT_TRUE(world.holds("docs/b/1.txt"));

  selection.clear_containers();
  ASSERT_TRUE(world.update(world.feed, {"azure_blob.containers"}).ok());
  EXPECT_EQ(world.sync().counts().delivered(), 0) << "there is no b/ elsewhere";
  selection.clear_prefixes();
  selection.clear_exclude();
  ASSERT_TRUE(world.update(world.feed, {"azure_blob"}).ok());
  EXPECT_EQ(world.sync().counts().delivered(), 3);
  selection.add_containers("other");
  ASSERT_TRUE(world.update(world.feed, {"azure_blob.containers"}).ok());
  EXPECT_EQ(world.sync().counts().removed(), 3);
  EXPECT_EQ(world.receiver().documents.size(), 1u);
}

TEST(AzureBlobFeed, AListingOfAnotherSelectionDoesNotGoOnAndTakeTheRestForGone) {
  AzureWorld world;
  for (int i = 0; i < 6; ++i) world.put("a/" + std::to_string(i), "a");
  for (int i = 0; i < 10; ++i) world.put("c/" + std::to_string(i), "c");
  world.feed.set_name("feeds/one");
  auto& selection = *world.feed.mutable_azure_blob();
  selection.add_prefixes("a/");
  selection.add_prefixes("c/");
  ASSERT_EQ(world.sync().counts().delivered(), 16);
  // Of c/ alone, which breaks off; then both are selected again.
  v1::Feed narrow = world.feed;
  narrow.mutable_azure_blob()->clear_prefixes();
  narrow.mutable_azure_blob()->add_prefixes("c/");
  ASSERT_TRUE(world.update(narrow, {"azure_blob.prefixes"}).ok());
  world.answer_instead([](const auto& request) -> std::optional<providers::SimResponse> {
    if (request.target.find("marker=") == std::string::npos) return std::nullopt;
    return providers::text_response(404, "text/html", "<html>not found</html>");
  });
  ASSERT_EQ(world.WorkerWorld::sync(narrow).state(), v1::Sync::FAILED);
  world.answer_instead(nullptr);
  ASSERT_TRUE(world.update(world.feed, {"azure_blob.prefixes"}).ok());
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(sync.counts().removed(), 0);
  EXPECT_EQ(world.receiver().documents.size(), 16u);
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

TEST(AzureBlobFeed, WhatIsThereBehindAnEmptyPageIsNotRemovedForADeletedEntryBeforeIt) {
  AzureWorld world;
  world.put("a.txt", "a");
  world.sync();
  const std::string etag = world.world.find("docs", "a.txt")->etag;
  const auto page = [](const std::string& blobs, const std::string& next) {
    return providers::text_response(200, "application/xml",
                                    "<EnumerationResults><Blobs>" + blobs + "</Blobs><NextMarker>" + next +
                                        "</NextMarker></EnumerationResults>");
  };
  const auto entry = [](const std::string& deleted, const std::string& tag) {
    return "<Blob><Name>a.txt</Name>" + deleted + "<Properties><Etag>" + tag +
           "</Etag><Content-Length>1</Content-Length></Properties></Blob>";
  };
  world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
    if (request.path() != "/docs") return std::nullopt;
    const std::string target = request.target;
    if (target.find("marker=2") != std::string::npos) return page("", "3");
    if (target.find("marker=3") != std::string::npos) return page(entry("", etag), "");
    return page(entry("<Deleted>true</Deleted>", "old"), "2");
  });
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(sync.counts().removed(), 0);
  EXPECT_EQ(sync.counts().unchanged(), 1);
}

TEST(AzureBlobFeed, WhatIsArchivedBetweenListingAndReadingIsReadWhenItIsBroughtBack) {
  AzureWorld world;
  world.put("a.txt", "a");
  world.simulator.before_content = [&](const auto&, const auto&) {
    world.world.find("docs", "a.txt")->tier = "Archive";
  };
  world.sync();
  EXPECT_EQ(world.find("docs/a.txt")->metadata().at("content.omitted"), "archived");
  world.simulator.before_content = nullptr;
  world.world.find("docs", "a.txt")->tier = "Hot";
  world.sync();
  EXPECT_EQ(world.find("docs/a.txt")->text(), "a");
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
    EXPECT_LE(world.requests(), 1u + 5u + 20u + 1u + 5u + 1u)
        << "the containers, one page, and the list that was read ahead again";
  }
}

} // namespace
} // namespace circuit::feeds::azure_blob
