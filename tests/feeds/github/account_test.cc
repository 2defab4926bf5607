// What a connection is told about its token, and what can be selected through it.

#include "feeds/github/account.h"

#include <gtest/gtest.h>

#include "ingest/runtime/virtual_loop.h"
#include "tests/feeds/github/direct_api.h"
#include "tests/ingest/sync/run_on.h"

namespace circuit::feeds::github {
namespace {

namespace v1 = circuit::feeds::v1;

class GitHubAccountTest : public ::testing::Test {
 protected:
  GitHubAccountTest() : simulator_(world_, {}), api_(simulator_), account_(client(), connection()) {}

  static Client client() { return Client("https://api.github.com"); }
  static v1::Connection connection() {
    v1::Connection connection;
    connection.set_name("connections/github");
    connection.set_account("octocat");
    return connection;
  }
  v1::ConnectionReport check() {
    auto report = sync::testing::run_on(loop_, account_.check(api_));
    return report ? *report : v1::ConnectionReport();
  }
  v1::BrowseResponse browse(const std::string& parent) {
    v1::BrowseRequest request;
    request.set_parent(parent);
    auto response = sync::testing::run_on(loop_, account_.browse(api_, request));
    return response ? *response : v1::BrowseResponse();
  }

  VirtualLoop loop_;
  sim::World world_;
  sim::GitHubSimulator simulator_;
  DirectApi api_;
  GitHubAccount account_;
};

TEST_F(GitHubAccountTest, ATokenThatWorksIsKnownByOneRequest) {
  const auto report = check();
  EXPECT_TRUE(report.works());
  EXPECT_EQ(report.account(), "octocat");
  EXPECT_EQ(report.missing_scopes_size(), 0);
  EXPECT_EQ(api_.requests, 1);
}

TEST_F(GitHubAccountTest, AClassicTokenSaysItsScopesAndWhichOneIsMissing) {
  simulator_.options().scopes = "read:org, gist";
  const auto report = check();
  EXPECT_TRUE(report.works()) << "public repositories are read";
  ASSERT_EQ(report.granted_scopes_size(), 2);
  EXPECT_EQ(report.granted_scopes(1), "gist");
  ASSERT_EQ(report.missing_scopes_size(), 1);
  EXPECT_EQ(report.missing_scopes(0).scope(), "repo");
}

TEST_F(GitHubAccountTest, ATokenThatEndsSoonSaysSo) {
  simulator_.options().expires = "2019-12-26 00:00:00 UTC"; // the simulated day is 20 December 2019
  const auto report = check();
  EXPECT_TRUE(report.has_credential_expires_at());
  bool said = false;
  for (const auto& note : report.notes()) said = said || note.find("ends in") != std::string::npos;
  EXPECT_TRUE(said) << report.DebugString();
}

TEST_F(GitHubAccountTest, ATokenThatIsRefusedIsReportedAndNoErrorOfTheRequest) {
  simulator_.options().token = "another";
  const auto report = check();
  EXPECT_FALSE(report.works());
  EXPECT_EQ(report.error().reason(), "GITHUB_TOKEN_REFUSED");
}

TEST_F(GitHubAccountTest, OwnersAreAtTheTopAndTheirRepositoriesBelow) {
  world_.organizations.push_back("acme");
  world_.add_repository("octocat", "mine");
  world_.add_repository("acme", "theirs");
  const auto owners = browse("");
  ASSERT_EQ(owners.items_size(), 2);
  EXPECT_EQ(owners.items(0).id(), "octocat");
  EXPECT_EQ(owners.items(1).kind(), "organization");
  ASSERT_EQ(browse("acme").items_size(), 1);
  EXPECT_EQ(browse("acme").items(0).id(), "acme/theirs");
  ASSERT_EQ(browse("octocat").items_size(), 1);
  EXPECT_EQ(browse("octocat").items(0).id(), "octocat/mine");
  EXPECT_EQ(browse("octocat/mine").items_size(), 0);
}

} // namespace
} // namespace circuit::feeds::github
