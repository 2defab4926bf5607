#pragma once
// A key pair with a certificate, made when the test runs, and what a receiver of its JWTs does with them.

#include <openssl/evp.h>

#include <boost/json/object.hpp>
#include <memory>
#include <string>

namespace circuit::credentials {

class TestKey {
 public:
  explicit TestKey(unsigned bits = 2048);

  const std::string& key_pem() const { return key_pem_; } // PKCS #8
  const std::string& certificate_pem() const { return certificate_pem_; }
  const std::string& certificate_der() const { return certificate_der_; }
  // Whether the signature is this key's, with PSS or with PKCS #1 v1.5 padding.
  bool signed_it(const std::string& jwt, bool pss) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::string key_pem_, certificate_pem_, certificate_der_;
};

boost::json::object jwt_header(const std::string& jwt);
boost::json::object jwt_claims(const std::string& jwt);

} // namespace circuit::credentials
