// Who may read what: told where GitHub tells it, unknown with a reason where it does not.

#include <gtest/gtest.h>

#include "feeds/github/client.h"
#include "tests/feeds/github/github_world.h"

namespace circuit::feeds::github {
namespace {

using V = v1::Permissions;

constexpr const char* kPath = "dir1/file1.txt";

class GitHubAccess : public ::testing::Test {
 protected:
  GitHubAccess() {
    world.commit_many(12);
    world.world().add_issue(world.repository(), world.now(), "It does not work");
    world.repository().visibility = "private";
    world.repository().collaborators = {{7, "octocat"}, {3, "hubot"}, {9, "gone", false}};
  }

  v1::Sync sync(bool with_permissions = true) {
    auto feed = world.feed();
    feed.mutable_github()->set_with_permissions(with_permissions);
    return world.sync_of(feed);
  }
  const v1::Document& file() { return world.document(kPath); }
  std::string reason() {
    const auto& metadata = file().metadata();
    const auto found = metadata.find("permissions.unknown");
    return found == metadata.end() ? "" : found->second;
  }

  GitHubWorld world;
};

TEST_F(GitHubAccess, APrivateRepositoryIsReadByThosePeopleAlone) {
  EXPECT_EQ(sync().counts().delivered(), 13);
  ASSERT_EQ(file().permissions().visibility(), V::RESTRICTED);
  ASSERT_EQ(file().permissions().readers_size(), 2)
      << "in the order of their ids, and who may not read is none";
  EXPECT_EQ(file().permissions().readers(0).id(), "3");
  EXPECT_EQ(file().permissions().readers(0).display_name(), "hubot");
  EXPECT_EQ(file().permissions().readers(1).kind(), v1::Principal::USER);
  EXPECT_EQ(reason(), "");
  for (const auto& [id, document] : world.receiver().documents)
    EXPECT_EQ(document.permissions().readers_size(), 2) << id.second;
}

TEST_F(GitHubAccess, WhoeverComesOrGoesHasAllOfItDeliveredAgain) {
  sync();
  world.repository().collaborators.push_back({11, "newcomer"});
  EXPECT_EQ(sync().counts().delivered(), 13);
  EXPECT_EQ(file().permissions().readers_size(), 3);
  world.repository().collaborators.erase(world.repository().collaborators.begin());
  EXPECT_EQ(sync().counts().delivered(), 13);
  EXPECT_EQ(file().permissions().readers_size(), 2);
  EXPECT_EQ(world.difference(), "");
}

TEST_F(GitHubAccess, WhatDidNotChangeIsAskedForForFree) {
  for (const int people : {3, 100, 250}) {
    world.repository().collaborators.clear();
    for (int i = 1; i <= people; ++i)
      world.repository().collaborators.push_back({i, "user" + std::to_string(i)});
    sync();
    sync(); // the lists that were not whole answers have validators now
    const uint64_t counted = world.simulator().counted();
    const uint64_t requests = world.requests();
    EXPECT_EQ(sync().counts().delivered(), 0);
    // A page that is full does not tell of the next one, and is read.
    EXPECT_EQ(world.simulator().counted() - counted, people == 100 ? 1u : 0u) << people;
    EXPECT_EQ(world.requests() - requests, 5u + (people + 99) / 100) << people;
    EXPECT_EQ(file().permissions().readers_size(), people);
  }
  world.repository().collaborators.resize(100);
  sync();
  world.repository().collaborators.push_back({500, "the hundred-and-first"});
  sync();
  EXPECT_EQ(file().permissions().readers_size(), 101);
}

TEST_F(GitHubAccess, ATokenThatMayNotSeeThemSaysSoAndIsAskedForOnceEachTime) {
  world.repository().token_may_push = false;
  const v1::Sync first = sync();
  EXPECT_EQ(first.counts().delivered(), 13);
  EXPECT_TRUE(first.complete()) << first.incomplete_reason();
  EXPECT_EQ(file().permissions().visibility(), V::UNKNOWN);
  EXPECT_EQ(reason(), "the token may not see who can read it");
  world.repository().token_may_push = true;
  EXPECT_EQ(sync().counts().delivered(), 13);
  EXPECT_EQ(file().permissions().visibility(), V::RESTRICTED);
  world.repository().token_may_push = false; // what was known is nobody's to keep
  EXPECT_EQ(sync().counts().delivered(), 13);
  EXPECT_EQ(file().permissions().visibility(), V::UNKNOWN);
  EXPECT_EQ(file().permissions().readers_size(), 0);
}

TEST_F(GitHubAccess, WithoutBeingAskedForTheyAreUnknownAndNoRequestIsForThem) {
  const uint64_t before = world.requests();
  sync(false);
  EXPECT_EQ(reason(), "not asked for");
  EXPECT_EQ(file().permissions().visibility(), V::UNKNOWN);
  EXPECT_LE(world.requests() - before, 20u) << "of which none is for people";
}

TEST_F(GitHubAccess, WhereNobodyListsThemOrTheyAreTooManyItSaysSo) {
  world.repository().visibility = "internal";
  EXPECT_EQ(sync().counts().delivered(), 13);
  EXPECT_NE(reason().find("enterprise"), std::string::npos) << reason();
  EXPECT_EQ(file().permissions().visibility(), V::UNKNOWN);
  world.repository().visibility = "private";
  world.repository().collaborators.clear();
  for (int i = 1; i <= 1001; ++i) world.repository().collaborators.push_back({i, "user" + std::to_string(i)});
  sync();
  EXPECT_EQ(file().permissions().visibility(), V::UNKNOWN);
  EXPECT_NE(reason().find("1,000"), std::string::npos) << reason();
  world.repository().collaborators.clear();
  sync();
  EXPECT_EQ(file().permissions().visibility(), V::UNKNOWN) << "an owner there always is";
}

TEST(GitHubAccessOfPublic, IsEveryonesAtGitHubAndUnknownAtAServerThatMayAskForAnAccount) {
  EXPECT_TRUE(Client("https://api.github.com").is_open_to_the_world());
  EXPECT_FALSE(Client("https://code.example/api/v3").is_open_to_the_world());
  GitHubWorld world;
  world.commit("a.txt", "a\n");
  world.sync();
  EXPECT_EQ(world.document("a.txt").permissions().visibility(), V::PUBLIC);
}

TEST_F(GitHubAccess, AFailureThatPassesDeliversNothingUnderWhatWasKnownBefore) {
  sync();
  world.commit("new.txt", "new\n");
  world.simulator().options().broken_path = "/collaborators";
  const v1::Sync failed = sync();
  EXPECT_EQ(failed.counts().delivered(), 0);
  EXPECT_FALSE(failed.state() == v1::Sync::SUCCEEDED && failed.complete()) << failed.DebugString();
  world.simulator().options().broken_path.clear();
  EXPECT_EQ(sync().counts().delivered(), 1);
  EXPECT_EQ(world.difference(), "");
}

} // namespace
} // namespace circuit::feeds::github
