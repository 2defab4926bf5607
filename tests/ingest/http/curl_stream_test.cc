// Bodies that are read as they arrive.

#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/ingest/http/curl_world.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kTenMegabytes = 10 << 20;

struct CurlStream : ::testing::Test, CurlWorld {
  std::atomic<size_t> served{0}; // before the server: its threads use it until they end
  TestServer server;

  CurlStream() {
    server.on("/large", [this](TestServer::Exchange& exchange) {
      exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kTenMegabytes) + "\r\n\r\n");
      const std::string piece(64 << 10, 'x');
      for (served = 0; served < kTenMegabytes && exchange.send(piece);) served += piece.size();
    });
  }
  Request streamed(const std::string& url) {
    Request request = get(url);
    request.stream_body = true;
    request.idle_timeout = seconds(1);
    return request;
  }
  // Reads to the end; how much there was, or the error.
  Result<size_t> drain(BodyStream& stream) {
    for (size_t total = 0;;) {
      Result<std::string> piece = read(stream);
      if (!piece) return piece.error();
      if (piece->empty()) return total;
      EXPECT_LE(piece->size(), 512u << 10);
      total += piece->size();
    }
  }
};

TEST_F(CurlStream, GivesTheHeadersFirstAndThenTheBody) {
  Sent& sent = send(streamed(server.url("/large")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().headers.get("Content-Length"), std::to_string(kTenMegabytes));
  EXPECT_EQ(sent.response().body, "");
  const auto total = drain(*sent.response().stream);
  ASSERT_TRUE(total) << total.error().message;
  EXPECT_EQ(*total, kTenMegabytes);
}

TEST_F(CurlStream, WhatIsNotReadIsNotFetched) {
  Sent& sent = send(streamed(server.url("/large")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  wait(milliseconds(1500)); // longer than the idle timeout: the silence is ours
  EXPECT_LT(served, kTenMegabytes) << "the kernel's buffers do not hold this much";
  const auto total = drain(*sent.response().stream);
  ASSERT_TRUE(total) << total.error().message;
  EXPECT_EQ(*total, kTenMegabytes);
}

TEST_F(CurlStream, MayTakeLongerThanTheTotalTimeout) {
  server.on("/slow", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    for (int i = 0; i < 6; ++i) {
      exchange.sleep(milliseconds(100));
      exchange.send("x");
    }
  });
  Request request = streamed(server.url("/slow"));
  request.total_timeout = milliseconds(300);
  Sent& sent = send(std::move(request));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  const auto total = drain(*sent.response().stream);
  ASSERT_TRUE(total) << total.error().message;
  EXPECT_EQ(*total, 6u);
}

TEST_F(CurlStream, AServerThatFallsSilentIsATimeout) {
  server.on("/stalls", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nx");
    exchange.wait_for_close();
    exchange.close();
  });
  Sent& sent = send(streamed(server.url("/stalls")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  const auto total = drain(*sent.response().stream);
  ASSERT_FALSE(total);
  EXPECT_EQ(total.error().reason, "TIMEOUT");
}

TEST_F(CurlStream, AnErrorComesAfterWhatWasReceivedAndStays) {
  server.on("/cut", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    exchange.close();
  });
  Sent& sent = send(streamed(server.url("/cut")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  BodyStream& stream = *sent.response().stream;
  wait(milliseconds(100));
  EXPECT_EQ(*read(stream), "half");
  EXPECT_EQ(read(stream).error().reason, "BODY_TRUNCATED");
  EXPECT_EQ(read(stream).error().reason, "BODY_TRUNCATED");
}

TEST_F(CurlStream, AnEmptyBodyEndsAtOnce) {
  server.on("/empty", [](TestServer::Exchange& exchange) { exchange.respond(200, ""); });
  Sent& sent = send(streamed(server.url("/empty")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(*read(*sent.response().stream), "");
  EXPECT_EQ(*read(*sent.response().stream), "");
}

TEST_F(CurlStream, LettingGoOfItClosesTheConnection) {
  std::atomic<bool> gone{false};
  server.on("/endless", [&gone](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\n\r\n");
    while (exchange.send(std::string(64 << 10, 'x'))) {
    }
    gone = true;
    exchange.close();
  });
  Sent& sent = send(streamed(server.url("/endless")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  sent.response().stream.reset();
  EXPECT_TRUE(wait_for([&] { return gone.load(); }));
}

TEST_F(CurlStream, IsCountedAfterDecompressionToo) {
  std::string bomb(200 << 10, '\0');
  const std::string zeros(100 << 20, '\0');
  z_stream deflater{};
  deflateInit2(&deflater, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
  deflater.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
  deflater.avail_in = static_cast<uInt>(zeros.size());
  deflater.next_out = reinterpret_cast<Bytef*>(bomb.data());
  deflater.avail_out = static_cast<uInt>(bomb.size());
  ASSERT_EQ(deflate(&deflater, Z_FINISH), Z_STREAM_END);
  bomb.resize(deflater.total_out);
  deflateEnd(&deflater);
  server.on("/bomb", [bomb](TestServer::Exchange& exchange) {
    exchange.respond(200, bomb, "Content-Encoding: gzip\r\n");
  });
  Request request = streamed(server.url("/bomb"));
  request.max_body_bytes = 3 << 20;
  Sent& sent = send(std::move(request));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  const auto total = drain(*sent.response().stream);
  ASSERT_FALSE(total);
  EXPECT_EQ(total.error().reason, "BODY_TOO_LARGE");
}

TEST_F(CurlStream, OutlivesTheTransportAndThenEnds) {
  Sent& sent = send(streamed(server.url("/large")));
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  transport.reset();
  const auto total = drain(*sent.response().stream);
  ASSERT_FALSE(total);
  EXPECT_EQ(total.error().reason, "SHUTTING_DOWN");
}

TEST_F(CurlStream, ManySideBySideAllArrive) {
  server.on("/medium",
            [](TestServer::Exchange& exchange) { exchange.respond(200, std::string(1 << 20, 'y')); });
  for (int i = 0; i < 20; ++i) {
    Request request = streamed(server.url("/medium"));
    request.idle_timeout = seconds(15);
    start(std::move(request));
  }
  ASSERT_TRUE(wait_for([&] {
    return std::all_of(all_sent.begin(), all_sent.end(), [](const Sent& one) { return one.ended; });
  }));
  for (Sent& one : all_sent) {
    ASSERT_EQ(one.status(), 200) << one.reason();
    const auto total = drain(*one.response().stream);
    ASSERT_TRUE(total) << total.error().message;
    EXPECT_EQ(*total, 1u << 20);
  }
}

} // namespace
} // namespace circuit::http
