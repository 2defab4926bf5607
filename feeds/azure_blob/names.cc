#include "feeds/azure_blob/names.h"

#include <algorithm>

#include "ingest/text/percent.h"

namespace circuit::feeds::azure_blob {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

} // namespace

bool is_container_name(std::string_view name) {
  if (name == "$root" || name == "$web" || name == "$logs") return true;
  if (name.size() < 3 || name.size() > 63) return false;
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
  return name.find("--") == std::string_view::npos &&
         std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

std::string path_of(std::string_view blob) { return text::percent_encoded(blob, "/"); }

bool has_dot_segment(std::string_view blob) {
  for (;;) {
    const size_t end = std::min(blob.find('/'), blob.size());
    const std::string_view part = blob.substr(0, end);
    if (part == "." || part == "..") return true;
    if (end == blob.size()) return false;
    blob.remove_prefix(end + 1);
  }
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

} // namespace circuit::feeds::azure_blob
