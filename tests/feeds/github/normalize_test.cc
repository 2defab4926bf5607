#include "feeds/github/normalize.h"

#include <gtest/gtest.h>

#include "feeds/github/client.h"
#include "feeds/github/object_id.h"

namespace circuit::feeds::github {
namespace {

Repository repository() {
  Repository out;
  out.id = 7;
  out.full_name = "octocat/hello-world";
  out.owner = "octocat";
  out.visibility = "public";
  out.access.kind = Access::Kind::kPublic;
  out.html_url = "https://github.com/octocat/hello-world";
  return out;
}

TEST(GitHubNormalize, AFileIsKnownByItsRepositoryBranchAndPath) {
  const TreeEntry entry{"docs/a b.md", std::string(40, 'a'), EntryKind::kFile, 3};
  const auto document = normalize_file(repository(), "main", entry);
  EXPECT_EQ(document.external_id(), "7/files/main/docs/a b.md");
  EXPECT_EQ(document.title(), "a b.md");
  EXPECT_EQ(document.canonical_url(), "https://github.com/octocat/hello-world/blob/main/docs/a%20b.md");
  EXPECT_EQ(document.version(), entry.sha);
  ASSERT_EQ(document.path_size(), 3);
  EXPECT_EQ(document.path(1), "docs");
}

TEST(GitHubNormalize, WhoMayReadItIsPartOfItsVersion) {
  Repository hidden = repository();
  hidden.visibility = "private";
  hidden.access = {Access::Kind::kUnknown, {}, "not asked for"};
  const TreeEntry entry{"a", std::string(40, 'a'), EntryKind::kFile, 3};
  EXPECT_NE(file_version(repository(), entry), file_version(hidden, entry));
  EXPECT_EQ(normalize_file(hidden, "main", entry).permissions().visibility(), v1::Permissions::UNKNOWN);
  EXPECT_EQ(normalize_file(hidden, "main", entry).metadata().at("permissions.unknown"), "not asked for");
  Repository shared = hidden;
  shared.access = {Access::Kind::kRestricted, {{3, "hubot"}}, ""};
  EXPECT_NE(file_version(shared, entry), file_version(hidden, entry));
  Repository of_another = shared;
  of_another.access.readers[0].id = 4;
  EXPECT_NE(file_version(shared, entry), file_version(of_another, entry));
}

TEST(GitHubNormalize, LinesEndAsEverywhereAndALongTextIsCutBetweenCharacters) {
  Issue issue;
  issue.number = 3;
  issue.updated_at = "2026-01-01T00:00:00Z";
  issue.body = "a\r\nb\rc";
  EXPECT_EQ(normalize(repository(), issue, 100).text(), "a\nb\nc");
  issue.body = "aä";
  const auto cut = normalize(repository(), issue, 2);
  EXPECT_EQ(cut.text(), "a");
  EXPECT_TRUE(cut.text_truncated());
}

TEST(GitHubAnswers, WhatIsNoAnswerIsRefusedAndABadItemIsCounted) {
  for (const char* body : {"", "[]", "{}", "<html>", "{\"id\":1}", R"({"id":1,"full_name":"../x"})",
                           R"({"id":1,"full_name":"a/.."})"}) {
    EXPECT_FALSE(read_repository(body).ok()) << body;
  }
  for (const char* body : {"", "{}", R"({"tree":[{}]})", R"({"tree":[{"path":"a","mode":"1","sha":"b"}]})",
                           R"({"tree":[{"path":"a","mode":"100644","sha":"../../user"}]})"}) {
    EXPECT_FALSE(read_tree(body).ok()) << body;
  }
  for (const auto& [mode, kind] : {std::pair{"100644", EntryKind::kFile},
                                   {"100664", EntryKind::kFile},
                                   {"100640", EntryKind::kFile},
                                   {"100600", EntryKind::kFile},
                                   {"100755", EntryKind::kExecutable},
                                   {"100775", EntryKind::kExecutable},
                                   {"40000", EntryKind::kTree},
                                   {"040755", EntryKind::kTree},
                                   {"120000", EntryKind::kSymlink},
                                   {"160000", EntryKind::kSubmodule}}) {
    const auto tree = read_tree(R"({"tree":[{"path":"a","mode":")" + std::string(mode) + R"(","sha":")" +
                                std::string(40, 'a') + R"("}]})");
    ASSERT_TRUE(tree.ok()) << mode;
    EXPECT_EQ(tree->entries[0].kind, kind) << mode;
  }
  for (const auto& [path, fine] : {std::pair{"a/b.c", true},
                                   {"...", true},
                                   {".github/a", true},
                                   {"a/", false},
                                   {"/a", false},
                                   {"a//b", false},
                                   {"../a", false},
                                   {"a/./b", false},
                                   {"..", false}}) {
    const std::string body = R"({"tree":[{"path":")" + std::string(path) + R"(","mode":"100644","sha":")" +
                             std::string(40, 'a') + R"("}]})";
    EXPECT_EQ(read_tree(body).ok(), fine) << path;
  }
  const auto issues = read_issues(R"([{"number":1,"updated_at":"2026-01-01T00:00:00Z"},{},7,
                                      {"number":2,"updated_at":"2026-01-01T00:00:00Z&x=1"}])");
  ASSERT_TRUE(issues.ok());
  EXPECT_EQ(issues->items.size(), 1u);
  EXPECT_EQ(issues->malformed, 3u);
}

TEST(GitHubAnswers, TheNextPageIsTheOneThatTheLinkHeaderNames) {
  struct Row {
    const char* link;
    const char* next;
  };
  const Row rows[] = {
      {"", ""},
      {R"(<https://api.github.com/a?page=2>; rel="next", <https://api.github.com/a?page=9>; rel="last")",
       "https://api.github.com/a?page=2"},
      {R"(<https://api.github.com/a?page=1>; rel="prev", <https://api.github.com/a?after=x,y>; rel="next")",
       "https://api.github.com/a?after=x,y"},
      {R"(<https://api.github.com/a?page=1>; rel="prev")", ""},
      {"<unfinished", ""},
      {"nothing", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(next_link(row.link), row.next) << row.link;
}

TEST(GitHubNames, OnlyThoseThatMayStandInAnAddressPass) {
  EXPECT_TRUE(is_repository_name("octocat/hello.world_1-x"));
  for (const char* name : {"", "a", "a/", "/a", "a/b/c", "a/..", "a/b?c", "a b/c", "../a"})
    EXPECT_FALSE(is_repository_name(name)) << name;
  EXPECT_TRUE(is_branch_name("feature/über"));
  for (const char* name : {"", "/a", "a/", "a..b", "a b", "-a", "a//b", "a/.b", "a~1", "a:b"})
    EXPECT_FALSE(is_branch_name(name)) << name;
}

TEST(GitHubBlobs, AnIdIsGitsOwn) {
  EXPECT_TRUE(is_blob("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", ""));
  EXPECT_TRUE(is_blob("ce013625030ba8dba906f756967f9e9ca394464a", "hello\n"));
  EXPECT_FALSE(is_blob("ce013625030ba8dba906f756967f9e9ca394464a", "hello"));
  // As `git hash-object` says in a repository of SHA-256.
  EXPECT_TRUE(is_blob("473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813", ""));
}

TEST(GitHubPatience, EachLimitIsWaitedForInItsOwnWay) {
  using std::chrono::seconds;
  struct Row {
    int status;
    const char* retry_after;
    const char* remaining;
    const char* reset;
    const char* body;
    std::optional<Duration> wait;
  };
  const SystemTime now{seconds(1'000'000)};
  const Row rows[] = {
      {403, "30", "10", "1000600", "", seconds(30)},
      {403, "", "0", "1000600", "", seconds(601)},
      {429, "", "0", "1000600", "", seconds(601)},
      {403, "", "0", "1", "", seconds(1)},
      {403, "", "10", "1000600", "You have exceeded a secondary rate limit.", seconds(60)},
      {429, "", "10", "", "", seconds(60)},
      {403, "", "10", "1000600", "Resource not accessible by personal access token", std::nullopt},
      {404, "", "0", "1000600", "", std::nullopt},
      {200, "", "0", "1000600", "", std::nullopt},
  };
  for (const Row& row : rows) {
    http::Response response;
    response.status = row.status;
    response.body = row.body;
    if (*row.retry_after != '\0') response.headers.set("Retry-After", row.retry_after);
    if (*row.remaining != '\0') response.headers.set("X-RateLimit-Remaining", row.remaining);
    if (*row.reset != '\0') response.headers.set("X-RateLimit-Reset", row.reset);
    EXPECT_EQ(patience(response, now), row.wait) << row.status << row.body << row.remaining;
  }
  // By the server's clock, not by this machine's.
  http::Response skewed;
  skewed.status = 403;
  skewed.headers.set("x-ratelimit-remaining", "0");
  skewed.headers.set("x-ratelimit-reset", "784887160");
  skewed.headers.set("Date", "Tue, 15 Nov 1994 08:12:30 GMT"); // 784887150
  EXPECT_EQ(patience(skewed, now), seconds(11));
}

} // namespace
} // namespace circuit::feeds::github
