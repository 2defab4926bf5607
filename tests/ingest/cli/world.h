#pragma once
// A simulated provider served over HTTP, and a place for state: what a test of the program stands on. One
// thread.

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/ingest/cli/process.h"

namespace circuit::testing {

// A folder of its own, gone with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const; // its path
  std::string read(const std::string& name) const;

 private:
  std::string path_;
};

// feed-simulator, running.
class Simulator {
 public:
  explicit Simulator(const std::vector<std::string>& arguments);

  std::string url(const std::string& path) const { return base_ + path; }
  std::string feed(size_t index) const { return urls_.at(index); }
  const std::vector<std::string>& feeds() const { return urls_; }
  std::string get(const std::string& path) const;
  void post(const std::string& path) const;
  // The external ids of documents that a consumer must hold.
  std::vector<std::string> current_documents() const;
  int64_t requests() const;

 private:
  std::unique_ptr<Process> process_;
  std::string base_;
  std::vector<std::string> urls_;
};

// Each line as JSON; a line that is none fails the test.
std::vector<boost::json::object> json_lines(const std::string& text);
std::vector<std::string> lines(const std::string& text);

} // namespace circuit::testing
