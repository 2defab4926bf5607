#pragma once
// The processes and folders of one life: a simulator that stays, a receiver that mostly does, and a worker
// that is started and killed over and over, with the layer that loses its writes. One thread.
//
//   worker/data  worker/out   what the worker writes
//   receiver/                 what the reference receiver writes
//   log/                      what each start of a program said

#include <filesystem>
#include <memory>
#include <string>

#include "tests/crash/plan.h"
#include "tests/crash/provider.h"
#include "tests/crash/raw_receiver.h"
#include "tests/ingest/cli/process.h"

namespace circuit::crash {

class Stage {
 public:
  // `folder` must not exist yet. Throws std::runtime_error when a program does not start.
  Stage(std::filesystem::path folder, uint64_t seed);
  ~Stage();

  Provider& provider() { return *provider_; }
  RawReceiver& raw_receiver() { return raw_receiver_; }
  std::string receiver_address() const { return receiver_address_; }
  std::string received() const { return (folder_ / "receiver" / "received.jsonl").string(); }
  std::string file(const std::string& name) const { return (folder_ / "worker" / "out" / name).string(); }
  const std::string& worker_address() const { return worker_address_; }

  // Whether it came to listen; if not, it is dead, by itself or by the crash point ("NAME:COUNT" or empty).
  bool start_worker(const std::string& point, bool rotate);
  bool worker_ended() const; // by itself; a little later than its connections
  // Ends it, if it has not ended. Its exit code, 137 for SIGKILL.
  int end_worker(int signal);
  RolledBack lose_worker_writes(Loss loss, Random& random);

  // The first time on a free port, later on the same.
  bool start_receiver(const std::string& point);
  bool receiver_ended() const;
  void end_receiver();
  // Whether the program that ended last said that it was at a crash point.
  bool reached_crash_point() const { return last_log_.find("crash point ") != std::string::npos; }
  RolledBack lose_receiver_writes(Loss loss, Random& random);

  // What the program that ended last had to say, for messages.
  const std::string& last_log() const { return last_log_; }

 private:
  std::map<std::string, std::string> environment(const LedgerPaths& ledger, const std::string& point) const;
  void write_log(const std::string& program, const testing::Finished& finished);

  const std::filesystem::path folder_;
  LedgerPaths worker_ledger_;
  LedgerPaths receiver_ledger_;
  RawReceiver raw_receiver_;
  std::unique_ptr<testing::Process> simulator_, receiver_, worker_;
  std::unique_ptr<Provider> provider_;
  std::string receiver_address_ = "127.0.0.1:0";
  std::string worker_address_;
  std::string last_log_;
  int logs_ = 0;
};

} // namespace circuit::crash
