#include "ingest/http/cassette.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "ingest/http/string_stream.h"
#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct CassetteTest : ::testing::Test, LayerWorld {
  std::string path = ::testing::TempDir() + "/cassette-" + std::to_string(::getpid()) + ".jsonl";
  ~CassetteTest() override { std::filesystem::remove(path); }

  std::unique_ptr<CassetteRecorder> recorder() {
    return std::move(*CassetteRecorder::create(provider, path));
  }
  std::unique_ptr<CassettePlayer> player() { return std::move(*CassettePlayer::open(path)); }
  std::string file() {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
  }
};

TEST_F(CassetteTest, WhatWasRecordedIsReplayed) {
  provider.next.push_back(
      answer(200, {{"Content-Type", "text/plain"}, {"ETag", "\"1\""}}, "hello \xF0\x9F\x8C\x8D"));
  provider.next.push_back(answer(404, {}, std::string("\x00\xff\x80 binary", 10)));
  {
    const auto recording = recorder();
    send(*recording, get("http://a.example/x"));
    send(*recording, get("http://a.example/y"));
  }
  const auto replay = player();
  Sent& x = send(*replay, get("http://a.example/x"));
  EXPECT_EQ(x.status(), 200);
  EXPECT_EQ(x.response().body, "hello \xF0\x9F\x8C\x8D");
  EXPECT_EQ(x.response().headers.get("etag"), "\"1\"");
  EXPECT_EQ(x.response().url, "http://a.example/x");
  Sent& y = send(*replay, get("http://a.example/y"));
  EXPECT_EQ(y.status(), 404);
  EXPECT_EQ(y.response().body, std::string("\x00\xff\x80 binary", 10));
  EXPECT_EQ(provider.asked.size(), 2u);
}

TEST_F(CassetteTest, TheSameRequestGetsItsAnswersInOrderAndThenTheLastOneAgain) {
  {
    const auto recording = recorder();
    for (int status : {200, 304}) {
      provider.next.push_back(answer(status));
      send(*recording, get("http://a.example/x"));
    }
  }
  const auto replay = player();
  EXPECT_EQ(send(*replay, get("http://a.example/x")).status(), 200);
  EXPECT_EQ(send(*replay, get("http://a.example/x")).status(), 304);
  EXPECT_EQ(send(*replay, get("http://a.example/x")).status(), 304);
}

TEST_F(CassetteTest, WhatWasNeverAskedIsAMiss) {
  {
    const auto recording = recorder();
    send(*recording, get("http://a.example/x"));
  }
  const auto replay = player();
  EXPECT_EQ(send(*replay, get("http://a.example/other")).reason(), "CASSETTE_MISS");
  Request post = get("http://a.example/x");
  post.method = "POST";
  EXPECT_EQ(send(*replay, post).reason(), "CASSETTE_MISS");
}

TEST_F(CassetteTest, HoldsNoCredentials) {
  Request request = get("http://user:hidden1@a.example/x?access_token=hidden2&page=2");
  request.headers.add("Authorization", "Bearer hidden3");
  request.headers.add("X-Api-Key", "hidden4");
  request.headers.add("Accept", "text/html");
  provider.next.push_back(
      answer(200, {{"Set-Cookie", "session=hidden5"}, {"Content-Type", "text/html"}}, "page"));
  Request token = get("http://a.example/token");
  token.method = "POST";
  token.body = "refresh_token=hidden6";
  token.headers.add("Content-Type", "application/x-www-form-urlencoded");
  provider.next.push_back(answer(200, {}, "hidden7"));
  {
    const auto recording = recorder();
    EXPECT_EQ(send(*recording, request).status(), 200);
    EXPECT_EQ(send(*recording, token).response().body, "hidden7");
  }
  EXPECT_THAT(file(), HasSubstr("page=2"));
  EXPECT_THAT(file(), HasSubstr("text/html"));
  EXPECT_THAT(file(), Not(HasSubstr("hidden")));
  EXPECT_EQ(send(*player(), request).status(), 200) << "the same request is still found";
}

TEST_F(CassetteTest, StreamsAreRecordedAndReplayed) {
  Request request = get("http://a.example/x");
  request.stream_body = true;
  Response streamed = answer(200);
  streamed.stream = string_stream(std::string(200'000, 'x'));
  provider.next.push_back(std::move(streamed));
  const auto size_of = [&](Sent& sent) {
    size_t size = 0;
    spawn([](BodyStream* stream, size_t* out) -> Task<void> {
      Result<std::string> whole = co_await read_all(*stream, 1 << 20);
      *out = whole->size();
    }(sent.response().stream.get(), &size));
    loop.run();
    return size;
  };
  {
    const auto recording = recorder();
    EXPECT_EQ(size_of(send(*recording, request)), 200'000u);
  }
  EXPECT_EQ(size_of(send(*player(), request)), 200'000u);
}

TEST_F(CassetteTest, ABrokenFileIsRefusedWithItsLine) {
  std::ofstream(path) << "\n{\"request\": 5}\n";
  const auto opened = CassettePlayer::open(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "CASSETTE_UNREADABLE");
  EXPECT_THAT(opened.error().message, HasSubstr("line 2"));
}

TEST_F(CassetteTest, AMissingFileSaysSo) {
  const auto opened = CassettePlayer::open(path + ".none");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "CASSETTE_MISSING");
}

} // namespace
} // namespace circuit::http
