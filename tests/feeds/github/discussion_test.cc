// Issues, pull requests, comments, reviews and releases: lists that change while they are read.

#include <gtest/gtest.h>

#include "tests/feeds/github/github_world.h"

namespace circuit::feeds::github {
namespace {

using std::chrono::hours;

TEST(GitHubDiscussion, IssuesPullRequestsCommentsAndReviewsKnowWhereTheyBelong) {
  GitHubWorld world;
  const SystemTime now = world.now();
  world.world().add_issue(world.repository(), now, "It does not work");
  world.world().add_issue(world.repository(), now, "It does now", true);
  world.world().add_comment(world.repository(), 1, now, "Which version?");
  sim::SimComment review;
  review.id = 77;
  review.number = 2;
  review.state = "APPROVED";
  review.body = "Fine with me";
  review.created = review.updated = now;
  world.repository().reviews.push_back(review);
  review.id = 78;
  review.path = "src/main.c";
  review.state = "";
  world.repository().review_comments.push_back(review);
  EXPECT_EQ(world.sync().counts().delivered(), 5);
  const std::string prefix = std::to_string(world.repository().id) + "/";
  EXPECT_EQ(world.by_id(prefix + "reviews/77").parent_id(), prefix + "pull/2");
  EXPECT_EQ(world.by_id(prefix + "review-comments/78").parent_id(), prefix + "pull/2");
  EXPECT_EQ(world.by_id(prefix + "review-comments/78").metadata().at("github.path"), "src/main.c");
}

TEST(GitHubDiscussion, WhatChangesWhileItIsListedIsNotPassedOver) {
  for (uint64_t enough = 2; enough < 10; ++enough) {
    GitHubWorld world;
    const SystemTime start = world.now() - hours(1000);
    world.world().add_issue(world.repository(), start, "with comments");
    for (int i = 0; i < 30; ++i)
      world.world().add_comment(world.repository(), 1, start + hours(i), "comment " + std::to_string(i));
    const auto started = world.start(world.feed());
    ASSERT_TRUE(started.ok());
    while (world.requests() < enough) world.run_for(std::chrono::milliseconds(1));
    world.repository().comments[0].updated = world.now(); // leaves its place; by numbers one would be missed
    world.repository().comments[1].updated = world.now();
    EXPECT_EQ(world.wait_for_end(started->name()).state(), v1::Sync::SUCCEEDED);
    world.sync();
    EXPECT_EQ(world.receiver().documents.size(), 31u) << enough;
  }
}

TEST(GitHubDiscussion, ManyChangesOfOneSecondAreAllRead) {
  GitHubWorld world;
  world.world().add_issue(world.repository(), world.now(), "with comments");
  for (int i = 0; i < 30; ++i) world.world().add_comment(world.repository(), 1, world.now(), "same time");
  EXPECT_EQ(world.sync().counts().delivered(), 31);
}

TEST(GitHubDiscussion, WhatIsChangedTwiceInOneSecondIsDeliveredAsItWasLast) {
  GitHubWorld world;
  const SystemTime now = world.now();
  world.world().add_issue(world.repository(), now, "first words");
  world.world().add_comment(world.repository(), 1, now, "first answer");
  world.sync();
  world.repository().issues[0].body = "second words";
  world.repository().comments[0].body = "second answer";
  world.sync();
  const std::string prefix = std::to_string(world.repository().id) + "/";
  const std::string comment = prefix + "comments/" + std::to_string(world.repository().comments[0].id);
  EXPECT_EQ(world.by_id(prefix + "issues/1").text(), "second words");
  EXPECT_EQ(world.by_id(comment).text(), "second answer");
}

TEST(GitHubDiscussion, AFullPageHidesNoPageThatCameBehindIt) {
  for (int count = 3; count < 8; ++count) {
    GitHubWorld world;
    const SystemTime now = world.now();
    for (int i = 0; i < count; ++i) world.world().add_issue(world.repository(), now, "at the same time");
    world.sync();
    world.sync();
    world.world().add_issue(world.repository(), now + std::chrono::seconds(1), "a second later");
    EXPECT_EQ(world.sync().counts().delivered(), 1) << "behind " << count;
  }
}

TEST(GitHubDiscussion, WhatWasDeletedIsRemovedByTheListingOfTheWeek) {
  GitHubWorld world;
  world.world().add_issue(world.repository(), world.now(), "one");
  world.world().add_issue(world.repository(), world.now(), "two");
  world.world().add_comment(world.repository(), 1, world.now(), "gone soon");
  world.sync();
  world.repository().comments[0].deleted = true;
  world.repository().issues[1].deleted = true;
  EXPECT_EQ(world.sync().counts().removed(), 0);
  world.run_for(hours(24 * 7));
  EXPECT_EQ(world.sync().counts().removed(), 2);
}

TEST(GitHubDiscussion, IssuesThatAreSwitchedOffAreNoTroubleAndAMissingPermissionIsNamed) {
  GitHubWorld world;
  world.commit("a.txt", "a\n");
  world.repository().has_issues = false;
  EXPECT_TRUE(world.sync().complete());
  world.repository().has_issues = true;
  world.simulator().permissions().erase("issues");
  const v1::Sync sync = world.sync();
  EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED) << sync.DebugString();
  EXPECT_FALSE(sync.complete());
  EXPECT_NE(sync.incomplete_reason().find("issues=read"), std::string::npos) << sync.incomplete_reason();
}

TEST(GitHubDiscussion, PullRequestsAreReadWhereIssuesAreSwitchedOffAndWhatChangesIsNotPassedOver) {
  GitHubWorld world;
  auto& repository = world.repository();
  const SystemTime start = world.now() - hours(100);
  world.world().add_issue(repository, start, "an issue");
  for (int i = 0; i < 12; ++i) world.world().add_issue(repository, start + hours(i), "change", true);
  repository.has_issues = false;
  const uint64_t before = world.requests();
  EXPECT_EQ(world.sync().counts().delivered(), 12);
  EXPECT_LE(world.requests() - before, 4u + 3u + 12u) << "three pages, and the reviews of each";
  repository.issues[3].body = "changed";
  repository.issues[3].updated = world.now();
  EXPECT_EQ(world.sync().counts().delivered(), 1);
  const uint64_t counted = world.simulator().counted();
  EXPECT_EQ(world.sync().counts().delivered(), 0);
  EXPECT_LE(world.simulator().counted() - counted, 1u) << "an empty repository has no validators";
  repository.has_issues = true;
  EXPECT_EQ(world.sync().counts().delivered(), 1) << "the issue, and no pull request again";
  EXPECT_EQ(world.receiver().documents.size(), 13u);
}

TEST(GitHubDiscussion, OnePullRequestWhoseReviewsCannotBeReadHoldsUpNoOther) {
  for (const bool issues : {true, false}) {
    GitHubWorld world;
    auto& repository = world.repository();
    const SystemTime start = world.now() - hours(2000);
    for (int i = 0; i < 20; ++i) world.world().add_issue(repository, start + hours(100 * i), "change", true);
    repository.has_issues = issues;
    world.answer_instead([](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
      if (!request.path().ends_with("/pulls/8/reviews")) return std::nullopt;
      return providers::text_response(502, "text/html", "<html>");
    });
    for (int i = 0; i < 3; ++i) {
      const v1::Sync sync = world.sync();
      EXPECT_EQ(sync.state(), v1::Sync::SUCCEEDED);
      EXPECT_FALSE(sync.complete());
      EXPECT_NE(sync.incomplete_reason().find("502"), std::string::npos) << sync.incomplete_reason();
      EXPECT_EQ(sync.counts().rejected(), 1);
      EXPECT_EQ(world.receiver().documents.size(), 19u);
    }
    world.answer_instead(nullptr);
    EXPECT_TRUE(world.sync().complete());
    EXPECT_EQ(world.receiver().documents.size(), 20u) << issues;
    EXPECT_EQ(world.get_feed("feeds/one").dead_letter_count(), 0);
    const uint64_t before = world.requests();
    world.sync();
    EXPECT_LE(world.requests() - before, 5u) << "the gap is closed";
  }
}

TEST(GitHubReleases, AreReadWhereTheyAreAskedForAndRemovedWithTheirTags) {
  GitHubWorld world;
  world.repository().releases = {{1, "v1", "First", world.now()}, {2, "v2", "Second", world.now()}};
  auto feed = world.feed();
  feed.mutable_github()->add_kinds("releases");
  EXPECT_EQ(world.sync_of(feed).counts().delivered(), 2);
  world.repository().releases[0].deleted = true;
  EXPECT_EQ(world.sync_of(feed).counts().removed(), 1);
}

TEST(GitHubDiscussion, APageThatIsRefusedEachTimeEndsTheList) {
  GitHubWorld world;
  world.commit("a.txt", "a\n");
  int pages = 0;
  world.answer_instead([&](const providers::SimRequest& request) -> std::optional<providers::SimResponse> {
    if (!request.path().ends_with("/issues")) return std::nullopt;
    if (++pages > 20) return providers::text_response(200, "application/json", "[]");
    if (request.query("page")) return providers::text_response(422, "application/json", "{}");
    auto first = providers::text_response(200, "application/json",
                                          R"([{"number":1,"updated_at":"2026-01-01T00:00:00Z"}])");
    first.fields.emplace_back(
        "Link", R"(<https://api.github.com/repos/octocat/hello-world/issues?page=2>; rel="next")");
    return first;
  });
  const v1::Sync sync = world.sync();
  EXPECT_LT(pages, 10);
  EXPECT_FALSE(sync.complete());
  EXPECT_NE(sync.incomplete_reason().find("422"), std::string::npos) << sync.incomplete_reason();
}

} // namespace
} // namespace circuit::feeds::github
