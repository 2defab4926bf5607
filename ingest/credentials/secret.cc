#include "ingest/credentials/secret.h"

#include <openssl/crypto.h>

#include <cstring>
#include <new>
#include <utility>

namespace circuit::credentials {
namespace {

// Some hundred credentials that are in use at the same time; below what an unprivileged process may lock on
// every current system.
constexpr size_t kSecureHeapBytes = 512 << 10;
constexpr size_t kSecureBlockBytes = 32;

char* allocate(size_t size) {
  if (size == 0) return nullptr;
  void* memory = OPENSSL_secure_zalloc(size); // the ordinary heap where none was reserved
  if (memory == nullptr) memory = OPENSSL_zalloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<char*>(memory);
}

} // namespace

Secret::Secret(std::string_view bytes) : data_(allocate(bytes.size())), size_(bytes.size()) {
  if (size_ > 0) std::memcpy(data_, bytes.data(), size_);
}

Secret Secret::take(std::string&& bytes) {
  Secret secret(bytes);
  credentials::wipe(bytes);
  return secret;
}

Secret Secret::of_size(size_t size) {
  Secret secret;
  secret.data_ = allocate(size);
  secret.size_ = size;
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { wipe(); }

Secret Secret::copy() const { return Secret(reveal()); }

void Secret::wipe() {
  // Overwrites it, whichever heap it is from.
  OPENSSL_secure_clear_free(std::exchange(data_, nullptr), std::exchange(size_, 0));
}

bool equal(const Secret& a, const Secret& b) {
  return a.size_ == b.size_ && (a.size_ == 0 || CRYPTO_memcmp(a.data_, b.data_, a.size_) == 0);
}

bool reserve_secret_memory() {
  if (CRYPTO_secure_malloc_initialized() == 1) return true;
  return CRYPTO_secure_malloc_init(kSecureHeapBytes, kSecureBlockBytes) == 1;
}

void wipe(std::string& bytes) {
  // Also what a longer content left behind.
  bytes.resize(bytes.capacity());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

const Secret* Credential::find(std::string_view name) const {
  const auto found = secrets.find(name);
  return found == secrets.end() ? nullptr : &found->second;
}

std::string_view Credential::attribute(std::string_view name) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

Credential Credential::copy() const {
  Credential copied;
  for (const auto& [name, secret] : secrets) copied.secrets.emplace(name, secret.copy());
  copied.attributes = attributes;
  return copied;
}

} // namespace circuit::credentials
