#include "feeds/github/object_id.h"

#include <openssl/evp.h>

#include <array>
#include <new>

#include "ingest/runtime/digest.h"

namespace circuit::feeds::github {
namespace {

// OpenSSL fails here only when it has no memory.
void require(int ok) {
  if (ok != 1) throw std::bad_alloc();
}

} // namespace

struct BlobId::Context {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
};

void BlobId::Free::operator()(Context* context) const {
  EVP_MD_CTX_free(context->digest);
  delete context;
}

BlobId::BlobId(std::string_view like, uint64_t size_bytes) : context_(new Context) {
  constexpr size_t kSha256Digits = 64;
  const EVP_MD* kind = like.size() == kSha256Digits ? EVP_sha256() : EVP_sha1();
  require(context_->digest != nullptr && EVP_DigestInit_ex(context_->digest, kind, nullptr));
  std::string head = "blob " + std::to_string(size_bytes);
  head += '\0';
  add(head);
}

void BlobId::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size()));
}

std::string BlobId::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_->digest, bytes.data(), &size));
  return to_hex({reinterpret_cast<const char*>(bytes.data()), size});
}

bool is_blob(std::string_view id, std::string_view bytes) {
  BlobId actual(id, bytes.size());
  actual.add(bytes);
  return actual.finish() == id;
}

} // namespace circuit::feeds::github
