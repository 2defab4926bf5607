#pragma once
// Benchmarks as ratios: the work and its ceiling take turns in the same run, so that a noisy machine is noisy
// for both. A ratio of 1 means as fast as the ceiling. Nothing here fails a test: figures are for
// docs/performance.md.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace circuit::bench {

// What an amount is divided by.
enum class Cost {
  kTime,      // wall clock time
  kProcessor, // CPU time of this process and of those that it has waited for, as they ended
};

// How much was done, and in how many seconds, where that is not how long the work took to return.
struct Done {
  Done(double done) : amount(done) {} // NOLINT(google-explicit-constructor): most work times itself so
  Done(double done, double in) : amount(done), seconds(in) {}
  double amount;
  std::optional<double> seconds;
};

struct Comparison {
  std::string name;
  std::string unit;  // of the amounts: "MB", "requests", "documents"
  double target = 0; // ratio to reach
  // Each does its work once, and returns how much it did.
  std::function<Done()> ours;
  std::function<Done()> ceiling;
  int rounds = 7;
  Cost cost = Cost::kTime;
};

struct Figures {
  double ratio = 0; // median over the rounds of ours / ceiling, in amount per second of the cost
  double ours_per_second = 0, ceiling_per_second = 0; // medians
};

Figures measure(const Comparison& comparison);

// As a line for people, or with `json` one object: name, ratio, target, ours, ceiling, unit.
void report(const Comparison& comparison, const Figures& figures, bool json);

struct Peak {
  double mib = 0;
  double bound_mib = 0;
};
// With `json`: name, peak_mib, bound_mib.
void report(const std::string& name, const Peak& peak, bool json);

double median(std::vector<double> values);

// Of wall clock time.
template <class Work>
double seconds_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace circuit::bench
