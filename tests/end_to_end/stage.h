#pragma once
// The real programs as processes of their own: a simulator, a receiver, and a worker that may be killed. One
// test's stage; everything is stopped, and its folder removed, when it goes.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "circuit/feeds/v1/document.pb.h"
#include "tests/ingest/cli/process.h"

namespace circuit::end_to_end {

namespace v1 = circuit::feeds::v1;
using testing::Finished;
using testing::Process;

// The address that a program says it listens on; nullopt: it ended, or said nothing in time.
std::optional<std::string> wait_until_listening(Process& process);

class Stage {
 public:
  Stage();
  ~Stage();

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // Each returns the address that the program listens on.
  std::string start_simulator(std::vector<std::string> flags);
  std::string start_receiver(std::vector<std::string> flags = {});
  std::string start_worker(std::vector<std::string> flags = {});
  void kill_worker(); // SIGKILL
  Process& worker() { return *worker_; }
  Process& receiver() { return *receiver_; }

  Finished cli(std::vector<std::string> arguments);
  std::unique_ptr<Process> start_cli(std::vector<std::string> arguments);

  // Of the simulator.
  std::vector<std::string> urls();
  void post(const std::string& control); // "edit?feed=0"
  boost::json::value get(const std::string& control);

  std::string received() const { return path("received.jsonl"); }
  const std::string& simulator() const { return simulator_url_; }

 private:
  std::string start(std::unique_ptr<Process>& slot, const std::string& program,
                    std::vector<std::string> arguments);

  std::filesystem::path folder_;
  std::string simulator_url_, receiver_address_, worker_address_;
  std::unique_ptr<Process> simulator_, receiver_, worker_;
};

// What a consumer of a JSONL file holds at its end, by feed and external id; and how often each version came.
struct Folded {
  std::map<std::pair<std::string, std::string>, v1::Document> documents;
  std::map<std::string, int> deliveries; // "feed external id version"
  int lines = 0;
};
Folded fold(const std::string& jsonl_file);

// What is wrong with it, compared with the simulator's truth; empty: nothing.
std::string difference(const Folded& folded, const boost::json::value& truth);

} // namespace circuit::end_to_end
