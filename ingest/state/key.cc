#include "ingest/state/key.h"

namespace circuit::state {
namespace {

constexpr size_t kLengthBytes = 4;
constexpr size_t kIntegerBytes = 8;
constexpr uint64_t kSignBit = uint64_t{1} << 63;

void append_big_endian(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = bytes; i-- > 0;) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

} // namespace

Key& Key::add(std::string_view part) & {
  append_big_endian(bytes_, part.size(), kLengthBytes);
  bytes_.append(part);
  return *this;
}

Key& Key::add(int64_t part) & {
  append_big_endian(bytes_, static_cast<uint64_t>(part) ^ kSignBit, kIntegerBytes);
  return *this;
}

std::optional<std::string_view> KeyReader::string() {
  if (rest_.size() < kLengthBytes) return std::nullopt;
  const uint64_t length = big_endian(rest_.substr(0, kLengthBytes));
  if (rest_.size() - kLengthBytes < length) return std::nullopt;
  const auto part = rest_.substr(kLengthBytes, length);
  rest_.remove_prefix(kLengthBytes + length);
  return part;
}

std::optional<int64_t> KeyReader::integer() {
  if (rest_.size() < kIntegerBytes) return std::nullopt;
  const uint64_t value = big_endian(rest_.substr(0, kIntegerBytes)) ^ kSignBit;
  rest_.remove_prefix(kIntegerBytes);
  return static_cast<int64_t>(value);
}

} // namespace circuit::state
