#include "tests/bench/stage.h"

#include <fstream>
#include <sstream>
#include <utility>

namespace circuit::bench {
namespace {

std::vector<std::string> with_rss(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "rss");
  flags.insert(flags.end(), {"--port", "0"});
  return flags;
}

} // namespace

double peak_mib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

Stage::Stage(std::vector<std::string> simulator)
    : folder_(std::filesystem::temp_directory_path() / ("circuit-bench-" + std::to_string(::getpid()))),
      simulator_(FEED_SIMULATOR, with_rss(std::move(simulator))) {
  std::filesystem::create_directories(folder_);
  std::istringstream lines(
      testing::run("/usr/bin/curl", {"-fsS", simulator_.address() + "/_control/urls"}).out);
  for (std::string line; std::getline(lines, line);) feeds_.push_back({line, ""});
  // Without the politeness that a public host deserves, and with room for as much as bare libcurl does at a
  // time.
  std::ofstream(path("config.yaml")) << "engine:\n  max_running_syncs: 64\n  max_running_per_key: 64\n"
                                        "http:\n  max_requests_per_second: 1000000\n"
                                        "  max_concurrent_requests: 64\n";
}

Stage::~Stage() {
  std::error_code ignored; // a leftover in /tmp is no failure
  std::filesystem::remove_all(folder_, ignored);
}

Stage::Ended Stage::sync(const std::string& data, std::vector<std::string> targets,
                         const std::vector<std::string>& flags, std::chrono::seconds limit) {
  std::vector<std::string> arguments{"sync", "rss"};
  arguments.insert(arguments.end(), std::make_move_iterator(targets.begin()),
                   std::make_move_iterator(targets.end()));
  arguments.insert(arguments.end(),
                   {"--allow-private", "--json", "--data-dir", path(data), "--config", path("config.yaml")});
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  testing::Process process(CIRCUIT_FEEDS, arguments);
  Ended ended;
  const auto end = std::chrono::steady_clock::now() + limit;
  // Until its streams close, which is when it ends; nothing prints this text.
  bool ends = false;
  while (!ends && std::chrono::steady_clock::now() < end) {
    if (const double now = peak_mib(process.pid()); now > 0) ended.peak_mib = now;
    ends = process.ended_within(std::chrono::milliseconds(20));
  }
  auto finished = process.finish(std::chrono::seconds(ends ? 10 : 0));
  ended.code = finished.code;
  ended.err = finished.err.substr(0, 2000);
  return ended;
}

} // namespace circuit::bench
