#pragma once
// Certificates made when the test runs, valid for an hour.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace circuit::sinks::testing {

// A certificate authority, or a certificate of one. Written as PEM files.
class Certificate {
 public:
  // Signed by itself without an issuer. `alternative_name`: "DNS:receiver.test", or empty for an authority.
  Certificate(const std::string& common_name, const std::string& alternative_name,
              const Certificate* issuer) {
    key_.reset(EVP_EC_gen("P-256"));
    static long serial = 1;
    X509* x = cert_.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer->cert_.get() : x));
    if (alternative_name.empty()) {
      extend(NID_basic_constraints, "critical,CA:TRUE");
    } else {
      extend(NID_subject_alt_name, alternative_name);
    }
    X509_sign(x, issuer != nullptr ? issuer->key_.get() : key_.get(), EVP_sha256());
  }

  void write(const std::string& cert_path, const std::string& key_path) const {
    const std::unique_ptr<FILE, int (*)(FILE*)> cert(std::fopen(cert_path.c_str(), "w"), &std::fclose);
    PEM_write_X509(cert.get(), cert_.get());
    const std::unique_ptr<FILE, int (*)(FILE*)> key(std::fopen(key_path.c_str(), "w"), &std::fclose);
    PEM_write_PrivateKey(key.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }

 private:
  void extend(int nid, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    X509_add_ext(cert_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  struct Free {
    void operator()(X509* x) const { X509_free(x); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  std::unique_ptr<X509, Free> cert_{X509_new()};
  std::unique_ptr<EVP_PKEY, Free> key_;
};

} // namespace circuit::sinks::testing
