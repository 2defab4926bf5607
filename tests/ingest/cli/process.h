#pragma once
// A program run as a user would: arguments, environment, what it printed, how it ended. For tests; one
// thread.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace circuit::testing {

struct Finished {
  int code = -1; // of exit; 128 + signal where one ended it
  std::string out;
  std::string err;
  double cpu_seconds = 0; // user and system
  double peak_mib = 0;    // resident
};

class Process {
 public:
  // Variables are added to this process's; an empty value takes one out. NO_COLOR and CIRCUIT_FEEDS_* start
  // out unset.
  Process(const std::string& program, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {}, const std::string& input = "");
  ~Process(); // kills it, if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Reads until stdout (or stderr) holds the text; false when the program ended or the time passed before.
  bool wait_for_output(const std::string& text, std::chrono::seconds limit = std::chrono::seconds(20));
  bool wait_for_error(const std::string& text, std::chrono::seconds limit = std::chrono::seconds(20));
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }
  // Reads for that long; true when its streams have closed, as they do at its end.
  bool ended_within(std::chrono::milliseconds time) { return !read_some(time); }
  // Waits for its end; kills it after the limit, and the code is then 137.
  Finished finish(std::chrono::seconds limit = std::chrono::seconds(60));

 private:
  bool read_some(std::chrono::milliseconds limit);
  bool wait_for(const std::string& held, const std::string& text, std::chrono::seconds limit);

  pid_t pid_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  std::string out_;
  std::string err_;
};

// Runs it to its end.
Finished run(const std::string& program, const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& environment = {}, const std::string& input = "");

} // namespace circuit::testing
