#include "config/units.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace circuit::config {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr std::array<Unit, 6> kDurationUnits = {{{"d", 86'400'000'000},
                                                 {"h", 3'600'000'000},
                                                 {"m", 60'000'000},
                                                 {"s", 1'000'000},
                                                 {"ms", 1'000},
                                                 {"us", 1}}};
constexpr std::array<Unit, 9> kByteUnits = {{{"TiB", 1ull << 40},
                                             {"GiB", 1ull << 30},
                                             {"MiB", 1ull << 20},
                                             {"KiB", 1ull << 10},
                                             {"B", 1},
                                             {"TB", 1'000'000'000'000},
                                             {"GB", 1'000'000'000},
                                             {"MB", 1'000'000},
                                             {"kB", 1'000}}};

// A number and the letters after it, taken off the front; nullopt where there is no number or it does not
// fit.
std::optional<std::pair<uint64_t, std::string_view>> take_quantity(std::string_view& text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  size_t letters = 0;
  while (letters < text.size() && (text[letters] < '0' || text[letters] > '9')) ++letters;
  const auto unit = text.substr(0, letters);
  text.remove_prefix(letters);
  return std::pair(number, unit);
}

template <size_t N>
const Unit* find_unit(const std::array<Unit, N>& units, std::string_view name) {
  for (const auto& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// nullopt where it exceeds what a signed count of microseconds or bytes can hold.
std::optional<uint64_t> multiply(uint64_t number, uint64_t factor) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (number > kMax / factor) return std::nullopt;
  return number * factor;
}

Error malformed_duration(std::string_view text) {
  return make_error(ErrorClass::kInvalid, "DURATION_MALFORMED", "'" + std::string(text) + "' is no duration",
                    "Write whole numbers with units, such as 500ms, 30s, 5m, 1h30m or 2d.");
}

Error malformed_bytes(std::string_view text) {
  return make_error(ErrorClass::kInvalid, "SIZE_MALFORMED", "'" + std::string(text) + "' is no size",
                    "Write a whole number with a unit, such as 512KiB, 64MiB or 1GiB.");
}

} // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  uint64_t total = 0;
  uint64_t smallest = std::numeric_limits<uint64_t>::max();
  do {
    const auto quantity = take_quantity(rest);
    const Unit* unit = quantity ? find_unit(kDurationUnits, quantity->second) : nullptr;
    if (unit == nullptr || unit->factor >= smallest) return malformed_duration(text);
    const auto part = multiply(quantity->first, unit->factor);
    if (!part || *part > std::numeric_limits<int64_t>::max() - total) return malformed_duration(text);
    total += *part;
    smallest = unit->factor;
  } while (!rest.empty());
  return Duration(static_cast<int64_t>(total));
}

Result<uint64_t> parse_bytes(std::string_view text) {
  std::string_view rest = text;
  const auto quantity = take_quantity(rest);
  const Unit* unit = quantity && rest.empty() ? find_unit(kByteUnits, quantity->second) : nullptr;
  const auto bytes = unit != nullptr ? multiply(quantity->first, unit->factor) : std::nullopt;
  if (!bytes) return malformed_bytes(text);
  return *bytes;
}

std::string format_duration(Duration duration) {
  const auto count = static_cast<uint64_t>(duration.count());
  if (count == 0) return "0s";
  for (const auto& unit : kDurationUnits) {
    // "24h" and "90s" read better than "1d" and "1m30s".
    if (count % unit.factor == 0 && (unit.name != "d" || count / unit.factor > 2)) {
      return std::to_string(count / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(count) + "us";
}

std::string format_bytes(uint64_t bytes) {
  if (bytes == 0) return "0B";
  for (const auto& unit : kByteUnits) {
    if (bytes % unit.factor == 0) return std::to_string(bytes / unit.factor) + std::string(unit.name);
  }
  return std::to_string(bytes) + "B";
}

} // namespace circuit::config
