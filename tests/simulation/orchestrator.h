#pragma once
// Whoever drives the worker: an orchestrator that starts, cancels, resets and deletes at bad moments, people
// who work at the sources, and everything that goes wrong by itself. Draws one operation after another.
//
// One thread.

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/worker.h"

namespace circuit::simulation {

class Orchestrator {
 public:
  Orchestrator(const Scenario& scenario, Worker& worker);

  // All operations that the scenario asks for, with time in between.
  void run();
  // The names of the syncs that it was told of.
  const std::map<std::string, std::string>& syncs() const { return syncs_; } // sync -> feed
  // How far the wall clock was set back, in all.
  Duration set_back() const { return set_back_; }

 private:
  void operate();
  void change_sources();
  void act_on_feed();
  void something_breaks();
  void lose_power();
  void start_somehow(size_t feed);
  void start(size_t feed, v1::SyncMode mode);
  void jump_clock();
  void pause_or_resume(size_t feed);
  void lose_documents(size_t feed);
  void interrupt_again_and_again(size_t feed);

  // Requests, as coroutines of the worker.
  Task<void> send_start(v1::StartSyncRequest request, bool watch);
  Task<void> send_cancel(std::string sync);
  Task<void> send_reset(std::string feed);
  Task<void> send_delete(std::string feed);
  Task<void> send_retry(std::string feed, std::string request_id);
  Task<void> send_confirm(std::string feed);
  Task<void> send_update(v1::UpdateFeedRequest request);
  Task<void> look_around(std::string feed);
  Task<void> watch(std::string sync);

  void answered(const std::string& what, const Result<v1::Sync>& answer, const std::string& request_id);
  void failed(const std::string& what, const Error& error);

  const Scenario& scenario_;
  Worker& worker_;
  SeededRandom random_;
  std::map<std::string, std::string> syncs_;
  std::map<std::string, v1::StartSyncRequest> requests_; // by request id
  std::map<std::string, std::string> answers_;           // request id -> sync
  uint64_t next_request_ = 1;
  Duration set_back_{};
};

} // namespace circuit::simulation
