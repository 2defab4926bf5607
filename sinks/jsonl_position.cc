#include "sinks/jsonl_position.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace circuit::sinks {
namespace {

constexpr std::string_view kFormat = "jsonl/1";

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<uint64_t> take_number(std::string_view& text) {
  uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

} // namespace

std::string format_position(const JsonlPosition& position) {
  return std::string(kFormat) + " generation=" + std::to_string(position.generation) +
         " offset=" + std::to_string(position.offset);
}

Result<JsonlPosition> parse_position(const std::string& text) {
  std::string_view rest = text;
  if (take(rest, kFormat) && take(rest, " generation=")) {
    const auto generation = take_number(rest);
    if (generation && *generation > 0 && take(rest, " offset=")) {
      const auto offset = take_number(rest);
      if (offset && rest.empty()) return JsonlPosition{*generation, *offset};
    }
  }
  return make_error(
      ErrorClass::kCorrupt, "SINK_POSITION_UNREADABLE",
      "the stored position of a file sink is not in a format that this version reads",
      "Run the version that wrote the data directory, or name another path for the sink and sync with "
      "RESEND");
}

} // namespace circuit::sinks
