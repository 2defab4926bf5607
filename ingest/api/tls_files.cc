#include "ingest/api/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>

namespace circuit::api {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr std::streamsize kMaxFileBytes = 4 << 20;

Error unreadable(const std::string& file, const std::string& cause) {
  return make_error(ErrorClass::kInvalid, "TLS_FILE_UNREADABLE", "Cannot read " + file + ": " + cause,
                    "Check the path and that this user may read it.")
      .with("file", file);
}

Error malformed(const std::string& file, const std::string& what) {
  return make_error(ErrorClass::kInvalid, "TLS_FILE_INVALID", file + " does not hold " + what,
                    "Give a PEM file; keys must not be protected by a passphrase.")
      .with("file", file);
}

Result<std::string> read_file(const std::string& file) {
  if (file.empty()) {
    return make_error(ErrorClass::kInvalid, "TLS_FILE_UNREADABLE",
                      "TLS needs both a certificate file and a key file, and one is not configured",
                      "Configure both, or neither.");
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return unreadable(file, std::system_category().message(errno));
  std::string bytes(kMaxFileBytes + 1, '\0');
  in.read(bytes.data(), kMaxFileBytes + 1);
  if (in.bad() || (in.fail() && !in.eof())) return unreadable(file, "it is not a regular file");
  if (in.gcount() > kMaxFileBytes) return unreadable(file, "it is larger than 4 MiB");
  bytes.resize(static_cast<size_t>(in.gcount()));
  return bytes;
}

Bio bio_over(const std::string& bytes) {
  return {BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), &BIO_free};
}

Certificate first_certificate(const std::string& pem) {
  const Bio bio = bio_over(pem);
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  ERR_clear_error();
  return certificate;
}

// Without a terminal to ask at: a protected key is one that cannot be read.
int no_passphrase(char*, int, int, void*) { return -1; }

Key private_key(const std::string& pem) {
  const Bio bio = bio_over(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr), &EVP_PKEY_free);
  ERR_clear_error();
  return key;
}

} // namespace

Result<std::string> read_certificates(const std::string& file) {
  Result<std::string> pem = read_file(file);
  if (pem && !first_certificate(*pem)) return malformed(file, "a certificate");
  return pem;
}

Result<Identity> read_identity(const std::string& certificate_file, const std::string& key_file) {
  Result<std::string> chain = read_certificates(certificate_file);
  if (!chain) return std::move(chain).error();
  Result<std::string> key_pem = read_file(key_file);
  if (!key_pem) return std::move(key_pem).error();
  const Key key = private_key(*key_pem);
  if (!key) return malformed(key_file, "a private key");
  const Certificate certificate = first_certificate(*chain);
  const bool matches = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!matches) {
    return make_error(
               ErrorClass::kInvalid, "TLS_KEY_MISMATCH",
               "The key in " + key_file + " is not that of the first certificate in " + certificate_file,
               "Give the key that the certificate was issued for, and put that certificate first.")
        .with("certificate_file", certificate_file)
        .with("key_file", key_file);
  }
  return Identity{std::move(*chain), std::move(*key_pem)};
}

} // namespace circuit::api
