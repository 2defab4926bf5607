#include "config/setting_kinds.h"

#include <charconv>
#include <cmath>

#include "config/suggest.h"
#include "config/units.h"

namespace circuit::config {
namespace {

Error malformed(std::string_view text, const std::string& expected) {
  return make_error(ErrorClass::kInvalid, "SETTING_MALFORMED",
                    "'" + std::string(text.substr(0, 200)) + "' is not " + expected,
                    "Write " + expected + ".");
}

Error out_of_range(std::string_view text, const std::string& min, const std::string& max) {
  return make_error(ErrorClass::kInvalid, "SETTING_OUT_OF_RANGE",
                    std::string(text.substr(0, 200)) + " is out of range",
                    "Use a value from " + min + " to " + max + ".");
}

} // namespace

Result<uint64_t> read_count(std::string_view text, uint64_t min, uint64_t max) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size() && !text.empty();
  if (error == std::errc::result_out_of_range && whole) {
    return out_of_range(text, std::to_string(min), std::to_string(max));
  }
  if (error != std::errc() || !whole) return malformed(text, "a whole number");
  if (value < min || value > max) return out_of_range(text, std::to_string(min), std::to_string(max));
  return value;
}

Result<uint64_t> read_bytes(std::string_view text, uint64_t min, uint64_t max) {
  auto value = parse_bytes(text);
  if (!value) return std::move(value).error();
  if (*value < min || *value > max) return out_of_range(text, format_bytes(min), format_bytes(max));
  return value;
}

Result<Duration> read_duration(std::string_view text, Duration min, Duration max) {
  auto value = parse_duration(text);
  if (!value) return std::move(value).error();
  if (*value < min || *value > max) return out_of_range(text, format_duration(min), format_duration(max));
  return value;
}

Result<double> read_share(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return malformed(text, "a share such as 0.3");
  if (!(value > 0 && value <= 1)) return out_of_range(text, "just above 0", "1");
  return value;
}

Result<bool> read_switch(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return malformed(text, "true or false");
}

Result<std::string> read_choice(std::string_view text, const std::vector<std::string>& choices) {
  for (const auto& choice : choices) {
    if (text == choice) return choice;
  }
  Error error = malformed(text, "one of " + join_choices(choices));
  error.next_step += did_you_mean(text, choices);
  return error;
}

Result<std::string> read_text(std::string_view text) {
  constexpr size_t kLongest = 4096;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      return malformed(text, "one line of text without control characters");
  }
  if (text.size() > kLongest) return malformed(text, "at most 4096 characters");
  return std::string(text);
}

std::string print_share(double share) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, share);
  return error == std::errc() ? std::string(buffer, end) : std::to_string(share);
}

std::string join_choices(const std::vector<std::string>& choices) {
  std::string joined;
  for (size_t i = 0; i < choices.size(); ++i) {
    if (i != 0) joined += i + 1 == choices.size() ? " or " : ", ";
    joined += choices[i];
  }
  return joined;
}

} // namespace circuit::config
