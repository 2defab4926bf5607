#include "tests/bench/ratio.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace circuit::bench {
namespace {

double per_second(const std::function<double()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const double amount = work();
  return amount / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
    ours.push_back(per_second(comparison.ours));
    ceiling.push_back(per_second(comparison.ceiling));
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
