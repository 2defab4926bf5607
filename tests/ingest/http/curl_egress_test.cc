// Where a request that a user chose must not lead, judged on the connection itself.

#include <gmock/gmock.h>

#include "ingest/http/stack.h"
#include "tests/ingest/http/curl_world.h"

namespace circuit::http {
namespace {

using ::testing::HasSubstr;

struct CurlEgress : ::testing::Test, CurlWorld {
  TestServer server;
  std::string port = std::to_string(server.port());

  CurlEgress() {
    server.on("/", [](TestServer::Exchange& exchange) { exchange.respond(200, "inside"); });
  }
  Request chosen_by_a_user(const std::string& url) {
    Request request = get(url);
    request.address_policy = AddressPolicy::kPublicOnly;
    return request;
  }
};

TEST_F(CurlEgress, PrivateAddressesAreRefusedBeforeConnecting) {
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]",
                           "[::1]", "0.0.0.0", "[::]"}) {
    Sent& sent = send(chosen_by_a_user(std::string("http://") + host + ":" + port + "/"));
    EXPECT_EQ(sent.reason(), "ADDRESS_REFUSED") << host;
    EXPECT_EQ(sent.error().cls, ErrorClass::kPermission);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlEgress, TheMetadataServiceIsRefused) {
  Sent& sent = send(chosen_by_a_user("http://169.254.169.254/latest/meta-data"));
  EXPECT_EQ(sent.reason(), "ADDRESS_REFUSED");
  EXPECT_THAT(sent.error().message, HasSubstr("link-local"));
}

TEST_F(CurlEgress, AConnectionThatAnotherPolicyOpenedIsNotUsed) {
  ASSERT_EQ(send(get(server.url())).status(), 200);
  EXPECT_EQ(send(chosen_by_a_user(server.url())).reason(), "ADDRESS_REFUSED");
  EXPECT_EQ(server.requests(), 1);
  EXPECT_EQ(send(get(server.url())).status(), 200) << "the operator's own requests go on";
}

TEST_F(CurlEgress, HostsThatTheCatalogNamesMayBePrivate) {
  Request request = get(server.url());
  request.address_policy = AddressPolicy::kAnyAddress;
  request.allowed_hosts = host_list({"127.0.0.1"});
  EXPECT_EQ(send(std::move(request)).status(), 200);
}

TEST_F(CurlEgress, ARedirectOffTheCatalogsHostsIsRefused) {
  SystemRandom random;
  HttpStack stack(std::move(transport), loop.clock(), random, {});
  for (const char* target : {"http://169.254.169.254/latest/meta-data", "http://localhost/"}) {
    server.on("/", [=](TestServer::Exchange& exchange) {
      exchange.respond(302, "", "Location: " + std::string(target) + "\r\n");
    });
    Request request = get(server.url());
    request.max_redirects = 5;
    request.address_policy = AddressPolicy::kAnyAddress;
    request.allowed_hosts = host_list({"127.0.0.1"});
    EXPECT_EQ(send_through(stack, std::move(request)).reason(), "HOST_REFUSED") << target;
  }
}

} // namespace
} // namespace circuit::http
