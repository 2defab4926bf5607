// Bodies and headers: framing, compression, limits.

#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/ingest/http/curl_world.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

const std::string kText = "hello from a compressed body, hello again, and again";
const std::string kBrotli(
    "\x1b\x33\x00\xe8\x15\xa1\xd2\xc1\x43\x96\xaa\x5c\x3f\x2a\x7a\x10\x41\x38\x69\x65\xcc\x74\x00\x54\xd6\x17"
    "\x73\xad"
    "\x23\xbf\x72\x4a\xa9\x4d\x22\x1c\x0b",
    37);
const std::string kZstd(
    "\x28\xb5\x2f\xfd\x20\x34\xa1\x01\x00"
    "hello from a compressed body, hello again, and again",
    61);

// window_bits: 15 for zlib ("deflate"), 31 for gzip.
std::string deflated(const std::string& text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct CurlBody : ::testing::Test, CurlWorld {
  TestServer server;

  void serve(const std::string& body, const std::string& header_lines = "") {
    server.on("/", [=](TestServer::Exchange& exchange) { exchange.respond(200, body, header_lines); });
  }
  // Sends these bytes and closes.
  void serve_raw(const std::string& bytes) {
    server.on("/", [=](TestServer::Exchange& exchange) {
      exchange.send(bytes);
      exchange.close();
    });
  }
  Sent& fetch(uint64_t max_body_bytes = 1 << 20) {
    Request request = get(server.url());
    request.max_body_bytes = max_body_bytes;
    return send(std::move(request));
  }
  // The reason of the error that ends a stream; empty: none.
  std::string stream_ends_with() {
    Request request = get(server.url());
    request.stream_body = true;
    Sent& sent = send(std::move(request));
    if (!sent.reason().empty()) return sent.reason();
    for (;;) {
      Result<std::string> piece = read(*sent.response().stream);
      if (!piece) return piece.error().reason;
      if (piece->empty()) return "";
    }
  }
};

TEST_F(CurlBody, ArrivesWithItsStatusAndHeaders) {
  serve("hello", "ETag: \"1\"\r\nX-Twice: a\r\nx-twice: b\r\nX-Empty:\r\nX-Folded: one\r\n  two\r\n");
  Sent& sent = fetch();
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().body, "hello");
  EXPECT_EQ(sent.response().headers.get("etag"), "\"1\"");
  EXPECT_EQ(sent.response().headers.get("X-Folded"), "one two");
  EXPECT_TRUE(sent.response().headers.has("x-empty"));
  EXPECT_EQ(sent.response().url, server.url());
  EXPECT_EQ(sent.response().wire_bytes, 5u);
  EXPECT_EQ(sent.response().attempts, 1);
}

TEST_F(CurlBody, StatusesAreNoErrors) {
  for (int status : {204, 301, 304, 404, 429, 503}) {
    server.on("/", [=](TestServer::Exchange& exchange) {
      exchange.respond(status, "", "Location: /elsewhere\r\n");
    });
    Sent& sent = fetch();
    EXPECT_EQ(sent.status(), status) << sent.reason();
  }
  EXPECT_EQ(server.requests(), 6) << "a redirect was followed";
}

TEST_F(CurlBody, InterimResponsesAndTrailersAreNotTheResponsesHeaders) {
  serve_raw(
      "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
      "HTTP/1.1 200 OK\r\nX-Real: 1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n"
      "5\r\nhello\r\n0\r\nX-Late: 1\r\n\r\n");
  Sent& sent = fetch();
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().body, "hello");
  EXPECT_TRUE(sent.response().headers.has("X-Real"));
  EXPECT_FALSE(sent.response().headers.has("X-Early"));
  EXPECT_FALSE(sent.response().headers.has("X-Late"));
}

TEST_F(CurlBody, EveryUsualCompressionIsUndone) {
  const std::pair<const char*, std::string> encodings[] = {
      {"gzip", deflated(kText, 31)}, {"deflate", deflated(kText, 15)}, {"br", kBrotli}, {"zstd", kZstd}};
  for (const auto& [name, bytes] : encodings) {
    serve(bytes, std::string("Content-Encoding: ") + name + "\r\n");
    Sent& sent = fetch();
    ASSERT_EQ(sent.status(), 200) << name << ": " << sent.reason();
    EXPECT_EQ(sent.response().body, kText) << name;
    EXPECT_EQ(sent.response().wire_bytes, bytes.size()) << name;
  }
}

TEST_F(CurlBody, EveryUsualCompressionIsAskedFor) {
  std::string asked;
  server.on("/", [&asked](TestServer::Exchange& exchange) {
    asked = exchange.headers["accept-encoding"];
    exchange.respond(200, "");
  });
  fetch();
  for (const char* name : {"gzip", "br", "zstd", "deflate"}) EXPECT_THAT(asked, HasSubstr(name));
}

TEST_F(CurlBody, IsCountedAfterDecompression) {
  const std::string bomb = deflated(std::string(50 << 20, '\0'), 31);
  ASSERT_LT(bomb.size(), 100u << 10);
  serve(bomb, "Content-Encoding: gzip\r\n");
  Sent& sent = fetch(1 << 20);
  EXPECT_EQ(sent.reason(), "BODY_TOO_LARGE");
  EXPECT_EQ(sent.error().cls, ErrorClass::kInvalid);
}

TEST_F(CurlBody, OfExactlyTheLimitIsFine) {
  serve(std::string(1000, 'x'));
  EXPECT_EQ(fetch(1000).status(), 200);
  EXPECT_EQ(fetch(999).reason(), "BODY_TOO_LARGE");
}

TEST_F(CurlBody, ThatAnnouncesTooMuchIsRefusedUnread) {
  server.on("/", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n");
    exchange.wait_for_close();
    exchange.close();
  });
  EXPECT_EQ(fetch().reason(), "BODY_TOO_LARGE");
}

TEST_F(CurlBody, WithoutAnEndIsCutAtTheLimit) {
  server.on("/", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\n\r\n");
    while (exchange.send(std::string(64 << 10, 'x'))) {
    }
    exchange.close();
  });
  EXPECT_EQ(fetch().reason(), "BODY_TOO_LARGE");
}

TEST_F(CurlBody, ThatEndsEarlyIsTruncated) {
  const char* const cases[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nonly this",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n0\r\n", // and no end of trailers
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n0",     // or of the last chunk
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
      "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
  };
  for (const char* bytes : cases) {
    serve_raw(bytes);
    Sent& sent = fetch();
    EXPECT_EQ(sent.reason(), "BODY_TRUNCATED") << bytes;
    EXPECT_EQ(sent.error().cls, ErrorClass::kTransient);
    EXPECT_EQ(stream_ends_with(), "BODY_TRUNCATED") << bytes;
  }
}

TEST_F(CurlBody, ThatIsResetInTheMiddleIsTruncated) {
  for (const char* head : {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                           "HTTP/1.0 200 OK\r\n\r\n"}) {
    server.on("/", [head](TestServer::Exchange& exchange) {
      exchange.send(head + std::string("only this"));
      exchange.sleep(milliseconds(100));
      exchange.reset();
    });
    EXPECT_EQ(fetch().reason(), "BODY_TRUNCATED") << head;
    EXPECT_EQ(stream_ends_with(), "BODY_TRUNCATED") << head;
  }
}

TEST_F(CurlBody, ThatCannotBeDecompressedSaysSo) {
  serve("this is not gzip", "Content-Encoding: gzip\r\n");
  EXPECT_EQ(fetch().reason(), "BAD_ENCODING");
  serve("whatever this is", "Content-Encoding: aes-256\r\n");
  EXPECT_EQ(fetch().reason(), "BAD_ENCODING");
}

TEST_F(CurlBody, KeepsItsEncodingWhereThatIsWanted) {
  const std::string bytes = deflated(kText, 31);
  std::string asked = "nothing yet";
  server.on("/", [&](TestServer::Exchange& exchange) {
    asked = exchange.headers["accept-encoding"];
    exchange.respond(200, bytes, "Content-Encoding: gzip\r\n");
  });
  Request request = get(server.url());
  request.keeps_encoding = true;
  EXPECT_EQ(send(request).response().body, bytes);
  EXPECT_EQ(asked, "");
  EXPECT_EQ(fetch().response().body, kText) << "the next one on the same connection";
  serve("text", "Content-Encoding: utf-8\r\n");
  Request odd = get(server.url());
  odd.keeps_encoding = true;
  EXPECT_EQ(send(odd).response().body, "text");
}

TEST_F(CurlBody, OfManyPiecesArrivesWhole) {
  std::string expected;
  for (int i = 0; i < 200'000; ++i) expected += std::to_string(i);
  server.on("/", [&expected](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0; at < expected.size(); at += 7777) {
      const std::string piece = expected.substr(at, 7777);
      char size[16];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      exchange.send(size + piece + "\r\n");
    }
    exchange.send("0\r\n\r\n");
  });
  Sent& sent = fetch(64 << 20);
  ASSERT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_TRUE(sent.response().body == expected);
}

TEST_F(CurlBody, HeadHasNone) {
  server.on("/", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n");
  });
  Request head = get(server.url());
  head.method = "HEAD";
  Sent& sent = send(std::move(head));
  EXPECT_EQ(sent.status(), 200) << sent.reason();
  EXPECT_EQ(sent.response().body, "");
}

TEST_F(CurlBody, EndlessHeadersAreRefused) {
  server.on("/", [](TestServer::Exchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\n");
    while (exchange.send("X-More: " + std::string(1000, 'x') + "\r\n")) {
    }
    exchange.close();
  });
  EXPECT_EQ(fetch().reason(), "BAD_RESPONSE");
}

TEST_F(CurlBody, AHeaderThatIsTooLongIsTheServersFault) {
  serve("", "X-Long: " + std::string(150'000, 'x') + "\r\n");
  EXPECT_EQ(fetch().reason(), "BAD_RESPONSE");
}

TEST_F(CurlBody, WhatIsNotHttpIsABadResponse) {
  serve_raw("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
  Sent& sent = fetch();
  EXPECT_EQ(sent.reason(), "BAD_RESPONSE") << sent.error().message;
  EXPECT_EQ(sent.error().cls, ErrorClass::kTransient);
}

TEST_F(CurlBody, RequestsAreSentAsTheyAre) {
  struct Seen {
    std::string method, body, type, length;
  };
  Seen seen;
  server.on("/", [&seen](TestServer::Exchange& exchange) {
    seen = {exchange.method, exchange.body, exchange.headers["content-type"],
            exchange.headers["content-length"]};
    exchange.respond(200, "ok");
  });
  const auto ask = [&](const char* method, const std::string& body, const char* type) {
    Request request = get(server.url());
    request.method = method;
    request.body = body;
    if (type != nullptr) request.headers.add("Content-Type", type);
    EXPECT_EQ(send(std::move(request)).status(), 200) << method;
  };
  ask("POST", "{}", "application/json");
  EXPECT_EQ(seen.method + seen.body + seen.type, "POST{}application/json");
  ask("GET", "", nullptr);
  EXPECT_EQ(seen.method + seen.body + seen.type + seen.length, "GET") << "the one before shows through";
  ask("POST", "", nullptr);
  EXPECT_EQ(seen.method + seen.length, "POST0");
  ask("PATCH", std::string(2 << 20, 'x'), nullptr);
  EXPECT_EQ(seen.method + seen.type, "PATCH");
  EXPECT_EQ(seen.body.size(), 2u << 20);
  ask("PUT", "data", "text/plain");
  EXPECT_EQ(seen.method + seen.body, "PUTdata");
  ask("DELETE", "", nullptr);
  EXPECT_EQ(seen.method + seen.body, "DELETE");
  ask("HEAD", "", nullptr);
  EXPECT_EQ(seen.method, "HEAD");
  ask("GET", "", nullptr);
  EXPECT_EQ(seen.method, "GET");
}

TEST_F(CurlBody, HeadersDoNotLeakIntoTheNextRequest) {
  std::string authorization;
  server.on("/", [&](TestServer::Exchange& exchange) {
    authorization = exchange.headers["authorization"];
    exchange.respond(200, "");
  });
  Request request = get(server.url());
  request.headers.add("Authorization", "Bearer one");
  send(std::move(request));
  EXPECT_EQ(authorization, "Bearer one");
  send(get(server.url()));
  EXPECT_EQ(authorization, "");
}

TEST_F(CurlBody, ALineBreakInAHeaderIsRefused) {
  Request request = get(server.url());
  request.headers.add("X-Key", "value\r\nX-Injected: 1");
  EXPECT_EQ(send(std::move(request)).reason(), "HEADER_MALFORMED");
  EXPECT_EQ(server.requests(), 0);
}

} // namespace
} // namespace circuit::http
