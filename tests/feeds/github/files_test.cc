// Files: trees, comparisons, force-pushes, kinds of entries.

#include <gtest/gtest.h>

#include <utility>

#include "tests/feeds/github/github_world.h"

namespace circuit::feeds::github {
namespace {

TEST(GitHubFiles, OnePercentOfChangesCostsAtMostThreePercentOfTheRequests) {
  GitHubWorld world;
  world.commit_many(1000);
  ASSERT_EQ(world.sync().counts().delivered(), 1000);
  const uint64_t first = world.requests();
  for (int i = 0; i < 10; ++i)
    world.commit("dir" + std::to_string(i) + "/file" + std::to_string(i) + ".txt", "new\n");
  EXPECT_EQ(world.sync().counts().delivered(), 10);
  const uint64_t incremental = world.requests() - first;
  std::cout << "first " << first << ", incremental " << incremental << " requests\n";
  EXPECT_LE(incremental * 100, first * 3);
}

TEST(GitHubFiles, WhatDidNotChangeIsAskedForForFree) {
  GitHubWorld world;
  world.commit_many(5);
  world.repository().issues.clear();
  world.sync();
  world.sync(); // the lists that were not whole answers have validators now
  const uint64_t counted = world.simulator().counted();
  const v1::Sync quiet = world.sync();
  EXPECT_EQ(world.simulator().counted(), counted);
  EXPECT_EQ(quiet.counts().requests(), quiet.counts().not_modified());
}

TEST(GitHubFiles, ARemovalAndARenameAreToldByTheComparison) {
  GitHubWorld world;
  world.commit_many(20);
  world.sync();
  world.repository().commit({{"dir1/file1.txt", {"", ""}}});
  EXPECT_EQ(world.sync().counts().removed(), 1);
  EXPECT_EQ(world.difference(), "");
  const std::string bytes = world.repository().blobs.at(world.repository().files().at("dir2/file2.txt").sha);
  world.repository().commit({{"dir2/file2.txt", {"", ""}}, {"renamed.txt", {bytes}}});
  const v1::Sync renamed = world.sync();
  EXPECT_EQ(renamed.counts().removed(), 1);
  EXPECT_EQ(renamed.counts().delivered(), 1);
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, AForcePushIsReadByTheTreeAloneWhetherItsPastIsThereOrGone) {
  for (const bool collected : {false, true}) {
    GitHubWorld world;
    world.commit_many(20);
    world.commit("later.txt", "later\n");
    world.sync();
    const uint64_t before = world.requests();
    world.repository().force_push({{"other.txt", {"other\n"}}}, collected);
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.counts().delivered(), 1) << sync.DebugString();
    EXPECT_EQ(sync.counts().removed(), 1);
    EXPECT_EQ(world.difference(), "");
    EXPECT_LE(world.requests() - before, 8u) << "of which five are those of a quiet sync";
  }
}

TEST(GitHubFiles, MoreChangesThanAComparisonNamesAreAllFound) {
  GitHubWorld world;
  world.commit_many(400);
  world.sync();
  std::map<std::string, sim::SimRepository::Change> changes;
  for (const auto& [path, file] : world.repository().files()) changes[path] = {"changed " + path + "\n"};
  world.repository().commit(changes);
  EXPECT_EQ(world.sync().counts().delivered(), 400);
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, ATreeThatIsCutOffIsWalkedDirectoryByDirectory) {
  GitHubWorld world;
  world.simulator().options().tree_entries = 12;
  world.commit_many(60);
  world.commit("dir3/deep/down/below.txt", "deep\n");
  EXPECT_EQ(world.sync().counts().delivered(), 61);
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, ADirectoryThatGitHubCannotListIsSaidAndRemovesNothing) {
  GitHubWorld world;
  world.commit_many(20);
  world.sync();
  world.commit("later.txt", "later\n");
  world.sync();
  world.simulator().options().tree_entries = 3;
  world.repository().force_push({{"other.txt", {"other\n"}}}, true);
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().removed(), 0);
  EXPECT_NE(sync.incomplete_reason().find("more entries than GitHub lists"), std::string::npos)
      << sync.DebugString();
}

TEST(GitHubFiles, WhatGitHubListsOfATooLargeDirectoryAndAllBesideItIsDelivered) {
  GitHubWorld world;
  world.simulator().options().tree_entries = 12;
  world.commit_many(60);
  std::map<std::string, sim::SimRepository::Change> changes;
  for (int i = 0; i < 30; ++i) changes["huge/file" + std::to_string(10 + i)] = {"text " + std::to_string(i)};
  world.repository().commit(changes);
  world.commit("zebra.txt", "behind it\n");
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
  EXPECT_FALSE(sync.complete());
  EXPECT_NE(sync.incomplete_reason().find("\"huge\""), std::string::npos) << sync.DebugString();
  EXPECT_EQ(sync.counts().delivered(), 60 + 12 + 1);
  // As soon as it can be listed.
  world.simulator().options().tree_entries = 1000;
  EXPECT_EQ(world.sync().counts().delivered(), 30 - 12);
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, AListingThatACrashInterruptedGoesOnAndNothingIsMissing) {
  for (uint64_t enough = 3; enough < 40; enough += 3) {
    GitHubWorld world;
    world.commit_many(40);
    const auto started = world.start(world.feed());
    ASSERT_TRUE(started.ok());
    while (world.requests() < enough) world.run_for(std::chrono::milliseconds(1));
    world.commit("arrived.txt", "while it was read\n");
    world.crash();
    EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
    world.sync();
    EXPECT_EQ(world.difference(), "") << enough;
    EXPECT_LE(world.requests(), 40u + 41u) << "pages that were checkpointed are not fetched again";
  }
}

TEST(GitHubFiles, LinksSubmodulesBinariesAndPointersSayWhatTheyAre) {
  GitHubWorld world;
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345\n";
  world.repository().commit({{"link", {"docs/target.md", "120000"}},
                             {"module", {"elsewhere", "160000"}},
                             {"picture.bin", {std::string("\0\1\2\3", 4)}},
                             {"large.psd.txt", {pointer}},
                             {"large.png", {pointer}},
                             {"small.png", {std::string(130, 'x')}},
                             {"empty.txt", {""}},
                             {"run.sh", {"#!/bin/sh\necho hello\n", "100755"}}});
  ASSERT_EQ(world.sync().counts().delivered(), 8);
  EXPECT_EQ(world.document("link").metadata().at("github.kind"), "symlink");
  EXPECT_EQ(world.document("module").metadata().at("github.kind"), "submodule");
  EXPECT_EQ(world.document("module").metadata().at("content.omitted"), "stored elsewhere");
  EXPECT_EQ(world.document("picture.bin").metadata().at("content.omitted"), "binary");
  EXPECT_EQ(world.document("large.psd.txt").metadata().at("github.lfs_sha256"), std::string(64, 'a'));
  EXPECT_EQ(world.document("large.psd.txt").text(), "");
  EXPECT_NE(world.document("run.sh").text().find("echo hello"), std::string::npos);
  EXPECT_EQ(world.document("large.png").metadata().at("github.lfs_sha256"), std::string(64, 'a'));
  EXPECT_EQ(world.document("large.png").metadata().at("github.size"), "12345");
  EXPECT_EQ(world.document("large.png").metadata().at("content.omitted"), "stored elsewhere");
  EXPECT_EQ(world.document("small.png").metadata().at("content.omitted"), "binary");
  EXPECT_EQ(world.document("small.png").text(), "");
  // The same kinds when they change later.
  const std::string moved =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'b') + "\nsize 9\n";
  world.repository().commit({{"large.png", {moved}}});
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  EXPECT_EQ(world.document("large.png").metadata().at("github.lfs_sha256"), std::string(64, 'b'));
  world.repository().commit({{"link", {"docs/other.md", "120000"}}, {"module", {"moved on", "160000"}}});
  EXPECT_EQ(world.sync().counts().delivered(), 2);
  EXPECT_EQ(world.document("link").metadata().at("github.kind"), "symlink");
  EXPECT_EQ(world.document("module").metadata().at("github.kind"), "submodule");
}

TEST(GitHubFiles, ABodyThatIsNotTheOneThatWasAskedForIsNotDelivered) {
  for (const auto policy : {v1::CONTENT_TEXT, v1::CONTENT_RAW}) {
    GitHubWorld world;
    world.commit_many(3);
    auto feed = world.feed();
    feed.set_content(policy);
    const std::string sha = world.repository().files().at("dir1/file1.txt").sha;
    const std::string bytes = std::exchange(world.repository().blobs[sha], "something else\n");
    const v1::Sync spoiled = world.sync_of(feed);
    EXPECT_FALSE(spoiled.complete());
    EXPECT_NE(spoiled.incomplete_reason().find("another id"), std::string::npos);
    for (const auto& [id, document] : world.receiver().documents)
      EXPECT_FALSE(id.second.ends_with("/file1.txt"));
    world.repository().blobs[sha] = bytes;
    EXPECT_TRUE(world.sync_of(feed).complete());
    EXPECT_EQ(world.difference(), "");
  }
}

TEST(GitHubFiles, AWalkThatWasInterruptedDoesNotEnterTheDirectoriesThatItHasLeft) {
  GitHubWorld world;
  world.simulator().options().tree_entries = 12;
  world.commit_many(60);
  const auto started = world.start(world.feed());
  ASSERT_TRUE(started.ok());
  const uint64_t most_of_it = 65; // of 60 bodies, 2 listings of the root and 10 of directories, and two more
  while (world.requests() < most_of_it) world.run_for(std::chrono::milliseconds(1));
  world.crash();
  EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
  EXPECT_EQ(world.difference(), "");
  EXPECT_LE(world.requests(), 85u) << "77 for all of it, and what it takes to find its way back";
}

TEST(GitHubFiles, BodiesOfTheNextPageAreAskedForWhileThisOneIsDelivered) {
  GitHubWorld world;
  world.commit_many(40);
  world.receiver().takes = std::chrono::seconds(5); // longer than any request
  std::vector<size_t> held;                         // at the receiver, when each body is asked for
  world.observe([&](const providers::SimRequest& request, const providers::SimResponse&) {
    if (request.path().find("/git/blobs/") == std::string_view::npos) return;
    held.push_back(world.receiver().texts().size());
  });
  EXPECT_EQ(world.sync().state(), v1::Sync::SUCCEEDED);
  ASSERT_EQ(held.size(), 40u);
  for (size_t page = 10; page < held.size(); page += 10)
    EXPECT_LT(held[page], page) << "the page before is not delivered yet";
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, WhatWasReadAheadAndNotDeliveredIsReadAgainAfterACrash) {
  for (uint64_t enough = 6; enough < 44; enough += 4) {
    GitHubWorld world;
    world.commit_many(40);
    const auto started = world.start(world.feed());
    ASSERT_TRUE(started.ok());
    while (world.requests() < enough) world.run_for(std::chrono::milliseconds(1));
    world.crash();
    EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
    EXPECT_EQ(world.difference(), "") << enough;
  }
}

TEST(GitHubFiles, ABodyThatCannotBeReadNowLetsNoPageBehindItCount) {
  GitHubWorld world;
  world.commit_many(40);
  const std::string sha = world.repository().files().at("dir1/file11.txt").sha; // of the first page
  const std::string bytes = std::exchange(world.repository().blobs[sha], "something else\n");
  EXPECT_FALSE(world.sync().complete());
  world.repository().blobs[sha] = bytes;
  EXPECT_TRUE(world.sync().complete());
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, OneBodyThatGitHubFailsToGiveOutIsSetAsideAndTheOthersAreDelivered) {
  GitHubWorld world;
  world.commit_many(40);
  const auto fail = [&](const std::string& path) {
    const std::string blob = "/git/blobs/" + world.repository().files().at(path).sha;
    world.answer_instead(
        [blob](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
          if (!request.path().ends_with(blob)) return std::nullopt;
          return providers::text_response(500, "text/html", "<html>");
        });
  };
  fail("dir1/file11.txt");
  v1::Sync sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 39);
  EXPECT_EQ(sync.counts().rejected(), 1);
  EXPECT_FALSE(sync.complete());
  world.commit("dir1/file12.txt", "changed");
  sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 1) << "what changes meanwhile";
  world.answer_instead(nullptr);
  sync = world.sync();
  EXPECT_TRUE(sync.complete()) << sync.incomplete_reason();
  EXPECT_EQ(sync.counts().delivered(), 1);
  EXPECT_EQ(world.difference(), "");
  // The same of a comparison.
  world.repository().commit({{"a.txt", {"changed a"}}, {"b.txt", {"changed b"}}, {"c.txt", {"changed c"}}});
  fail("b.txt");
  sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 2);
  EXPECT_FALSE(sync.complete());
  world.answer_instead(nullptr);
  sync = world.sync();
  EXPECT_EQ(sync.counts().delivered(), 1);
  EXPECT_EQ(world.difference(), "");
}

TEST(GitHubFiles, AComparisonThatGitHubCannotMakeIsDoneByTheTree) {
  for (const int status : {500, 200}) {
    GitHubWorld world;
    world.commit_many(20);
    world.sync();
    world.commit("later.txt", "later");
    world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if (request.path().find("/compare/") == std::string::npos) return std::nullopt;
      return providers::text_response(status, "application/json", R"({"status":"ahe)");
    });
    EXPECT_TRUE(world.sync().complete());
    EXPECT_EQ(world.difference(), "");
  }
}

TEST(GitHubFiles, OriginalsReachTheSinkWhereTheyAreAskedForAndNoBodyIsFetchedWhereNoneIs) {
  GitHubWorld world;
  const std::string large(100'000, 'l');
  world.repository().commit(
      {{"picture.bin", {std::string("\0\1\2\3", 4)}}, {"a.txt", {"a\n"}}, {"large.txt", {large}}});
  auto feed = world.feed();
  feed.set_content(v1::CONTENT_RAW);
  const v1::Sync sync = world.sync_of(feed);
  ASSERT_EQ(sync.counts().delivered(), 3);
  EXPECT_GE(sync.counts().bytes_fetched(), 100'000);
  EXPECT_LT(sync.counts().bytes_fetched(), 200'000) << "each byte counts once";
  EXPECT_EQ(world.document("picture.bin").raw().size_bytes(), 4);
  EXPECT_EQ(world.document("picture.bin").metadata().at("content.omitted"), "binary");
  EXPECT_EQ(world.document("a.txt").raw().size_bytes(), 2);
  EXPECT_NE(world.document("a.txt").text(), "");

  GitHubWorld bare;
  bare.commit("a.txt", "a\n");
  auto without = bare.feed();
  without.set_content(v1::CONTENT_NONE);
  ASSERT_EQ(bare.sync_of(without).counts().delivered(), 1);
  EXPECT_EQ(bare.document("a.txt").metadata().at("content.omitted"), "not asked for");
  EXPECT_EQ(bare.document("a.txt").text(), "");
}

TEST(GitHubFiles, WhatGitHubSaysOfARefusedOriginalIsHeard) {
  for (const bool too_large : {true, false}) {
    GitHubWorld world;
    world.repository().commit({{"a.bin", {"aaa"}}, {"b.bin", {"bbb"}}, {"c.bin", {"ccc"}}});
    v1::Feed feed = world.feed();
    feed.set_content(v1::CONTENT_RAW);
    int refused = 0;
    const std::string blob = "/git/blobs/" + world.repository().files().at("b.bin").sha;
    world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if (!request.path().ends_with(blob) || (!too_large && refused > 0)) return std::nullopt;
      ++refused;
      return providers::text_response(
          403, "application/json",
          too_large ? R"({"message":"This blob is too large","errors":[{"code":"too_large"}]})"
                    : R"({"message":"You have exceeded a secondary rate limit."})");
    });
    const v1::Sync sync = world.sync_of(feed);
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.error().DebugString();
    EXPECT_TRUE(sync.complete()) << sync.incomplete_reason();
    EXPECT_EQ(sync.counts().delivered(), 3);
    EXPECT_EQ(refused, 1);
    EXPECT_EQ(world.document("b.bin").has_raw(), !too_large);
  }
}

TEST(GitHubFiles, GlobsSayWhichPathsAreRead) {
  GitHubWorld world;
  world.commit_many(20);
  world.commit("docs/guide.md", "# Guide\n");
  world.commit("docs/draft/guide.md", "# Draft\n");
  auto feed = world.feed();
  feed.mutable_github()->add_include("docs/**");
  feed.mutable_github()->add_exclude("**/draft/**");
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 1);
  world.commit("docs/draft/guide.md", "# Draft, again\n");
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 0);
}

} // namespace
} // namespace circuit::feeds::github
