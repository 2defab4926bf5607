#include "feeds/rss/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <new>

#include "ingest/runtime/digest.h"

namespace circuit::feeds::rss {
namespace {

constexpr size_t kFingerprintBytes = 16;

// OpenSSL fails here only when it has no memory.
void require(int ok) {
  if (ok != 1) throw std::bad_alloc();
}

} // namespace

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr));
}

Digest::~Digest() { EVP_MD_CTX_free(context_); }

Digest& Digest::add(std::string_view part) {
  const uint64_t size = part.size();
  require(EVP_DigestUpdate(context_, &size, sizeof size));
  require(EVP_DigestUpdate(context_, part.data(), part.size()));
  return *this;
}

std::string Digest::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  require(EVP_DigestFinal_ex(context_, bytes.data(), nullptr));
  return to_hex({reinterpret_cast<const char*>(bytes.data()), kFingerprintBytes});
}

} // namespace circuit::feeds::rss
