#include "feeds/rss/digest.h"

#include <cstdint>
#include <cstring>

namespace circuit::feeds::rss {
namespace {

constexpr size_t kFingerprintBytes = 16;

} // namespace

Digest& Digest::add(std::string_view part) {
  const uint64_t size = part.size();
  gather({reinterpret_cast<const char*>(&size), sizeof size});
  gather(part);
  return *this;
}

void Digest::gather(std::string_view bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > short_parts_.size() - gathered_) {
    hash_.add({short_parts_.data(), gathered_});
    gathered_ = 0;
    if (bytes.size() > short_parts_.size()) return hash_.add(bytes);
  }
  std::memcpy(short_parts_.data() + gathered_, bytes.data(), bytes.size());
  gathered_ += bytes.size();
}

std::string Digest::hex() {
  hash_.add({short_parts_.data(), gathered_});
  gathered_ = 0;
  return to_hex(hash_.finish().substr(0, kFingerprintBytes));
}

} // namespace circuit::feeds::rss
