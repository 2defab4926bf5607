#pragma once
// The Sink seam: receivers with bad days. Two kinds:
//
//   stream:N   applies what it is sent, at once; may apply and then lose the acknowledgement
//   file:N     keeps what it is sent aside until it is committed, and goes back to the committed position
//   when
//              it is opened again: holds each change exactly once
//
// One thread, one loop. Nothing has an effect while there is no power.

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ingest/runtime/event.h"
#include "ingest/sync/sink.h"
#include "tests/simulation/oracle.h"

namespace circuit::simulation {

class Receivers {
 public:
  Receivers(Oracle& oracle, const Scenario& scenario);

  Result<std::unique_ptr<sync::Sink>> make(const std::string& uri, Clock& clock, const bool& power);

  // The worker is gone: a file holds what it held at its stored position.
  void go_back(const std::string& uri, const std::string& feed, const std::string& position);

  SinkFaults& faults() { return faults_; }
  // External ids that are refused until further notice.
  std::set<std::string>& refused() { return refused_; }
  // What happens here, for those who wait for a bad moment.
  std::function<void(const char* event)> on_event = [](const char*) {};
  uint64_t outstanding_peak() const { return outstanding_peak_; }
  size_t sessions() const { return sessions_; }

 private:
  class Sink;
  class Session;

  Oracle& oracle_;
  SeededRandom random_;
  SinkFaults faults_;
  std::set<std::string> refused_;
  std::map<std::string, std::vector<Held>> positions_; // of files, by address: what each position held
  uint64_t outstanding_ = 0, outstanding_peak_ = 0;
  size_t sessions_ = 0;
};

} // namespace circuit::simulation
