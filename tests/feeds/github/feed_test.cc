// States of repositories, and limits.

#include <gtest/gtest.h>

#include "tests/feeds/github/github_world.h"

namespace circuit::feeds::github {
namespace {

using std::chrono::minutes;

TEST(GitHubRepositories, AnEmptyOneIsReadWhenItHasACommit) {
  GitHubWorld world;
  const v1::Sync empty = world.sync();
  EXPECT_EQ(empty.state(), v1::Sync::SUCCEEDED) << empty.DebugString();
  EXPECT_TRUE(empty.complete());
  world.commit("first.txt", "first\n");
  EXPECT_EQ(world.sync().counts().delivered(), 1);
}

TEST(GitHubRepositories, ARenamedOneIsReadUnderItsOldNameAndNothingIsDeliveredAgain) {
  GitHubWorld world;
  world.commit_many(10);
  world.sync();
  world.repository().old_names.push_back(world.repository().full_name());
  world.repository().name = "renamed";
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.DebugString();
  EXPECT_TRUE(sync.complete()) << sync.incomplete_reason();
  EXPECT_EQ(sync.counts().delivered() + sync.counts().removed(), 0);
  world.commit("new.txt", "new\n");
  EXPECT_EQ(world.sync().counts().delivered(), 1);
}

TEST(GitHubRepositories, TheTroubleOfOneIsItsOwnAndRemovesNothing) {
  GitHubWorld world;
  world.commit_many(10);
  world.world().add_repository("octocat", "second").commit({{"a.txt", {"a\n"}}});
  auto feed = world.feed();
  feed.mutable_github()->add_repositories("octocat/second");
  ASSERT_EQ(world.sync_of(feed).counts().delivered(), 11);
  world.repository().visible = false;
  world.world().repository(1).commit({{"b.txt", {"b\n"}}});
  const v1::Sync sync = world.sync_of(feed);
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.DebugString();
  EXPECT_FALSE(sync.complete());
  EXPECT_NE(sync.incomplete_reason().find("octocat/hello-world"), std::string::npos);
  EXPECT_NE(sync.incomplete_reason().find("fine-grained"), std::string::npos);
  EXPECT_EQ(sync.counts().removed(), 0);
  EXPECT_EQ(sync.counts().delivered(), 1);
}

TEST(GitHubRepositories, ThoseOfAnOwnerComeAndGo) {
  GitHubWorld world;
  world.world().organizations.push_back("octocat");
  world.commit_many(3);
  auto feed = world.feed();
  feed.mutable_github()->clear_repositories();
  feed.mutable_github()->add_owners("octocat");
  ASSERT_EQ(world.sync_of(feed).counts().delivered(), 3);
  world.world().add_repository("octocat", "second").commit({{"a.txt", {"a\n"}}});
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 1);
  world.world().repository(1).visible = false; // perhaps for a while
  const v1::Sync hidden = world.sync_of(feed);
  EXPECT_EQ(hidden.counts().removed(), 0);
  EXPECT_FALSE(hidden.complete());
  world.world().repository(1).visible = true;
  world.world().repository(1).owner = "somebody"; // transferred
  EXPECT_EQ(world.sync_of(feed).counts().removed(), 1);
  EXPECT_TRUE(world.sync_of(feed).complete());
}

TEST(GitHubRepositories, ASelectionThatChangesBringsWhatIsNewInItAndRemovesWhatIsNotInItAnyMore) {
  GitHubWorld world;
  world.commit_many(10);
  world.world().add_repository("octocat", "second").commit({{"a.txt", {"a\n"}}});
  auto feed = world.feed();
  ASSERT_EQ(world.sync_of(feed).counts().delivered(), 10);

  feed.mutable_github()->add_include("dir1/**");
  ASSERT_TRUE(world.update(feed, {"github.include"}).ok());
  EXPECT_EQ(world.sync_of(feed).counts().removed(), 9);
  feed.mutable_github()->clear_include();
  feed.mutable_github()->add_repositories("octocat/second");
  ASSERT_TRUE(world.update(feed, {"github.include", "github.repositories"}).ok());
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 10);
  EXPECT_EQ(world.difference(), "");
  feed.mutable_github()->add_kinds("issues");
  ASSERT_TRUE(world.update(feed, {"github.kinds"}).ok());
  EXPECT_EQ(world.sync_of(feed).counts().removed(), 11);
  feed.mutable_github()->clear_kinds();
  feed.mutable_github()->clear_repositories();
  feed.mutable_github()->add_repositories("octocat/second");
  ASSERT_TRUE(world.update(feed, {"github"}).ok());
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 1);
  EXPECT_EQ(world.receiver().documents.size(), 1u);
}

TEST(GitHubRepositories, OneThatIsMadePrivateIsDeliveredAgainAndSaysSo) {
  GitHubWorld world;
  world.commit_many(3);
  world.sync();
  EXPECT_EQ(world.document("dir1/file1.txt").permissions().visibility(), v1::Permissions::PUBLIC);
  world.repository().visibility = "private";
  EXPECT_EQ(world.sync().counts().delivered(), 3);
  EXPECT_EQ(world.document("dir1/file1.txt").permissions().visibility(), v1::Permissions::UNKNOWN);
}

TEST(GitHubLimits, ThePrimaryLimitEndsASyncAndTheNextOneGoesOnWhereItWas) {
  GitHubWorld world;
  world.simulator().options().requests_per_hour = 50;
  world.commit_many(120);
  v1::Sync sync = world.sync();
  EXPECT_EQ(sync.error().error_class(), "THROTTLED");
  int64_t delivered = sync.counts().delivered();
  for (int hour = 0; hour < 4 && sync.state() != v1::Sync::SUCCEEDED; ++hour) {
    world.run_for(minutes(61));
    sync = world.sync();
    delivered += sync.counts().delivered();
  }
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.DebugString();
  EXPECT_EQ(delivered, 120) << "nothing twice";
  EXPECT_EQ(world.difference(), "");
  EXPECT_LE(world.simulator().refused(), 3u * 9u) << "those under way when it was reached, each hour";
}

TEST(GitHubLimits, TheSecondaryLimitIsWaitedOutWhetherOrNotItSaysHowLong) {
  for (const bool says_when : {true, false}) {
    GitHubWorld world;
    world.simulator().options().requests_per_minute = 40;
    world.simulator().options().secondary_says_when = says_when;
    world.commit_many(120);
    const v1::Sync sync = world.sync();
    EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.DebugString();
    EXPECT_EQ(sync.counts().delivered(), 120);
    EXPECT_LE(world.simulator().refused(), 4u * 9u);
  }
}

TEST(GitHubLimits, ATokenThatIsRefusedSaysWhatToDo) {
  GitHubWorld world;
  world.simulator().options().token = "another";
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.error().error_class(), "AUTH");
  EXPECT_EQ(sync.error().reason(), "GITHUB_TOKEN_REFUSED");
}

} // namespace
} // namespace circuit::feeds::github
