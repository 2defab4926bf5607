#include "feeds/rss/place.h"

#include <charconv>
#include <cmath>

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kMostNumbers = 20'000;

// Separated by spaces, or commas as some write them.
std::vector<double> read_numbers(std::string_view text) {
  std::vector<double> numbers;
  size_t at = 0;
  while (at < text.size() && numbers.size() < kMostNumbers) {
    if (is_space(text[at]) || text[at] == ',' || text[at] == '+') {
      ++at;
      continue;
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number)) return {};
    numbers.push_back(number);
    at = static_cast<size_t>(end - text.data());
  }
  return numbers;
}

} // namespace

Place read_place(const Where& where) {
  Place place;
  const std::vector<double> numbers = read_numbers(where.coordinates);
  if (numbers.size() < 2 || numbers.size() % 2 != 0) return place;
  for (size_t i = 0; i < numbers.size(); i += 2) {
    if (std::abs(numbers[i]) > 90 || std::abs(numbers[i + 1]) > 360) return {};
    place.points.push_back({numbers[i], numbers[i + 1]});
  }
  if (where.shape == "line") {
    place.kind = "LineString";
  } else if (where.shape == "polygon") {
    place.kind = "Polygon";
  } else if (where.shape == "box" && place.points.size() == 2) {
    const auto [low, high] = std::pair(place.points[0], place.points[1]);
    place.points = {low, {high.latitude, low.longitude}, high, {low.latitude, high.longitude}, low};
    place.kind = "Polygon";
  } else {
    place.kind = "Point";
    place.points.resize(1);
  }
  return place;
}

} // namespace circuit::feeds::rss
