#include "tests/crash/stage.h"

#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>

#include "tests/crash/ledger.h"
#include "tests/end_to_end/stage.h"

namespace circuit::crash {

using end_to_end::wait_until_listening;
using testing::Finished;
using testing::Process;

namespace {

bool ended(const Process* process) {
  siginfo_t info{};
  // Only looks: finish() has to find it too.
  return process != nullptr &&
         ::waitid(P_PID, static_cast<id_t>(process->pid()), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != 0;
}

} // namespace

Stage::Stage(std::filesystem::path folder, uint64_t seed)
    : folder_(std::move(folder)), raw_receiver_(std::chrono::milliseconds(1)) {
  for (const char* name : {"worker/out", "receiver", "log"})
    std::filesystem::create_directories(folder_ / name);
  worker_ledger_ = LedgerPaths::beside(folder_ / "worker");
  receiver_ledger_ = LedgerPaths::beside(folder_ / "receiver");
  const std::vector<std::string> arguments = {"rss",
                                              "--port",
                                              "0",
                                              "--feeds",
                                              "40",
                                              "--items",
                                              "14",
                                              "--kinds",
                                              "drawn",
                                              "--seed",
                                              std::to_string(seed % 1'000'000),
                                              "--latency-ms",
                                              std::to_string(seed % 7)};
  simulator_ = std::make_unique<Process>(FEED_SIMULATOR, arguments);
  const auto url = wait_until_listening(*simulator_);
  if (!url) throw std::runtime_error("the simulator did not start: " + simulator_->err());
  provider_ = std::make_unique<Provider>(*url);
}

Stage::~Stage() {
  if (worker_) end_worker(SIGKILL);
  if (receiver_) end_receiver();
}

std::map<std::string, std::string> Stage::environment(const LedgerPaths& ledger,
                                                      const std::string& point) const {
  std::map<std::string, std::string> variables{{"CIRCUIT_CRASH_POINT", point}};
#ifndef CIRCUIT_SANITIZED // the sanitizers' runtime wants to be the first library, and watches writes itself
  variables["LD_PRELOAD"] = LOST_WRITES;
  variables[kRootVariable] = ledger.root;
  variables[kLedgerVariable] = ledger.ledger;
  variables[kKeepVariable] = ledger.keep;
#else
  static_cast<void>(ledger);
#endif
  return variables;
}

void Stage::write_log(const std::string& program, const Finished& finished) {
  std::ostringstream name;
  name << std::setw(4) << std::setfill('0') << ++logs_ << "-" << program;
  std::ofstream(folder_ / "log" / name.str()) << finished.err << "exit code " << finished.code << "\n";
  last_log_ = finished.err;
}

bool Stage::start_worker(const std::string& point, bool rotate) {
  auto variables = environment(worker_ledger_, point);
  // Small, so that a small feed has several batches, and several pages of a sweep.
  variables["CIRCUIT_FEEDS_ENGINE_BATCH_MAX_CHANGES"] = "3";
  variables["CIRCUIT_FEEDS_ENGINE_BATCHES_IN_FLIGHT"] = "2";
  variables["CIRCUIT_FEEDS_ENGINE_SWEEP_PAGE"] = "4";
  if (rotate) variables["CIRCUIT_FEEDS_SINKS_JSONL_ROTATE_SIZE"] = "4KiB";
  const std::vector<std::string> arguments = {
      "serve",          "--listen", "127.0.0.1:0", "--data-dir", (folder_ / "worker" / "data").string(),
      "--allow-private"};
  worker_ = std::make_unique<Process>(CIRCUIT_FEEDS, arguments, variables);
  const auto address = wait_until_listening(*worker_);
  worker_address_ = address.value_or("");
  return address.has_value();
}

bool Stage::worker_ended() const { return ended(worker_.get()); }

int Stage::end_worker(int signal) {
  if (!worker_ended()) worker_->signal(signal);
  const Finished finished = worker_->finish(std::chrono::seconds(20));
  write_log("worker", finished);
  worker_.reset();
  return finished.code;
}

RolledBack Stage::lose_worker_writes(Loss loss, Random& random) {
  return roll_back(worker_ledger_, loss, random);
}

bool Stage::start_receiver(const std::string& point) {
  receiver_ = std::make_unique<Process>(
      CIRCUIT_FEEDS, std::vector<std::string>{"receive", "--listen", receiver_address_, "--out", received()},
      environment(receiver_ledger_, point));
  const auto address = wait_until_listening(*receiver_);
  if (address) receiver_address_ = *address;
  return address.has_value();
}

bool Stage::receiver_ended() const { return ended(receiver_.get()); }

void Stage::end_receiver() {
  receiver_->signal(SIGKILL);
  write_log("receiver", receiver_->finish());
  receiver_.reset();
}

RolledBack Stage::lose_receiver_writes(Loss loss, Random& random) {
  return roll_back(receiver_ledger_, loss, random);
}

} // namespace circuit::crash
