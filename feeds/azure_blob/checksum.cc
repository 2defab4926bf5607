#include "feeds/azure_blob/checksum.h"

#include <openssl/evp.h>

#include <new>

namespace circuit::feeds::azure_blob {

struct Md5::Context {
  EVP_MD_CTX* evp;
};

void Md5::Free::operator()(Context* context) const {
  EVP_MD_CTX_free(context->evp);
  delete context;
}

namespace {

// Looking the algorithm up among OpenSSL's providers takes as long as the sum of a KiB.
const EVP_MD* md5_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return algorithm;
}

} // namespace

Md5::Md5() : context_(new Context{EVP_MD_CTX_new()}) {
  if (context_->evp == nullptr || EVP_DigestInit_ex(context_->evp, md5_algorithm(), nullptr) != 1)
    throw std::bad_alloc();
}

void Md5::add(std::string_view bytes) { EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()); }

std::string Md5::finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_->evp, digest, &size);
  unsigned char out[4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1];
  const int length = EVP_EncodeBlock(out, digest, static_cast<int>(size));
  return {reinterpret_cast<const char*>(out), static_cast<size_t>(length)};
}

std::string md5_base64(std::string_view bytes) {
  Md5 md5;
  md5.add(bytes);
  return md5.finish();
}

} // namespace circuit::feeds::azure_blob
