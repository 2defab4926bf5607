#pragma once
// How many retries a host has earned: each success pays a part of one, so that a host that fails altogether
// gets a few retries and then first attempts alone, instead of several times its usual load. One loop.

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

namespace circuit::http {

class RetryBudget {
 public:
  struct Options {
    double capacity = 20;     // retries in store at first, and at most
    double per_success = 0.2; // earned by each success
    size_t max_hosts = 4096;  // those seen longest ago are forgotten, and start afresh
  };
  explicit RetryBudget(Options options) : options_(options) {}

  void succeeded(const std::string& host);
  // Takes one retry out of the host's store, if there is one.
  bool withdraw(const std::string& host);
  size_t hosts() const { return stores_.size(); }

 private:
  struct Store {
    double retries;
    std::list<std::string>::iterator use;
  };
  Store& store(const std::string& host);

  Options options_;
  std::unordered_map<std::string, Store> stores_;
  std::list<std::string> by_use_; // latest first
};

} // namespace circuit::http
