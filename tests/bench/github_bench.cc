// Whole syncs of GitHub by the real program, as a process: HTTP from the simulator to a JSONL file, with
// fsynced checkpoints; against bare libcurl asking for the same addresses with the same token. The simulator
// is a process too, and makes its answers as it goes, so that it limits both: CPU per document says more
// about the worker than the ratio does.

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "tests/bench/cases.h"
#include "tests/bench/stage.h"

namespace circuit::bench {
namespace {

constexpr char kCurl[] = "/usr/bin/curl";
constexpr char kToken[] = "github_pat_of_a_benchmark";

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class GitHubScene {
 public:
  GitHubScene(int files, int issues)
      : folder_(std::filesystem::temp_directory_path() /
                ("circuit-github-bench-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    write("token", std::string(kToken) + "\n");
    // Without the politeness that GitHub deserves.
    write(
        "config.yaml",
        "http:\n  allow_private: true\n  max_requests_per_second: 1000000\n  max_concurrent_requests: 64\n");
    simulator_ = std::make_unique<Child>(
        FEED_SIMULATOR,
        std::vector<std::string>{"github", "--port", "0", "--files", std::to_string(files), "--issues",
                                 std::to_string(issues), "--token-file", path("token")});
    run({"keys", "generate", "--out", path("master.key")});
  }
  ~GitHubScene() {
    simulator_.reset();
    std::error_code ignored; // a leftover in /tmp is no failure
    std::filesystem::remove_all(folder_, ignored);
  }

  // A first sync into a new data directory: how many documents.
  double sync() {
    const std::string data = path("data-" + std::to_string(++syncs_));
    const std::vector<std::string> local{"--data-dir",        data,           "--config",
                                         path("config.yaml"), "--master-key", path("master.key")};
    std::vector<std::string> connect{
        "connect",      "github",      "--name",  "bench",
        "--token-file", path("token"), "--param", "base_url=" + simulator_->address()};
    connect.insert(connect.end(), local.begin(), local.end());
    run(connect);
    control("stats");
    std::vector<std::string> arguments{"sync",         "github",
                                       "--connection", "bench",
                                       "--repository", "octocat/repository-0",
                                       "--sink",       "jsonl:" + data + ".jsonl"};
    arguments.insert(arguments.end(), local.begin(), local.end());
    const double simulator_before = simulator_cpu();
    const double before = cpu_seconds(RUSAGE_CHILDREN);
    const auto start = std::chrono::steady_clock::now();
    run(arguments);
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double cpu = cpu_seconds(RUSAGE_CHILDREN) - before;
    const double answering = simulator_cpu() - simulator_before;
    cpu_of_both_ = cpu + answering;
    std::ifstream lines(data + ".jsonl");
    double documents = 0;
    for (std::string line; std::getline(lines, line);) ++documents;
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    std::fprintf(
        stderr,
        "github_first_sync: %.0f documents in %.2f s, %.3f ms of CPU each, and %.3f ms to answer; peak "
        "%.1f MiB\n",
        documents, wall, cpu * 1000 / documents, answering * 1000 / documents,
        static_cast<double>(usage.ru_maxrss) / 1024);
    if (asked_.empty()) remember_what_was_asked();
    return documents;
  }

  // The same requests by libcurl alone, as many at a time.
  void fetch() {
    constexpr int kAtATime = 8; // GitHubOptions::bodies_at_a_time
    const double simulator_before = simulator_cpu();
    const double before = cpu_seconds(RUSAGE_SELF);
    const auto start = std::chrono::steady_clock::now();
    fetch_all(asked_, false, kAtATime);
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double cpu = cpu_seconds(RUSAGE_SELF) - before;
    const double answering = simulator_cpu() - simulator_before;
    std::fprintf(
        stderr,
        "github_first_sync: bare libcurl, %zu requests in %.2f s, %.2f s of CPU, and %.2f s to answer; "
        "by the CPU time of both sides the ratio is %.2f\n",
        asked_.size(), wall, cpu, answering, (cpu + answering) / cpu_of_both_);
  }

 private:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    ::chmod(path(name).c_str(), S_IRUSR | S_IWUSR);
  }
  static void run(const std::vector<std::string>& arguments) {
    testing::Process process(CIRCUIT_FEEDS, arguments);
    const auto ended = process.finish(std::chrono::minutes(5));
    if (ended.code != 0) throw std::runtime_error(arguments[0] + ": " + ended.err.substr(0, 2000));
  }
  void control(const std::string& command) const {
    testing::run(kCurl, {"-fsS", "-X", "POST", simulator_->address() + "/_control/" + command});
  }
  double simulator_cpu() const {
    std::ifstream file("/proc/" + std::to_string(simulator_->pid()) + "/stat");
    std::string stat;
    std::getline(file, stat);
    std::istringstream fields(stat.substr(stat.rfind(')') + 2)); // from the third on
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  void remember_what_was_asked() {
    std::istringstream lines(testing::run(kCurl, {"-fsS", simulator_->address() + "/_control/requests"}).out);
    for (std::string line; std::getline(lines, line);) {
      asked_.push_back(
          {simulator_->address() + line,
           "",
           {"Accept: application/vnd.github.raw+json", std::string("Authorization: Bearer ") + kToken}});
    }
  }

  std::filesystem::path folder_;
  std::unique_ptr<Child> simulator_;
  std::vector<Peer> asked_;
  double cpu_of_both_ = 0;
  int syncs_ = 0;
};

Comparison first_sync() {
  auto scene = std::make_shared<GitHubScene>(10'000, 2000);
  const double documents = scene->sync();
  return {"github_first_sync",
          "documents",
          0.6,
          [scene] { return scene->sync(); },
          [scene, documents] {
            scene->fetch();
            return documents;
          },
          3};
}

} // namespace

std::vector<Case> github_cases() { return {{"github_first_sync", first_sync}}; }

} // namespace circuit::bench
