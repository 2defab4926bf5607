// GitHub: a whole first sync by the real program, from a served simulator to a receiver that forgets, against
// bare libcurl asking for the same addresses with the same token. The simulator makes its answers as it goes,
// so that it limits both: CPU per document says more about the worker than the ratio does.

#include <memory>
#include <sstream>
#include <string>

#include "tests/bench/account_stage.h"
#include "tests/bench/bare_http.h"
#include "tests/bench/cases.h"

namespace circuit::bench {
namespace {

constexpr int kFiles = 10'000;
constexpr int kIssues = 2000;
constexpr double kDocuments = 2.0 * kIssues + kFiles; // each issue has a comment
constexpr int kAtATime = 8;                           // GitHubOptions::bodies_at_a_time

class Repository {
 public:
  Repository() : receiver_(CIRCUIT_BENCH, {"black-hole"}) {
    stage_.serve({"github", "--port", "0", "--files", std::to_string(kFiles), "--issues",
                  std::to_string(kIssues), "--token-file", stage_.path("secret")});
    stage_.connect(
        {"github", "--name", "bench", "--param", "base_url=" + stage_.simulator(), "--token-stdin"});
    sync();
    remember_what_was_asked();
  }

  double sync() {
    stage_.start_over();
    const auto ended = stage_.run({"sync", "github", "--connection", "bench", "--repository",
                                   "octocat/repository-0", "--sink", "grpc:" + receiver_.address()});
    report_cost("github_first_sync", ended, kDocuments);
    return kDocuments;
  }
  double fetch_the_same() {
    fetch_all(asked_, false, kAtATime);
    return kDocuments;
  }

 private:
  void remember_what_was_asked() {
    std::istringstream lines(fetch(stage_.simulator() + "/_control/requests"));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("/user")) continue; // when it was connected
      asked_.push_back(
          {stage_.simulator() + line,
           {"Accept: application/vnd.github.raw+json", "Authorization: Bearer " + stage_.secret()}});
    }
  }

  AccountStage stage_;
  Child receiver_;
  std::vector<Peer> asked_;
};

Comparison first_sync() {
  auto repository = std::make_shared<Repository>();
  return {"github_first_sync",
          "documents",
          0.6,
          [repository] { return repository->sync(); },
          [repository] { return repository->fetch_the_same(); },
          5};
}

} // namespace

std::vector<Case> github_cases() { return {{"github_first_sync", first_sync}}; }

} // namespace circuit::bench
