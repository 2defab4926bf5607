#include "feeds/azure_blob/names.h"

#include <algorithm>

namespace circuit::feeds::azure_blob {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_unreserved(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string encoded(std::string_view text, bool with_slashes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && with_slashes)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

} // namespace

bool is_container_name(std::string_view name) {
  if (name == "$root" || name == "$web" || name == "$logs") return true;
  if (name.size() < 3 || name.size() > 63) return false;
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
  return name.find("--") == std::string_view::npos &&
         std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

std::string path_of(std::string_view blob) { return encoded(blob, true); }

std::string query_value(std::string_view text) { return encoded(text, false); }

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

bool has_dot_segment(std::string_view blob) {
  for (;;) {
    const size_t end = std::min(blob.find('/'), blob.size());
    const std::string_view part = blob.substr(0, end);
    if (part == "." || part == "..") return true;
    if (end == blob.size()) return false;
    blob.remove_prefix(end + 1);
  }
}

} // namespace circuit::feeds::azure_blob
