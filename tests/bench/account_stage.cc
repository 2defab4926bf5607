#include "tests/bench/account_stage.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>

#include "tests/bench/stage.h"

namespace circuit::bench {
namespace {

std::string make_secret() {
  std::random_device random;
  std::string secret = "pat-bench-";
  for (int i = 0; i < 4; ++i) secret += std::to_string(random());
  return secret;
}

void append(std::vector<std::string>& flags, const std::vector<std::string>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
}

} // namespace

AccountStage::AccountStage(std::string secret)
    : folder_(std::filesystem::temp_directory_path() /
              ("circuit-bench-account-" + std::to_string(::getpid()))),
      secret_(secret.empty() ? make_secret() : std::move(secret)) {
  std::filesystem::create_directories(folder_);
  std::ofstream(path("secret")) << secret_ << "\n";
  // An operator's choice for a provider of their own: what the catalog allows for the public host is raised.
  std::ofstream(path("config.yaml")) << "http:\n  allow_private: true\n  max_requests_per_second: 1000000\n"
                                        "  max_concurrent_requests: 64\n";
  const auto made = testing::run(CIRCUIT_FEEDS, {"keys", "generate", "--out", path("master.key")});
  if (made.code != 0) throw std::runtime_error("no master key: " + made.err);
}

AccountStage::~AccountStage() {
  simulator_.reset();
  std::error_code ignored; // a leftover in /tmp is no failure
  std::filesystem::remove_all(folder_, ignored);
}

void AccountStage::serve(const Flags& flags) {
  simulator_.reset();
  simulator_ = std::make_unique<Child>(FEED_SIMULATOR, flags);
}

AccountStage::Flags AccountStage::worker_flags() const {
  return {"--data-dir",   path("data-" + std::to_string(data_)),
          "--config",     path("config.yaml"),
          "--master-key", path("master.key")};
}

void AccountStage::connect(const Flags& flags) {
  Flags arguments{"connect"};
  append(arguments, flags);
  append(arguments, worker_flags());
  const auto finished = testing::run(CIRCUIT_FEEDS, arguments, {}, secret_ + "\n");
  if (finished.code != 0) throw std::runtime_error("connect: " + finished.err.substr(0, 2000));
}

void AccountStage::start_over() {
  const std::string connected = path("data-0");
  if (data_ > 0) std::filesystem::remove_all(path("data-" + std::to_string(data_)));
  ++data_;
  std::filesystem::copy(connected, path("data-" + std::to_string(data_)),
                        std::filesystem::copy_options::recursive);
}

AccountStage::Ended AccountStage::run(const Flags& flags, std::chrono::seconds limit) {
  Flags arguments = flags;
  append(arguments, worker_flags());
  const auto start = std::chrono::steady_clock::now();
  testing::Process process(CIRCUIT_FEEDS, arguments);
  Ended ended{process.finish(limit), 0};
  ended.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (ended.program.code != 0)
    throw std::runtime_error(flags.front() + " ended with code " + std::to_string(ended.program.code) + ": " +
                             ended.program.err.substr(0, 2000));
  return ended;
}

void report_cost(const std::string& name, const AccountStage::Ended& ended, double documents) {
  std::fprintf(stderr, "%s: %.0f documents in %.2f s, %.2f s of CPU (%.4f ms a document), peak %.1f MiB\n",
               name.c_str(), documents, ended.seconds, ended.program.cpu_seconds,
               ended.program.cpu_seconds * 1000 / documents, ended.program.peak_mib);
}

} // namespace circuit::bench
