#include "tests/bench/ratio.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace circuit::bench {
namespace {

double processor_seconds() {
  double seconds = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    struct rusage usage {};
    ::getrusage(who, &usage);
    for (const timeval& part : {usage.ru_utime, usage.ru_stime})
      seconds += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) / 1e6;
  }
  return seconds;
}

double clock_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double per_second(const std::function<Done()>& work, Cost cost) {
  const auto now = cost == Cost::kTime ? clock_seconds : processor_seconds;
  const double start = now();
  const Done done = work();
  return done.amount / done.seconds.value_or(now() - start);
}

} // namespace

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

Figures measure(const Comparison& comparison) {
  comparison.ours(); // warm-up, not counted
  comparison.ceiling();
  std::vector<double> ours, ceiling, ratios;
  for (int round = 0; round < comparison.rounds; ++round) {
    ours.push_back(per_second(comparison.ours, comparison.cost));
    ceiling.push_back(per_second(comparison.ceiling, comparison.cost));
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
