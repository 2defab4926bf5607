#include "ingest/text/lfs_pointer.h"

#include <algorithm>
#include <charconv>

namespace circuit::text {
namespace {

constexpr size_t kPointerBytes = 1024;
constexpr size_t kHashDigits = 64;

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

} // namespace

std::optional<LfsPointer> read_lfs_pointer(std::string_view bytes) {
  const bool begins =
      bytes.starts_with(kLfsPointerVersion) && bytes.substr(kLfsPointerVersion.size(), 1) == "\n";
  if (bytes.size() >= kPointerBytes || !begins) return std::nullopt;
  LfsPointer pointer;
  bool has_size = false;
  for (std::string_view rest = bytes.substr(kLfsPointerVersion.size() + 1); !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with("oid sha256:")) {
      line.remove_prefix(11);
      if (!is_hash(line)) return std::nullopt;
      pointer.sha256 = line;
    } else if (line.starts_with("size ")) {
      line.remove_prefix(5);
      const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), pointer.size_bytes);
      has_size = problem == std::errc() && end == line.data() + line.size() && pointer.size_bytes >= 0;
      if (!has_size) return std::nullopt;
    }
  }
  if (pointer.sha256.empty() || !has_size) return std::nullopt;
  return pointer;
}

} // namespace circuit::text
