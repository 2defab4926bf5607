#include "feeds/rss/base64.h"

#include <array>
#include <cstdint>

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

constexpr int8_t kInvalid = -1;

constexpr auto kDigits = [] {
  std::array<int8_t, 256> digits{};
  digits.fill(kInvalid);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < kAlphabet.size(); ++i)
    digits[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  return digits;
}();

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int count = 0;
  bool padded = false;
  for (const char c : text) {
    if (is_space(c)) continue;
    if (c == '=') {
      padded = true;
      continue;
    }
    const int8_t digit = kDigits[static_cast<uint8_t>(c)];
    if (digit == kInvalid || padded) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(digit);
    if (++count % 4 == 0) {
      bytes += static_cast<char>(bits >> 16);
      bytes += static_cast<char>(bits >> 8);
      bytes += static_cast<char>(bits);
    }
  }
  switch (count % 4) {
    case 1:
      return std::nullopt;
    case 2:
      bytes += static_cast<char>(bits >> 4);
      break;
    case 3:
      bytes += static_cast<char>(bits >> 10);
      bytes += static_cast<char>(bits >> 2);
      break;
    default:
      break;
  }
  return bytes;
}

} // namespace circuit::feeds::rss
