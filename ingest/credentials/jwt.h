#pragma once
// Signed JWTs (RFC 7515, 7519) of the two kinds that authorization servers ask of a client. Private to this
// folder. Pure; any thread.

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/credentials/secret.h"

namespace circuit::credentials {

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Certificate = std::unique_ptr<X509, CertificateDeleter>;

// The first of its kind in a PEM text, never with a passphrase, which nobody could be asked for. Null: there
// is none, or, for a key, it is not RSA of at least 2048 bits.
PrivateKey rsa_key_in(std::string_view pem);
Certificate certificate_in(std::string_view pem);
bool belongs_to(const Certificate& certificate, const PrivateKey& key);
// SHA-256 of its DER, as x5t#S256 has it. Empty: OpenSSL failed.
std::string thumbprint(const Certificate& certificate);

enum class JwtAlgorithm {
  kRs256, // PKCS #1 v1.5
  kPs256, // PSS, with a salt as long as the digest
};
// "header.claims.signature" of two JSON objects. nullopt: OpenSSL failed.
std::optional<std::string> signed_jwt(std::string_view header, std::string_view claims, const PrivateKey& key,
                                      JwtAlgorithm algorithm);

} // namespace circuit::credentials
