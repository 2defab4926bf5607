#include "ingest/credentials/jwt.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <climits>

#include "ingest/credentials/web_encoding.h"

namespace circuit::credentials {
namespace {

constexpr int kFewestBits = 2048;

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct DigestDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

// Without it, OpenSSL would ask for one on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Bio reader_of(std::string_view pem) {
  if (pem.size() > INT_MAX) return nullptr;
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

} // namespace

PrivateKey rsa_key_in(std::string_view pem) {
  const Bio bio = reader_of(pem);
  PrivateKey key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key.get()) < kFewestBits)
    return nullptr;
  return key;
}

Certificate certificate_in(std::string_view pem) {
  const Bio bio = reader_of(pem);
  Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  return certificate;
}

bool belongs_to(const Certificate& certificate, const PrivateKey& key) {
  const bool same = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return same;
}

std::string thumbprint(const Certificate& certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), digest, &size) != 1) return "";
  return base64url({reinterpret_cast<const char*>(digest), size});
}

std::optional<std::string> signed_jwt(std::string_view header, std::string_view claims, const PrivateKey& key,
                                      JwtAlgorithm algorithm) {
  std::string token = base64url(header) + '.' + base64url(claims);
  const std::unique_ptr<EVP_MD_CTX, DigestDeleter> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr; // the context's
  bool good =
      context && EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, key.get()) == 1;
  if (good && algorithm == JwtAlgorithm::kPs256) {
    good = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(token.data());
  size_t size = 0;
  good = good && EVP_DigestSign(context.get(), nullptr, &size, bytes, token.size()) == 1;
  std::string signature(size, '\0');
  good = good && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                bytes, token.size()) == 1;
  ERR_clear_error();
  if (!good) return std::nullopt;
  signature.resize(size);
  return token + '.' + base64url(signature);
}

} // namespace circuit::credentials
