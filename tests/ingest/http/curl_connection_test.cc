// Connections: reuse, limits, timeouts, cancellation, and the ways in which there is none.

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/ingest/http/curl_world.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

struct CurlConnection : ::testing::Test, CurlWorld {
  TestServer server;

  CurlConnection() {
    server.on("/", [](TestServer::Exchange& exchange) { exchange.respond(200, "ok"); });
    server.on("/silent", [](TestServer::Exchange& exchange) {
      exchange.wait_for_close();
      exchange.close();
    });
  }
};

TEST_F(CurlConnection, IsUsedForOneRequestAfterAnother) {
  for (int i = 0; i < 50; ++i) ASSERT_EQ(send(get(server.url())).status(), 200);
  EXPECT_EQ(server.requests(), 50);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlConnection, IsNewForARequestThatMustNotBeSentTwice) {
  EXPECT_EQ(send(get(server.url())).status(), 200);
  Request post = get(server.url());
  post.method = "POST";
  post.idempotent = false;
  EXPECT_EQ(send(std::move(post)).status(), 200);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CurlConnection, ManyRequestsSideBySideAllEnd) {
  for (int i = 0; i < 500; ++i) start(get(server.url()));
  ASSERT_TRUE(wait_for([&] {
    return std::all_of(all_sent.begin(), all_sent.end(), [](const Sent& sent) { return sent.ended; });
  }));
  for (const Sent& sent : all_sent) ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_LE(server.connections(), 100) << "max_connections_per_host";
}

TEST_F(CurlConnection, ThatTheServerClosedIsReplaced) {
  server.on("/last", [](TestServer::Exchange& exchange) {
    exchange.respond(200, "ok"); // and closes without having said so
    exchange.close();
  });
  EXPECT_EQ(send(get(server.url("/last"))).status(), 200);
  wait(milliseconds(100));
  Sent& sent = send(get(server.url()));
  EXPECT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(CurlConnection, ThatIsClosedWithoutAnAnswerIsReset) {
  server.on("/", [](TestServer::Exchange& exchange) { exchange.close(); });
  EXPECT_EQ(send(get(server.url())).reason(), "CONNECTION_RESET");
  server.on("/", [](TestServer::Exchange& exchange) { exchange.reset(); });
  Sent& sent = send(get(server.url()));
  EXPECT_EQ(sent.reason(), "CONNECTION_RESET");
  EXPECT_EQ(sent.error().cls, ErrorClass::kTransient);
}

TEST_F(CurlConnection, ThatIsRefusedSaysSo) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0); // bound and not listening
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  Sent& sent = send(get("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"));
  EXPECT_EQ(sent.reason(), "CONNECT_FAILED");
  EXPECT_THAT(sent.error().message, HasSubstr("refused"));
  ::close(fd);
}

TEST_F(CurlConnection, ToANameThatDoesNotExistSaysSo) {
  Sent& sent = send(get("http://does-not-exist.invalid/"));
  EXPECT_EQ(sent.reason(), "DNS_FAILED");
  EXPECT_EQ(sent.error().cls, ErrorClass::kTransient);
  EXPECT_THAT(sent.error().message, HasSubstr("does-not-exist.invalid"));
}

TEST_F(CurlConnection, TotalTimeIsLimited) {
  Request request = get(server.url("/silent"));
  request.total_timeout = milliseconds(300);
  const SteadyTime before = machine_steady_now();
  Sent& sent = send(std::move(request));
  EXPECT_EQ(sent.reason(), "TIMEOUT");
  EXPECT_THAT(sent.error().message, HasSubstr("within 300 ms"));
  EXPECT_GE(machine_steady_now() - before, milliseconds(300));
  EXPECT_LT(machine_steady_now() - before, seconds(5));
}

TEST_F(CurlConnection, SilenceIsLimited) {
  server.on("/stalls", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
    exchange.wait_for_close();
    exchange.close();
  });
  Request request = get(server.url("/stalls"));
  request.idle_timeout = milliseconds(300);
  Sent& sent = send(std::move(request));
  EXPECT_EQ(sent.reason(), "TIMEOUT");
  EXPECT_THAT(sent.error().message, HasSubstr("sent nothing for 300 ms, after 5 bytes"));
}

TEST_F(CurlConnection, ASlowBodyThatKeepsComingIsNotSilent) {
  server.on("/drips", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
    for (int i = 0; i < 8; ++i) {
      exchange.sleep(milliseconds(150));
      exchange.send("x");
    }
  });
  Request request = get(server.url("/drips"));
  request.idle_timeout = milliseconds(700);
  EXPECT_EQ(send(std::move(request)).status(), 200);
}

TEST_F(CurlConnection, OneLateRequestDoesNotEndTheOthers) {
  Request patient = get(server.url("/silent"));
  Request hasty = patient;
  hasty.total_timeout = milliseconds(100);
  Sent& stays = start(std::move(patient));
  EXPECT_EQ(send(std::move(hasty)).reason(), "TIMEOUT");
  EXPECT_FALSE(stays.ended);
  EXPECT_EQ(send(get(server.url())).status(), 200);
}

TEST_F(CurlConnection, CancellingClosesIt) {
  std::atomic<bool> closed{false};
  server.on("/waits", [&closed](TestServer::Exchange& exchange) {
    closed = exchange.wait_for_close();
    exchange.close();
  });
  Sent& sent = start(get(server.url("/waits")));
  ASSERT_TRUE(wait_for([&] { return server.requests() == 1; }));
  sent.stop.emit(boost::asio::cancellation_type::all);
  ASSERT_TRUE(wait_for([&] { return sent.ended && closed; }));
  EXPECT_TRUE(sent.error_thrown != nullptr);
  EXPECT_EQ(send(get(server.url())).status(), 200);
}

TEST_F(CurlConnection, DestroyingTheTransportEndsWhatIsUnderWay) {
  start(get(server.url("/silent")));
  ASSERT_TRUE(wait_for([&] { return server.requests() == 1; }));
  transport.reset();
  wait(milliseconds(50));
}

TEST_F(CurlConnection, UrlsThatAreNoneSaySo) {
  EXPECT_EQ(send(get("http://")).reason(), "URL_MALFORMED");
  EXPECT_EQ(send(get("http://a b/")).reason(), "URL_MALFORMED");
  EXPECT_EQ(send(get("http://a.example/\r\nX: y")).reason(), "URL_MALFORMED");
  EXPECT_EQ(send(get("file:///etc/passwd")).reason(), "URL_SCHEME_REFUSED");
  EXPECT_EQ(send(get("ftp://127.0.0.1/")).reason(), "URL_SCHEME_REFUSED");
}

TEST_F(CurlConnection, GoesThroughAProxyThatIsNamed) {
  TransportOptions options;
  options.proxy = server.url();
  CurlWorld behind(options);
  server.on("http://a.example/x", [](TestServer::Exchange& exchange) { exchange.respond(200, "proxied"); });
  Request request = get("http://a.example/x");
  request.address_policy = AddressPolicy::kPublicOnly; // the proxy's own address is the operator's choice
  Sent& sent = behind.send(std::move(request));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().body, "proxied");
}

TEST_F(CurlConnection, SettingsThatCannotWorkAreRefusedAtOnce) {
  TransportOptions options;
  options.ca_file = "/nowhere/ca.pem";
  const auto without_ca = CurlTransport::create(loop, options);
  ASSERT_FALSE(without_ca);
  EXPECT_EQ(without_ca.error().reason, "CA_FILE_UNREADABLE");
  options.ca_file.clear();
  options.proxy = "http://";
  const auto without_proxy = CurlTransport::create(loop, options);
  ASSERT_FALSE(without_proxy);
  EXPECT_EQ(without_proxy.error().reason, "PROXY_MALFORMED");
}

} // namespace
} // namespace circuit::http
