// What the feed asks and what the simulator answers, held against GitHub's own OpenAPI description by
// validate.mjs. The simulator is ours: here somebody else says whether it is a likeness. Skipped aloud where
// node or the packages are missing (tests/run installs them).

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/contract/github/exchanges.h"
#include "tests/ingest/cli/process.h"

namespace circuit::feeds::github {
namespace {

namespace json = boost::json;
using Lines = std::vector<std::string>;

class GitHubContract : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* package : {"@octokit/openapi", "ajv", "ajv-formats"}) {
      if (!std::filesystem::exists(std::string(CONTRACT_FOLDER "/node_modules/") + package))
        GTEST_SKIP() << "no " << package << ": npm ci --prefix tests/contract/github";
    }
    file_ = std::filesystem::path(::testing::TempDir()) / ("github-exchanges-" + std::to_string(::getpid()));
  }
  void TearDown() override { std::filesystem::remove(file_); }

  // The exchanges of a whole run, once for the program.
  static const Lines& recorded() {
    static const Lines lines = exchanges();
    return lines;
  }

  testing::Finished validate(const Lines& lines) {
    std::ofstream out(file_);
    for (const std::string& line : lines) out << line << '\n';
    out.close();
    return testing::run("/usr/bin/env", {"node", CONTRACT_FOLDER "/validate.mjs", file_.string()});
  }

  // The first of them that `spoil` finds something to change in.
  template <class Spoil>
  static void spoil_one(Lines& lines, const Spoil& spoil) {
    for (std::string& line : lines) {
      json::value exchange = json::parse(line);
      if (!spoil(exchange.as_object())) continue;
      line = json::serialize(exchange);
      return;
    }
    ADD_FAILURE() << "nothing to spoil";
  }

  // Of a successful answer to that path, its first item where it is a list.
  template <class Change>
  static void spoil_body(Lines& lines, const std::string& path, const Change& change) {
    spoil_one(lines, [&](json::object& exchange) {
      if (std::string_view(exchange["target"].as_string()).find(path) == std::string_view::npos) return false;
      if (exchange["status"].as_int64() != 200) return false;
      json::value body = json::parse(exchange["body"].as_string());
      if (body.is_array() && body.as_array().empty()) return false;
      change(body.is_array() ? body.as_array()[0].as_object() : body.as_object());
      exchange["body"] = json::serialize(body);
      return true;
    });
  }

 private:
  std::filesystem::path file_;
};

TEST_F(GitHubContract, RequestsAndAnswersFitTheDescriptionAndUseAllOfTheClientsOperations) {
  const auto checked = validate(recorded());
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  std::cout << checked.out;
}

TEST_F(GitHubContract, AnAnswerThatTheDescriptionDoesNotAllowIsNamed) {
  Lines lines = recorded();
  spoil_body(lines, "/issues?", [](json::object& issue) { issue.erase("node_id"); });
  spoil_body(lines, "/git/trees/", [](json::object& tree) { tree["truncated"] = "no"; });
  const auto checked = validate(lines);
  EXPECT_EQ(checked.code, 1) << checked.out;
  EXPECT_NE(checked.err.find("/issues 200: "), std::string::npos) << checked.err;
  EXPECT_NE(checked.err.find("node_id"), std::string::npos) << checked.err;
  EXPECT_NE(checked.err.find("/git/trees/{tree_sha} 200: "), std::string::npos) << checked.err;
}

TEST_F(GitHubContract, ARequestThatTheDescriptionDoesNotKnowIsNamed) {
  Lines lines = recorded();
  const auto ask = [&](const std::string& from, const std::string& to) {
    spoil_one(lines, [&](json::object& exchange) {
      std::string target(exchange["target"].as_string());
      const size_t at = target.find(from);
      if (at == std::string::npos) return false;
      exchange["target"] = target.replace(at, from.size(), to);
      return true;
    });
  };
  ask("sort=updated", "order=updated");
  ask("sort=updated", "sort=changed");
  ask("/git/ref/", "/git/reference/");
  const auto checked = validate(lines);
  EXPECT_EQ(checked.code, 1) << checked.out;
  for (const char* said : {"no parameter order", "sort=changed", "no such path"})
    EXPECT_NE(checked.err.find(said), std::string::npos) << checked.err;
}

TEST_F(GitHubContract, AnOperationThatNothingExercisedIsNamed) {
  Lines lines;
  for (const std::string& line : recorded()) {
    if (line.find("/releases") == std::string::npos) lines.push_back(line);
  }
  const auto checked = validate(lines);
  EXPECT_EQ(checked.code, 1) << checked.out;
  EXPECT_NE(checked.err.find("/repos/{owner}/{repo}/releases: not exercised"), std::string::npos)
      << checked.err;
}

} // namespace
} // namespace circuit::feeds::github
