#pragma once
// A program that says "listening on ADDRESS" and is stopped when this goes.

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/ingest/cli/process.h"

namespace circuit::bench {

class Child {
 public:
  Child(const std::string& program, const std::vector<std::string>& arguments)
      : process_(program, arguments) {
    const std::string ready = "listening on ";
    if (!process_.wait_for_output(ready) || !process_.wait_for_output("\n")) {
      throw std::runtime_error(program + " did not start: " + process_.err());
    }
    const size_t begin = process_.out().find(ready) + ready.size();
    address_ = process_.out().substr(begin, process_.out().find('\n', begin) - begin);
  }
  const std::string& address() const { return address_; }
  pid_t pid() const { return process_.pid(); }

 private:
  testing::Process process_;
  std::string address_;
};

} // namespace circuit::bench
