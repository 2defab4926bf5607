#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/ingest/http/curl_world.h"

namespace circuit::http {
namespace {

using ::testing::HasSubstr;

struct CurlTls : ::testing::Test {
  std::string ca_file = ::testing::TempDir() + "/ca-" + std::to_string(::getpid()) + ".pem";
  ~CurlTls() override { std::filesystem::remove(ca_file); }

  // A world that trusts this certificate.
  std::unique_ptr<CurlWorld> trusting(const TestCertificate& certificate) {
    std::ofstream(ca_file) << certificate.certificate_pem;
    TransportOptions options = CurlWorld::no_proxy();
    options.ca_file = ca_file;
    return std::make_unique<CurlWorld>(options);
  }
  static void serve(TestServer& server) {
    server.on("/", [](TestServer::Exchange& exchange) { exchange.respond(200, "safe"); });
  }
};

TEST_F(CurlTls, ATrustedCertificateIsAccepted) {
  const TestCertificate certificate = make_certificate();
  TestServer server(certificate);
  serve(server);
  const auto world = trusting(certificate);
  for (int i = 0; i < 10; ++i) {
    auto& sent = world->send(CurlWorld::get(server.url()));
    ASSERT_EQ(sent.status(), 200) << sent.error().message;
    EXPECT_EQ(sent.response().body, "safe");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlTls, AnUnknownIssuerIsExplained) {
  TestServer server(make_certificate());
  serve(server);
  CurlWorld world;
  auto& sent = world.send(CurlWorld::get(server.url()));
  EXPECT_EQ(sent.reason(), "TLS_CERTIFICATE_INVALID");
  EXPECT_EQ(sent.error().cls, ErrorClass::kInvalid);
  EXPECT_EQ(sent.error().metadata.at("certificate"), "UNKNOWN_ISSUER");
  EXPECT_THAT(sent.error().next_step, HasSubstr("ca_file"));
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(CurlTls, AnExpiredCertificateIsExplained) {
  const TestCertificate certificate = make_certificate({.valid_from_days = -30, .valid_until_days = -1});
  TestServer server(certificate);
  serve(server);
  const auto world = trusting(certificate);
  auto& sent = world->send(CurlWorld::get(server.url()));
  EXPECT_EQ(sent.reason(), "TLS_CERTIFICATE_INVALID");
  EXPECT_EQ(sent.error().metadata.at("certificate"), "EXPIRED");
  EXPECT_THAT(sent.error().message, HasSubstr("expired"));
}

TEST_F(CurlTls, ACertificateOfTheFutureIsExplained) {
  const TestCertificate certificate = make_certificate({.valid_from_days = 5, .valid_until_days = 30});
  TestServer server(certificate);
  serve(server);
  const auto world = trusting(certificate);
  auto& sent = world->send(CurlWorld::get(server.url()));
  EXPECT_EQ(sent.error().metadata.at("certificate"), "NOT_YET_VALID");
}

TEST_F(CurlTls, ACertificateForAnotherHostIsExplained) {
  const TestCertificate certificate = make_certificate({.subject_alternative = "DNS:other.example"});
  TestServer server(certificate);
  serve(server);
  const auto world = trusting(certificate);
  auto& sent = world->send(CurlWorld::get(server.url()));
  EXPECT_EQ(sent.reason(), "TLS_CERTIFICATE_INVALID");
  EXPECT_EQ(sent.error().metadata.at("certificate"), "WRONG_HOST");
}

TEST_F(CurlTls, AServerThatSpeaksNoTlsFailsTheHandshake) {
  TestServer server;
  server.greet("220 mail.example ESMTP\r\n");
  CurlWorld world;
  auto& sent = world.send(CurlWorld::get("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
  EXPECT_EQ(sent.reason(), "TLS_HANDSHAKE_FAILED") << sent.error().message;
  EXPECT_EQ(sent.error().cls, ErrorClass::kTransient);
}

} // namespace
} // namespace circuit::http
