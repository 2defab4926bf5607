#pragma once
// Scans that look at sixteen bytes at a time. What stops a scan is written once, for a block and for a byte
// alike: comparisons that are joined by | and &.
//
//   constexpr auto kNeedsEscape = [](auto b) { return (b < 0x20) | (b == '"') | (b == '\\'); };
//   size_t at = find_byte(text, 0, kNeedsEscape);
//
// Worth it where members are rare; where every word ends the scan, a table is faster (ascii.h, find_in_set).
// Pure; any thread.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace circuit::text {

using ByteBlock = uint8_t __attribute__((vector_size(16)));
constexpr size_t kByteBlock = sizeof(ByteBlock);

inline ByteBlock load_block(const char* bytes) {
  ByteBlock block;
  std::memcpy(&block, bytes, kByteBlock);
  return block;
}

// `mask`: what comparisons of blocks make, all ones in each byte that fits. The index of the first, or
// kByteBlock.
template <class Mask>
size_t first_set(const Mask& mask) {
  static_assert(sizeof(Mask) == kByteBlock && std::endian::native == std::endian::little);
  uint64_t halves[2];
  std::memcpy(halves, &mask, sizeof halves);
  if (halves[0] != 0) return static_cast<size_t>(std::countr_zero(halves[0])) / 8;
  if (halves[1] != 0) return sizeof halves[0] + static_cast<size_t>(std::countr_zero(halves[1])) / 8;
  return kByteBlock;
}

// Where the first byte from `from` on is for which `stops` holds, or the end of `text`.
template <class Stops>
size_t find_byte(std::string_view text, size_t from, Stops stops) {
  size_t at = from;
  for (; at + kByteBlock <= text.size(); at += kByteBlock) {
    const size_t found = first_set(stops(load_block(text.data() + at)));
    if (found < kByteBlock) return at + found;
  }
  while (at < text.size() && !stops(static_cast<uint8_t>(text[at]))) ++at;
  return at;
}

} // namespace circuit::text
