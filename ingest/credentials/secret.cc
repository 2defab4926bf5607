#include "ingest/credentials/secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace circuit::credentials {

Secret::Secret(std::string_view bytes) : Secret(of_size(bytes.size())) {
  std::copy(bytes.begin(), bytes.end(), data_);
}

Secret Secret::take(std::string&& bytes) {
  Secret taken{std::string_view(bytes)};
  credentials::wipe(bytes);
  return taken;
}

Secret Secret::of_size(size_t size) {
  Secret secret;
  if (size == 0) return secret;
  secret.data_ = new char[size]();
  secret.size_ = size;
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  return *this;
}

Secret::~Secret() { wipe(); }

Secret Secret::copy() const { return Secret(reveal()); }

void Secret::wipe() {
  if (data_) OPENSSL_cleanse(data_, size_);
  delete[] data_;
  data_ = nullptr;
  size_ = 0;
}

bool equal(const Secret& a, const Secret& b) {
  return a.size_ == b.size_ && (a.size_ == 0 || CRYPTO_memcmp(a.data_, b.data_, a.size_) == 0);
}

void wipe(std::string& bytes) {
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
  Credential same;
  for (const auto& [name, secret] : secrets) same.secrets.emplace(name, secret.copy());
  same.attributes = attributes;
  return same;
}

} // namespace circuit::credentials
