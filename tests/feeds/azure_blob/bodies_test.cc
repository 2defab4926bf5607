// Bodies of blobs, and who writes them while they are read.

#include <gtest/gtest.h>

#include "tests/feeds/azure_blob/azure_world.h"
#include "tests/providers/gzip.h"

namespace circuit::feeds::azure_blob {
namespace {

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

TEST(AzureBlobFeed, OneBlobThatTheServiceFailsToGiveOutIsSetAsideAndTheOthersAreRead) {
  for (const int status : {500, 403, 418}) {
    AzureWorld world(1000);
    world.put_many(50);
    world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if (request.path() != "/docs/n120") return std::nullopt;
      return providers::text_response(status, "text/plain", "");
    });
    v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
    EXPECT_EQ(sync.counts().delivered(), 49);
    EXPECT_EQ(sync.counts().rejected(), 1);
    world.answer_instead(nullptr);
    sync = world.sync();
    EXPECT_EQ(sync.counts().delivered(), 1) << "it is asked for again";
    EXPECT_EQ(sync.counts().rejected(), 0);
    EXPECT_EQ(world.find("docs/n120")->text(), "text 20");
  }
}

TEST(AzureBlobFeed, AServiceThatFailsEveryBlobEndsTheSync) {
  AzureWorld world(1000);
  world.put_many(50);
  world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
    if (!request.path().starts_with("/docs/n")) return std::nullopt;
    return providers::text_response(403, "text/plain", "");
  });
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.error().reason(), "AZURE_FORBIDDEN");
  EXPECT_LE(world.requests(), 2u + 32u + 4u) << "no request for each blob";
}

TEST(AzureBlobFeed, AContainerThatGoesWhileItsBlobsAreReadEndsNotTheSync) {
  AzureWorld world(2);
  world.put_many(6);
  world.world.put("zzz", "x.txt", "x", world.now());
  world.simulator.before_content = [&](const std::string& container, const std::string&) {
    if (container == "docs") world.world.delete_container("docs");
  };
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_TRUE(world.holds("zzz/x.txt"));
  EXPECT_FALSE(sync.complete());
  world.sync();
  EXPECT_FALSE(world.holds("docs/n100"));
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
  EXPECT_LT(sync.counts().bytes_fetched(), (9 << 20) + 10'000) << "each byte counts once";
  EXPECT_EQ(world.find("docs/a.txt")->text(), "text");
}

TEST(AzureBlobFeed, WhatIsNoCompressionIsReadAsItIs) {
  for (const char* encoding : {"utf-8", "UTF8", "identity", "aws-chunked", "gzip, utf-8", ","}) {
    for (const v1::ContentPolicy content : {v1::CONTENT_TEXT, v1::CONTENT_RAW}) {
      AzureWorld world;
      world.feed.set_content(content);
      world.put("a.txt", "text").content_encoding = encoding;
      const v1::Sync sync = world.sync();
      EXPECT_EQ(sync.counts().rejected(), 0) << encoding;
      EXPECT_EQ(world.find("docs/a.txt")->text(), "text") << encoding;
      EXPECT_EQ(world.find("docs/a.txt")->metadata().at("azure.content_encoding"), encoding);
      if (content != v1::CONTENT_RAW) continue;
      EXPECT_EQ(world.receiver().originals.begin()->second, "text");
    }
  }
}

TEST(AzureBlobFeed, ACompressedBlobOfAnySizeIsDeliveredWithoutItsCompression) {
  for (const char* type : {"application/octet-stream", "image/png", "text/plain"}) {
    AzureWorld world;
    world.feed.set_content(v1::CONTENT_RAW);
    std::string noise(6 << 20, '\0'); // what does not get smaller than two ranges
    uint64_t state = 1;
    for (char& c : noise) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      c = static_cast<char>(state >> 56);
    }
    world.put("large", providers::gzip(noise)).content_type = type;
    world.world.find("docs", "large")->content_encoding = "GZip";
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.counts().rejected(), 0) << type;
    ASSERT_EQ(world.receiver().originals.size(), 1u) << type;
    EXPECT_TRUE(world.receiver().originals.begin()->second == noise) << type;
    EXPECT_EQ(world.simulator.gets(), 1u);
  }
}

TEST(AzureBlobFeed, ABlobThatIsNotCompressedAsItSaysIsSetAside) {
  AzureWorld world;
  world.feed.set_content(v1::CONTENT_RAW);
  world.put("a.txt", "no gzip at all").content_encoding = "gzip";
  world.put("b.bin", "nor this").content_encoding = "gzip";
  world.put("c.txt", "c");
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
  EXPECT_EQ(sync.counts().rejected(), 2);
  EXPECT_TRUE(world.holds("docs/c.txt"));
}

// Whoever wrote them has died in the middle, again and again: no patience brings their ends.
TEST(AzureBlobFeed, AnyNumberOfCompressedBlobsThatAreStoredCutIsSetAside) {
  for (const v1::ContentPolicy content : {v1::CONTENT_TEXT, v1::CONTENT_RAW}) {
    AzureWorld world;
    world.feed.set_content(content);
    const std::string whole = providers::gzip(std::string(5000, 'x'));
    for (const char* name : {"a.txt", "b.txt", "c.bin", "d.txt", "e.bin", "f.txt"})
      world.put(name, whole.substr(0, whole.size() - 6)).content_encoding = "gzip";
    world.put("g.txt", "g");
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
    EXPECT_GE(sync.counts().rejected(), 4);
    EXPECT_TRUE(world.holds("docs/g.txt"));
    EXPECT_FALSE(world.holds("docs/a.txt"));
  }
}

} // namespace
} // namespace circuit::feeds::azure_blob
