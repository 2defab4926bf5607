#include "feeds/azure_blob/crc64.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include <openssl/evp.h>

namespace circuit::feeds::azure_blob {
namespace {

constexpr uint64_t kReflectedPolynomial = 0x9A6C9329AC4BC9B5;
constexpr size_t kAtATime = 8;

using Table = std::array<uint64_t, 256>;

// Table n: what a byte adds that has n more behind it.
constexpr std::array<Table, kAtATime> make_tables() {
  std::array<Table, kAtATime> tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kReflectedPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (size_t n = 1; n < kAtATime; ++n) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t before = tables[n - 1][byte];
      tables[n][byte] = before >> 8 ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr std::array<Table, kAtATime> kTables = make_tables();
static_assert(std::endian::native == std::endian::little, "words are read as they are in memory");

uint64_t crc64(std::string_view bytes) {
  uint64_t crc = ~uint64_t{0};
  for (; bytes.size() >= kAtATime; bytes.remove_prefix(kAtATime)) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data(), kAtATime);
    word ^= crc;
    crc = 0;
    for (size_t i = 0; i < kAtATime; ++i) crc ^= kTables[kAtATime - 1 - i][word >> (8 * i) & 0xFF];
  }
  for (const char c : bytes) crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

} // namespace

std::string crc64_base64(std::string_view bytes) {
  const uint64_t crc = crc64(bytes);
  unsigned char raw[sizeof crc];
  std::memcpy(raw, &crc, sizeof crc);
  unsigned char out[16];
  const int size = EVP_EncodeBlock(out, raw, sizeof raw);
  return {reinterpret_cast<const char*>(out), static_cast<size_t>(size)};
}

} // namespace circuit::feeds::azure_blob
