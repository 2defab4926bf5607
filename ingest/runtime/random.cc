#include "ingest/runtime/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace circuit {

uint64_t Random::next() {
  uint64_t value = 0;
  fill(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

uint64_t Random::below(uint64_t bound) {
  // Rejection keeps it uniform for every bound.
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t value = next();
  while (value >= limit) value = next();
  return value % bound;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::string Random::id() {
  static constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string out(26, '0');
  fill(std::as_writable_bytes(std::span(out)));
  for (char& c : out) c = kAlphabet[static_cast<unsigned char>(c) & 31];
  return out;
}

namespace {

void ask_openssl(std::span<std::byte> out) {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) != 1)
    std::abort();
}

} // namespace

SystemRandom::~SystemRandom() { OPENSSL_cleanse(ahead_.data(), ahead_.size()); }

void SystemRandom::fill(std::span<std::byte> out) {
  if (out.size() >= kKeyBytes) return ask_openssl(out);
  const std::lock_guard lock(mutex_);
  if (left_ < out.size()) {
    ask_openssl(ahead_);
    left_ = ahead_.size();
  }
  const auto given = std::span(ahead_).last(left_).first(out.size());
  std::copy(given.begin(), given.end(), out.begin());
  OPENSSL_cleanse(given.data(), given.size());
  left_ -= out.size();
}

void SeededRandom::fill(std::span<std::byte> out) {
  // SplitMix64: tiny, and every seed is a good one.
  size_t at = 0;
  while (at < out.size()) {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    const size_t count = std::min(out.size() - at, sizeof z);
    std::memcpy(out.data() + at, &z, count);
    at += count;
  }
}

} // namespace circuit
