#include "config/suggest.h"

#include <algorithm>
#include <vector>

namespace circuit::config {

size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the optimal string alignment table: the row before the last allows swaps.
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> candidates) {
  // What is longer than any name is no slip of the finger, and would cost its square.
  constexpr size_t kLongestTyped = 100;
  if (typed.size() > kLongestTyped) return std::nullopt;
  const size_t bound = std::max<size_t>(1, typed.size() / 3);
  const std::string* best = nullptr;
  size_t best_distance = bound + 1;
  for (const auto& candidate : candidates) {
    const bool begun = typed.size() >= 3 && candidate.starts_with(typed);
    const size_t distance = begun ? 1 : edit_distance(typed, candidate);
    if (distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates) {
  const auto found = nearest(typed, candidates);
  return found ? " Did you mean " + *found + "?" : std::string();
}

} // namespace circuit::config
