#pragma once
// Certificates made while a test runs: self-signed, for 127.0.0.1 or another name, valid or not.

#include <string>

namespace circuit::http {

struct TestCertificate {
  std::string certificate_pem;
  std::string key_pem;
};

struct CertificateWish {
  std::string subject_alternative = "IP:127.0.0.1,DNS:localhost"; // as OpenSSL writes it
  int valid_from_days = -1;                                       // from now
  int valid_until_days = 1;
};

TestCertificate make_certificate(const CertificateWish& wish = {});

} // namespace circuit::http
