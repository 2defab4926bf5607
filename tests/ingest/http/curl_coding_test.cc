// Compressed bodies over real sockets: whole, cut, damaged, byte by byte, paused.

#include <gmock/gmock.h>

#include "ingest/http/body_credit.h"
#include "tests/ingest/http/curl_world.h"
#include "tests/ingest/http/encodings.h"

namespace circuit::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr const char* kCodings[] = {"gzip", "deflate", "br", "zstd"};
constexpr uint64_t kMegabyte = 1 << 20;

// Lines that compress a little.
std::string lines(size_t bytes) {
  std::string all;
  for (uint64_t i = 1; all.size() < bytes; ++i) all += std::to_string(i * 0x9E3779B97F4A7C15u) + "\n";
  all.resize(bytes);
  return all;
}

std::string chunked(std::string_view bytes, size_t chunk_bytes) {
  std::string framed;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(chunk_bytes, bytes.size()))) {
    const std::string_view chunk = bytes.substr(0, chunk_bytes);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    framed.append(size).append(chunk).append("\r\n");
  }
  return framed + "0\r\n\r\n";
}

struct CurlCoding : ::testing::Test, CurlWorld {
  TestServer server;

  void serve(std::string_view coding, const std::string& bytes, int status = 200) {
    const std::string field = "Content-Encoding: " + std::string(coding) + "\r\n";
    server.on("/", [=](TestServer::Exchange& exchange) { exchange.respond(status, bytes, field); });
  }
  // After the status line.
  void serve_raw(const std::string& bytes) {
    server.on("/", [=](TestServer::Exchange& exchange) {
      exchange.send("HTTP/1.1 200 OK\r\n" + bytes);
      exchange.close();
    });
  }
  Sent& fetch() { return send(get(server.url())); }
  Sent& open_stream(uint64_t max_body_bytes = 64 * kMegabyte) {
    Request request = get(server.url());
    request.stream_body = true;
    request.max_body_bytes = max_body_bytes;
    return send(std::move(request));
  }
  struct Drained {
    std::string bytes;
    std::string reason;
    size_t largest = 0;
  };
  // What a stream brings; an error may come before its first piece, and then in its place.
  Drained fetch_streamed(uint64_t max_body_bytes = 64 * kMegabyte) {
    Sent& sent = open_stream(max_body_bytes);
    if (sent.reason().empty()) return drain(*sent.response().stream);
    return {"", sent.reason()};
  }
  Drained drain(BodyStream& stream) {
    for (Drained drained;;) {
      Result<std::string> piece = read(stream);
      if (!piece) drained.reason = piece.error().reason;
      if (!piece || piece->empty()) return drained;
      drained.largest = std::max(drained.largest, piece->size());
      drained.bytes += *piece;
    }
  }
};

TEST_F(CurlCoding, IsTakenOffWholeBodiesAndStreams) {
  const std::string text = lines(300'000);
  for (const char* coding : kCodings) {
    const std::string bytes = encoded(coding, text);
    serve(coding, bytes);
    Sent& sent = fetch();
    ASSERT_EQ(sent.status(), 200) << coding << ": " << sent.reason();
    EXPECT_TRUE(sent.response().body == text) << coding;
    EXPECT_EQ(sent.response().wire_bytes, bytes.size()) << coding;
    const Drained drained = fetch_streamed();
    EXPECT_EQ(drained.reason, "") << coding;
    EXPECT_TRUE(drained.bytes == text) << coding;
  }
}

TEST_F(CurlCoding, MayArriveByteByByte) {
  const std::string text = lines(3000);
  for (const char* coding : kCodings) {
    serve_raw("Transfer-Encoding: chunked\r\nContent-Encoding: " + std::string(coding) + "\r\n\r\n" +
              chunked(encoded(coding, text), 1));
    Sent& sent = fetch();
    ASSERT_EQ(sent.status(), 200) << coding << ": " << sent.reason();
    EXPECT_EQ(sent.response().body, text) << coding;
  }
}

TEST_F(CurlCoding, OfSeveralMembersAndOfAChainIsTakenOffWhole) {
  const std::string text = lines(3000);
  serve("gzip", encoded("gzip", text) + encoded("gzip", text) + std::string(512, '\0'));
  EXPECT_EQ(fetch().response().body, text + text);
  serve("gzip, br", encoded("br", encoded("gzip", text)));
  EXPECT_EQ(fetch().response().body, text);
  serve("gzip\r\nContent-Encoding: zstd", encoded("zstd", encoded("gzip", text)));
  EXPECT_EQ(fetch().response().body, text);
}

// The length is right: a proxy or a cache has stored what it got.
TEST_F(CurlCoding, ThatWasCutBeforeItWasFramedIsTruncated) {
  const std::string text = lines(40'000);
  for (const char* coding : kCodings) {
    const std::string bytes = encoded(coding, text);
    for (const size_t kept : {size_t{1}, size_t{2}, size_t{5}, bytes.size() / 2, bytes.size() - 9,
                              bytes.size() - 4, bytes.size() - 1}) {
      serve(coding, bytes.substr(0, kept));
      Sent& sent = fetch();
      ASSERT_EQ(sent.reason(), "BODY_TRUNCATED") << coding << ", " << kept << " of " << bytes.size();
      EXPECT_EQ(sent.error().cls, ErrorClass::kTransient);
      EXPECT_EQ(sent.error().metadata.at("cut"), "COMPRESSION");
      EXPECT_THAT(sent.error().next_step, HasSubstr("cache"));
      const Drained drained = fetch_streamed();
      EXPECT_EQ(drained.reason, "BODY_TRUNCATED") << coding << ", " << kept;
      EXPECT_TRUE(text.starts_with(drained.bytes)) << coding << ", " << kept;
    }
  }
  serve("gzip, br", encoded("br", encoded("gzip", text).substr(0, 2000)));
  EXPECT_EQ(fetch().reason(), "BODY_TRUNCATED");
  serve("gzip", encoded("gzip", text) + encoded("gzip", text).substr(0, 3));
  EXPECT_EQ(fetch().reason(), "BODY_TRUNCATED");
}

TEST_F(CurlCoding, ThatEndsWithTheConnectionOrInChunksIsTruncatedToo) {
  const std::string half = encoded("gzip", lines(40'000)).substr(0, 2000);
  serve_raw("Content-Encoding: gzip\r\n\r\n" + half);
  EXPECT_EQ(fetch().reason(), "BODY_TRUNCATED");
  serve_raw("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(half, 700));
  EXPECT_EQ(fetch().reason(), "BODY_TRUNCATED");
}

TEST_F(CurlCoding, ThatIsDamagedOrUnknownSaysSo) {
  std::string damaged = encoded("gzip", lines(40'000));
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);
  const struct {
    const char* coding;
    std::string bytes;
    const char* what;
  } cases[] = {
      {"gzip", damaged, "check"},
      {"gzip", "this is not gzip", "not in the format"},
      {"gzip", encoded("gzip", "whole") + "and more", "bytes follow its end"},
      {"aes-256", "whatever this is", "not known"},
      {"br,br,br,br,br,br", "whatever this is", "more than five"},
  };
  for (const auto& one : cases) {
    serve(one.coding, one.bytes);
    Sent& sent = fetch();
    ASSERT_EQ(sent.reason(), "BAD_ENCODING") << one.what;
    EXPECT_EQ(sent.error().cls, ErrorClass::kInvalid);
    EXPECT_THAT(sent.error().message, HasSubstr(one.what));
    EXPECT_EQ(fetch_streamed().reason, "BAD_ENCODING") << one.what;
  }
}

TEST_F(CurlCoding, OfABodyThatIsNotThereIsNoError) {
  for (const char* coding : {"gzip", "deflate", "br", "zstd", "aes-256"}) {
    for (const int status : {200, 204, 304}) {
      serve(coding, "", status);
      Sent& sent = fetch();
      EXPECT_EQ(sent.status(), status) << coding << ": " << sent.reason();
      EXPECT_EQ(sent.response().body, "");
      EXPECT_EQ(fetch_streamed().reason, "") << coding;
    }
    server.on("/", [coding](TestServer::Exchange& exchange) {
      exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Encoding: " + std::string(coding) +
                    "\r\n\r\n");
    });
    Request head = get(server.url());
    head.method = "HEAD";
    EXPECT_EQ(send(std::move(head)).status(), 200) << coding;
  }
}

// A server that fails says of a plain page that it is compressed, or does not get to the end.
TEST_F(CurlCoding, DoesNotHideTheStatusOfAnAnswerThatIsAnError) {
  const std::string why = lines(3000), bytes = encoded("gzip", why);
  for (const int status : {404, 429, 500, 503}) {
    serve("gzip", bytes, status);
    EXPECT_EQ(fetch().response().body, why);
    serve("gzip", bytes.substr(0, bytes.size() / 2), status);
    Sent& cut = fetch();
    ASSERT_EQ(cut.status(), status) << cut.reason();
    EXPECT_TRUE(why.starts_with(cut.response().body));
    for (const char* coding : {"gzip", "aes-256"}) {
      serve(coding, "<html>Sorry</html>", status);
      Sent& sent = fetch();
      ASSERT_EQ(sent.status(), status) << sent.reason();
      EXPECT_EQ(sent.response().body, "");
      EXPECT_EQ(fetch_streamed().reason, "");
    }
  }
}

TEST_F(CurlCoding, OfOneRequestDoesNotReachTheNextOnTheSameHandle) {
  serve("gzip", encoded("gzip", "one").substr(0, 12));
  EXPECT_EQ(fetch().reason(), "BODY_TRUNCATED");
  server.on("/", [](TestServer::Exchange& exchange) { exchange.respond(200, "plain"); });
  EXPECT_EQ(fetch().response().body, "plain");
  serve("br", encoded("br", "two"));
  EXPECT_EQ(fetch().response().body, "two");
}

TEST_F(CurlCoding, OfExactlyTheLimitIsFine) {
  for (const char* coding : kCodings) {
    serve(coding, encoded(coding, lines(50'000)));
    Request request = get(server.url());
    request.max_body_bytes = 50'000;
    EXPECT_EQ(send(request).status(), 200) << coding;
    request.max_body_bytes = 49'999;
    EXPECT_EQ(send(request).reason(), "BODY_TOO_LARGE") << coding;
    EXPECT_EQ(fetch_streamed(50'000).reason, "") << coding;
    EXPECT_EQ(fetch_streamed(49'999).reason, "BODY_TOO_LARGE") << coding;
  }
}

// One read of the socket holds all of it.
TEST_F(CurlCoding, IsNotTakenOffAheadOfTheReader) {
  for (const char* coding : kCodings) {
    const std::string text(8 * kMegabyte, 'x');
    const std::string bytes = encoded(coding, text);
    ASSERT_LT(bytes.size(), 16u << 10) << coding;
    serve(coding, bytes);
    Sent& sent = open_stream();
    ASSERT_EQ(sent.status(), 200) << sent.reason();
    wait(milliseconds(20));
    const Drained drained = drain(*sent.response().stream);
    EXPECT_EQ(drained.reason, "") << coding;
    EXPECT_TRUE(drained.bytes == text) << coding;
    EXPECT_LE(drained.largest, 272u << 10) << coding;
  }
}

TEST_F(CurlCoding, OfAStreamThatIsPausedBetweenItsPiecesLosesNothing) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += lines(20'000) + std::string(200'000, 'x');
  for (const char* coding : kCodings) {
    serve_raw("Transfer-Encoding: chunked\r\nContent-Encoding: " + std::string(coding) + "\r\n\r\n" +
              chunked(encoded(coding, text), 777));
    Sent& sent = open_stream();
    ASSERT_EQ(sent.status(), 200) << sent.reason();
    wait(milliseconds(5));
    const Drained drained = drain(*sent.response().stream);
    EXPECT_EQ(drained.reason, "") << coding;
    EXPECT_TRUE(drained.bytes == text) << coding;
  }
}

struct CurlCodingCredit : CurlCoding {
  BodyCredit credit{loop.clock(), 2 * kMegabyte* BodyCredit::kTimes};
  BodyPayer payer{credit}, other{credit};
  BodyClaim taken{other};

  Request paid() {
    Request request = get(server.url());
    request.claim = std::make_shared<BodyClaim>(payer);
    return request;
  }
};

TEST_F(CurlCodingCredit, PaysForWhatItBecomesAndNoMore) {
  for (const char* coding : kCodings) {
    serve(coding, encoded(coding, std::string(10 * credit.block(), 'x')));
    Request request = paid();
    const std::shared_ptr<BodyClaim> claim = request.claim;
    ASSERT_TRUE(claim->reserve_now(1));
    Sent& sent = send(std::move(request));
    ASSERT_EQ(sent.status(), 200) << sent.reason();
    EXPECT_EQ(credit.in_use(), 10 * credit.block() * BodyCredit::kTimes) << coding;
    claim->release();
  }
}

TEST_F(CurlCodingCredit, StopsInTheMiddleOfOneReadWhenTheCreditIsSpentAndGoesOn) {
  const std::string text(4 * kMegabyte, 'x');
  for (const char* coding : kCodings) {
    serve(coding, encoded(coding, text));
    ASSERT_TRUE(taken.reserve_now(kMegabyte));
    Request request = paid();
    const std::shared_ptr<BodyClaim> claim = request.claim;
    Sent& sent = start(std::move(request));
    ASSERT_TRUE(wait_for([this] { return credit.waiting() > 0; })) << coding;
    EXPECT_LE(credit.in_use(), credit.capacity());
    EXPECT_EQ(claim->covered() % credit.block(), 0u);
    taken.release();
    ASSERT_TRUE(wait_for([&] { return sent.ended; })) << coding;
    ASSERT_EQ(sent.status(), 200) << coding << ": " << sent.reason();
    EXPECT_TRUE(sent.response().body == text) << coding;
    claim->release();
  }
}

TEST_F(CurlCodingCredit, StopsBetweenSmallPiecesAndLosesNone) {
  const std::string text = lines(2 * kMegabyte);
  for (const char* coding : kCodings) {
    serve_raw("Transfer-Encoding: chunked\r\nContent-Encoding: " + std::string(coding) + "\r\n\r\n" +
              chunked(encoded(coding, text), 333));
    ASSERT_TRUE(taken.reserve_now(kMegabyte + 5000));
    Request request = paid();
    const std::shared_ptr<BodyClaim> claim = request.claim;
    Sent& sent = start(std::move(request));
    ASSERT_TRUE(wait_for([this] { return credit.waiting() > 0; })) << coding;
    wait(milliseconds(20));
    taken.release();
    ASSERT_TRUE(wait_for([&] { return sent.ended; })) << coding;
    ASSERT_EQ(sent.status(), 200) << coding << ": " << sent.reason();
    EXPECT_TRUE(sent.response().body == text) << coding;
    claim->release();
  }
}

TEST_F(CurlCodingCredit, ThatIsCutWhileItIsPausedIsTruncatedAllTheSame) {
  const std::string bytes = encoded("gzip", std::string(4 * kMegabyte, 'x'));
  serve("gzip", bytes.substr(0, bytes.size() - 4));
  ASSERT_TRUE(taken.reserve_now(kMegabyte));
  Sent& sent = start(paid());
  ASSERT_TRUE(wait_for([this] { return credit.waiting() > 0; }));
  taken.release();
  ASSERT_TRUE(wait_for([&] { return sent.ended; }));
  EXPECT_EQ(sent.reason(), "BODY_TRUNCATED");
}

} // namespace
} // namespace circuit::http
