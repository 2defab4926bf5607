#pragma once
// The file that stands in a Git repository for one that Git LFS keeps elsewhere
// (git-lfs: docs/spec.md, "The Pointer"). Pure function; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace circuit::text {

// Its first line.
inline constexpr std::string_view kLfsPointerVersion = "version https://git-lfs.github.com/spec/v1";

struct LfsPointer {
  std::string sha256; // lower-case hex
  int64_t size_bytes = 0;
};

// Nothing where `bytes` are no pointer: they are less than 1024, begin with "version
// https://git-lfs.github.com/spec/v1", and name an object by SHA-256 and its size.
std::optional<LfsPointer> read_lfs_pointer(std::string_view bytes);

} // namespace circuit::text
