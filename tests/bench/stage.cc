#include "tests/bench/stage.h"

#include <algorithm>
#include <boost/json.hpp>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace circuit::bench {
namespace {

// Long enough that no feed is due a second time before each was asked once.
constexpr std::chrono::seconds kPollInterval{2};

std::vector<std::string> with_rss(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "rss");
  flags.insert(flags.end(), {"--port", "0"});
  return flags;
}

void append(std::vector<std::string>& flags, const std::vector<std::string>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
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
  for (std::string line; std::getline(lines, line);) feeds_.push_back({line});
  // Without the politeness that a public host deserves, and with room for as much as bare libcurl does at a
  // time.
  std::ofstream(path("config.yaml")) << "engine:\n  max_running_syncs: 64\n  max_running_per_key: 64\n"
                                        "http:\n  allow_private: true\n  max_requests_per_second: 1000000\n"
                                        "  max_concurrent_requests: 64\n";
}

Stage::~Stage() {
  std::error_code ignored; // a leftover in /tmp is no failure
  std::filesystem::remove_all(folder_, ignored);
}

Stage::Flags Stage::worker_flags(const std::string& data) const {
  return {"--data-dir", path(data), "--config", path("config.yaml")};
}

Stage::Ended Stage::sync(const std::string& data, const Flags& targets, const Flags& flags,
                         std::chrono::seconds limit) {
  // Without --json: a document of each state of each sync would be measured with it.
  Flags arguments{"sync", "rss"};
  append(arguments, targets);
  append(arguments, {"--allow-private"});
  append(arguments, worker_flags(data));
  append(arguments, flags);
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
  ended.err = finished.err.substr(finished.err.size() - std::min<size_t>(finished.err.size(), 2000));
  return ended;
}

void Stage::make_polled(const std::string& data, const Flags& flags) {
  Flags arguments{"feeds", "create", "rss", "--poll", std::to_string(kPollInterval.count()) + "s"};
  for (const auto& feed : feeds_) arguments.push_back(feed.url);
  append(arguments, worker_flags(data));
  append(arguments, flags);
  testing::Process process(CIRCUIT_FEEDS, arguments);
  const auto finished = process.finish(std::chrono::minutes(5));
  if (finished.code != 0) throw std::runtime_error("feeds create: " + finished.err.substr(0, 2000));
}

Stage::Polled Stage::poll_all(const std::string& data) {
  std::this_thread::sleep_until(all_due_at_);
  testing::run("/usr/bin/curl", {"-fsS", "-X", "POST", simulator_.address() + "/_control/stats"});
  Flags arguments{"serve", "--allow-private", "--listen", "127.0.0.1:0", "--log-level", "warning"};
  append(arguments, worker_flags(data));
  testing::Process process(CIRCUIT_FEEDS, arguments);
  Polled polled;
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (polled.polls < static_cast<double>(feeds_.size())) {
    if (process.ended_within(std::chrono::milliseconds(20)) || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("serve has not polled enough: " + process.err().substr(0, 2000));
    const Asked asked = this->asked();
    polled.polls = asked.requests;
    polled.seconds = asked.seconds;
    polled.peak_mib = std::max(polled.peak_mib, peak_mib(process.pid()));
  }
  process.signal(SIGTERM);
  process.finish();
  all_due_at_ = std::chrono::steady_clock::now() + kPollInterval + std::chrono::seconds(1);
  return polled;
}

Stage::Asked Stage::asked() const {
  const auto stats = boost::json::parse(fetch(simulator_.address() + "/_control/stats"));
  return {stats.at("requests").to_number<double>(), stats.at("seconds").to_number<double>()};
}

} // namespace circuit::bench
