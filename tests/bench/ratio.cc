#include "tests/bench/ratio.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace circuit::bench {
namespace {

double seconds_on(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double per_second(const std::function<double()>& work, clockid_t clock) {
  const double start = seconds_on(clock);
  const double amount = work();
  return amount / (seconds_on(clock) - start);
}

} // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

Figures measure(const Comparison& comparison) {
  comparison.ours(); // warm-up, not counted
  comparison.ceiling();
  const clockid_t clock = comparison.by_cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
  std::vector<double> ours, ceiling, ratios;
  for (int round = 0; round < comparison.rounds; ++round) {
    ours.push_back(per_second(comparison.ours, clock));
    ceiling.push_back(per_second(comparison.ceiling, clock));
    ratios.push_back(ours.back() / ceiling.back());
  }
  return {median(ratios), median(ours), median(ceiling)};
}

void report(const Comparison& comparison, const Figures& figures, bool json) {
  if (json) {
    std::printf(
        "{\"name\":\"%s\",\"ratio\":%.3f,\"target\":%.2f,\"ours\":%.1f,\"ceiling\":%.1f,\"unit\":\"%s/s\"}\n",
        comparison.name.c_str(), figures.ratio, comparison.target, figures.ours_per_second,
        figures.ceiling_per_second, comparison.unit.c_str());
  } else {
    std::printf("%-34s ratio %5.2f (target %.2f)   %12.1f of %12.1f %s/s\n", comparison.name.c_str(),
                figures.ratio, comparison.target, figures.ours_per_second, figures.ceiling_per_second,
                comparison.unit.c_str());
  }
  std::fflush(stdout);
}

void report(const std::string& name, const Peak& peak, bool json) {
  const char* format = json ? "{\"name\":\"%s\",\"peak_mib\":%.1f,\"bound_mib\":%.1f}\n"
                            : "%-34s peak %7.1f MiB (bound %.1f)\n";
  std::printf(format, name.c_str(), peak.mib, peak.bound_mib);
  std::fflush(stdout);
}

} // namespace circuit::bench
