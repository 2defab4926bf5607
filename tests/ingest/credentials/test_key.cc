#include "tests/ingest/credentials/test_key.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <boost/json/parse.hpp>

#include "tests/ingest/credentials/oauth_world.h"

namespace circuit::credentials {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string content(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<size_t>(size)};
}

std::string part(const std::string& jwt, size_t number) {
  size_t begin = 0;
  for (size_t i = 0; i < number; ++i) begin = jwt.find('.', begin) + 1;
  return jwt.substr(begin, jwt.find('.', begin) - begin);
}

} // namespace

TestKey::TestKey(unsigned bits) : key_(EVP_RSA_gen(bits), EVP_PKEY_free) {
  const Bio key_out(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(key_out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr),
            1);
  key_pem_ = content(key_out.get());

  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key_.get());
  EXPECT_GT(X509_sign(certificate.get(), key_.get(), EVP_sha256()), 0);
  const Bio certificate_out(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(PEM_write_bio_X509(certificate_out.get(), certificate.get()), 1);
  certificate_pem_ = content(certificate_out.get());
  const Bio der_out(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(i2d_X509_bio(der_out.get(), certificate.get()), 1);
  certificate_der_ = content(der_out.get());
}

bool TestKey::signed_it(const std::string& jwt, bool pss) const {
  const std::string signature = base64_decoded(part(jwt, 2), true);
  const std::string text = jwt.substr(0, jwt.rfind('.'));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  EXPECT_EQ(EVP_DigestVerifyInit(context.get(), &parameters, EVP_sha256(), nullptr, key_.get()), 1);
  if (pss) {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

boost::json::object jwt_header(const std::string& jwt) {
  return boost::json::parse(base64_decoded(part(jwt, 0), true)).as_object();
}

boost::json::object jwt_claims(const std::string& jwt) {
  return boost::json::parse(base64_decoded(part(jwt, 1), true)).as_object();
}

} // namespace circuit::credentials
