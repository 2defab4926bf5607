// GitHub through the program itself, over HTTP: a token in a file, a connection, syncs to a JSONL file while
// the repositories change, are hidden and come back.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <boost/json/parse.hpp>

#include "tests/end_to_end/stage.h"

namespace circuit::end_to_end {
namespace {

namespace json = boost::json;

class GitHubStage : public ::testing::Test {
 protected:
  GitHubStage() {
    std::string name = (std::filesystem::temp_directory_path() / "circuit-github-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = name;
    std::ifstream random("/proc/sys/kernel/random/uuid");
    std::getline(random, token_);
    token_ = "github_pat_" + token_;
    write("token", token_ + "\n");
    write("worker.yaml", "http:\n  allow_private: true\n");
    const Finished made = testing::run(CIRCUIT_FEEDS, {"keys", "generate", "--out", path("master.key")});
    if (made.code != 0) throw std::runtime_error("no master key: " + made.err);
    start_simulator();
  }
  ~GitHubStage() override {
    simulator_.reset();
    std::error_code ignored; // a leftover in /tmp is no failure of the test
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  const std::string& token() const { return token_; }

  Finished cli(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data-dir", path("data"), "--config", path("worker.yaml"),
                                       "--master-key", path("master.key")});
    return testing::run(CIRCUIT_FEEDS, arguments);
  }
  Finished connect(const std::string& token_file) {
    return cli({"connect", "github", "--name", "code", "--token-file", path(token_file), "--param",
                "base_url=" + url_});
  }
  Finished sync(std::vector<std::string> flags = {}) {
    std::vector<std::string> arguments{"sync",         "github",
                                       "--connection", "code",
                                       "--repository", "octocat/repository-0",
                                       "--repository", "octocat/repository-1",
                                       "--sink",       "jsonl:" + path("documents.jsonl")};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return cli(std::move(arguments));
  }
  Folded delivered() const { return fold(path("documents.jsonl")); }

  void change(const std::string& control) {
    const Finished done =
        testing::run("/usr/bin/curl", {"-fsS", "-X", "POST", url_ + "/_control/" + control});
    EXPECT_EQ(done.code, 0) << control << ": " << done.err;
  }
  // Since it was asked last.
  json::object traffic() {
    const auto now = json::parse(testing::run("/usr/bin/curl", {"-fsS", url_ + "/_control/stats"}).out);
    change("stats");
    return now.as_object();
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    ::chmod(path(name).c_str(), S_IRUSR | S_IWUSR);
  }

 private:
  void start_simulator() {
    simulator_ = std::make_unique<Process>(
        FEED_SIMULATOR, std::vector<std::string>{"github", "--port", "0", "--repositories", "2", "--files",
                                                 "30", "--issues", "8", "--token-file", path("token")});
    const auto address = wait_until_listening(*simulator_);
    if (!address) throw std::runtime_error("the simulator did not start: " + simulator_->err());
    url_ = *address;
  }

  std::filesystem::path folder_;
  std::string token_, url_;
  std::unique_ptr<Process> simulator_;
};

// Its text; "-" where it is not held.
std::string text_of(const Folded& folded, const std::string& repository, const std::string& ending) {
  for (const auto& [id, document] : folded.documents) {
    if (id.second.ends_with(ending) && document.path(0) == repository) return document.text();
  }
  return "-";
}

constexpr const char* kFirst = "octocat/repository-0";
constexpr const char* kSecond = "octocat/repository-1";

TEST_F(GitHubStage, ASyncDeliversAllOfItThenWhatChangedAndThenNothing) {
  const Finished connected = connect("token");
  ASSERT_EQ(connected.code, 0) << connected.err;
  EXPECT_NE(connected.out.find("octocat"), std::string::npos) << connected.out;
  const Finished first = sync();
  ASSERT_EQ(first.code, 0) << first.err;
  // Of each repository 30 files, 8 issues and pull requests, and their comments.
  EXPECT_EQ(delivered().documents.size(), 2u * (30 + 8 + 8)) << first.err;
  const auto first_traffic = traffic();

  change("commit?repository=0&path=docs/part-0/file-3.md&text=Rewritten");
  change("commit?repository=0&path=docs/new.md&text=New");
  change("issue?repository=1&number=2&text=Reworded");
  const Finished second = sync();
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_NE(second.err.find("3 delivered"), std::string::npos) << second.err;
  const Folded changed = delivered();
  EXPECT_EQ(text_of(changed, kFirst, "/file-3.md"), "Rewritten");
  EXPECT_EQ(text_of(changed, kFirst, "docs/new.md"), "New");
  EXPECT_EQ(text_of(changed, kSecond, "/issues/2"), "Reworded");
  EXPECT_LT(traffic().at("requests").as_int64() * 4, first_traffic.at("requests").as_int64());

  sync(); // the lists have validators then
  traffic();
  const Finished quiet = sync();
  EXPECT_NE(quiet.err.find("0 delivered"), std::string::npos) << quiet.err;
  const auto quiet_traffic = traffic();
  EXPECT_EQ(quiet_traffic.at("requests"), quiet_traffic.at("not_modified")) << "each is free";
  EXPECT_LE(quiet_traffic.at("requests").as_int64(), 2 * 5) << "of a repository: itself, files, three lists";
}

TEST_F(GitHubStage, WhatIsDeletedIsRemovedAndWhatIsHiddenIsExplainedAndKept) {
  ASSERT_EQ(connect("token").code, 0);
  ASSERT_EQ(sync().code, 0);
  change("delete?repository=0&path=docs/part-0/file-7.md");
  const Finished removed = sync();
  EXPECT_EQ(removed.code, 0) << removed.err;
  EXPECT_NE(removed.err.find("1 removed"), std::string::npos) << removed.err;
  EXPECT_EQ(text_of(delivered(), kFirst, "/file-7.md"), "-");
  EXPECT_NE(text_of(delivered(), kSecond, "/file-7.md"), "-");
  const size_t held = delivered().documents.size();

  change("visible?repository=1&to=no");
  const Finished hidden = sync();
  EXPECT_EQ(hidden.code, 3) << "the other repository was read, and this one is missing";
  EXPECT_NE(hidden.err.find("GitHub answered 404 to repository octocat/repository-1"), std::string::npos)
      << hidden.err;
  EXPECT_NE(hidden.err.find("fine-grained"), std::string::npos) << "what to do is said: " << hidden.err;
  EXPECT_EQ(delivered().documents.size(), held) << "a repository that is not seen removes nothing";

  change("visible?repository=0&to=no");
  const Finished nothing = sync();
  EXPECT_NE(nothing.code, 0);
  EXPECT_NE(nothing.err.find("GITHUB_REPOSITORY_NOT_VISIBLE"), std::string::npos) << nothing.err;
  EXPECT_EQ(delivered().documents.size(), held);

  change("visible?repository=0&to=yes");
  change("visible?repository=1&to=yes");
  const Finished back = sync();
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_NE(back.err.find("0 delivered"), std::string::npos) << back.err;
}

TEST_F(GitHubStage, ThePeopleWhoMayReadAPrivateRepositoryComeWithItsDocumentsWhereTheyAreAskedFor) {
  change("visibility?repository=0&to=private");
  ASSERT_EQ(connect("token").code, 0);
  ASSERT_EQ(sync({"--with-permissions"}).code, 0);
  std::vector<std::string> readers;
  for (const auto& [id, document] : delivered().documents) {
    const auto& permissions = document.permissions();
    if (document.path(0) == kSecond) {
      EXPECT_EQ(permissions.visibility(), circuit::feeds::v1::Permissions::UNKNOWN)
          << "another server than GitHub's";
    } else if (readers.empty()) {
      EXPECT_EQ(permissions.visibility(), circuit::feeds::v1::Permissions::RESTRICTED);
      for (const auto& reader : permissions.readers()) readers.push_back(reader.display_name());
    }
  }
  EXPECT_EQ(readers, (std::vector<std::string>{"octocat", "hubot"}));
}

TEST_F(GitHubStage, AnotherTokenIsRefusedAtOnceAndNoTokenIsEverPrinted) {
  write("other", "github_pat_of_somebody_else\n");
  const Finished refused = connect("other");
  EXPECT_NE(refused.code, 0);
  EXPECT_NE(refused.err.find("GITHUB_TOKEN_REFUSED"), std::string::npos) << refused.err;
  const Finished connected = connect("token");
  const Finished synced = sync({"--json"});
  ASSERT_EQ(synced.code, 0) << synced.err;
  std::ifstream documents(path("documents.jsonl"));
  const std::string lines{std::istreambuf_iterator<char>(documents), {}};
  for (const std::string* said : {&connected.out, &connected.err, &synced.out, &synced.err, &lines})
    EXPECT_EQ(said->find(token()), std::string::npos);
}

} // namespace
} // namespace circuit::end_to_end
