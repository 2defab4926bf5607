#include "ingest/http/redirect.h"

#include <gmock/gmock.h>

#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

using ::testing::HasSubstr;

struct RedirectTest : ::testing::Test, LayerWorld {
  RedirectLayer layer{provider};

  Sent& follow(Request request, int max_redirects = 5) {
    request.max_redirects = max_redirects;
    return send(layer, std::move(request));
  }
  void redirect(int status, const char* location) {
    provider.next.push_back(answer(status, {{"Location", location}}));
  }
};

TEST_F(RedirectTest, NothingIsFollowedWhenNoneAreAllowed) {
  redirect(302, "http://a.example/y");
  EXPECT_EQ(follow(get("http://a.example/x"), 0).status(), 302);
  EXPECT_EQ(provider.asked.size(), 1u);
}

TEST_F(RedirectTest, TheWayIsRecorded) {
  redirect(301, "/y");
  redirect(302, "https://b.example/z");
  Sent& sent = follow(get("http://a.example/x"));
  ASSERT_EQ(sent.status(), 200);
  EXPECT_EQ(sent.response().url, "https://b.example/z");
  ASSERT_EQ(sent.response().hops.size(), 2u);
  EXPECT_EQ(sent.response().hops[0].status, 301);
  EXPECT_EQ(sent.response().hops[0].url, "http://a.example/y");
  EXPECT_EQ(sent.response().hops[1].status, 302);
}

TEST_F(RedirectTest, ACircleIsNoticed) {
  redirect(302, "/y");
  redirect(302, "/x#here");
  const Sent& sent = follow(get("http://a.example/x"));
  EXPECT_EQ(sent.reason(), "REDIRECT_LOOP");
  EXPECT_EQ(provider.asked.size(), 2u);
}

TEST_F(RedirectTest, APlaceThatRedirectsToItselfIsACircle) {
  redirect(301, "http://a.example/x");
  EXPECT_EQ(follow(get("http://a.example/x")).reason(), "REDIRECT_LOOP");
}

TEST_F(RedirectTest, PostThenGetOfTheSamePlaceIsNone) {
  redirect(303, "http://a.example/x");
  Request post = get("http://a.example/x");
  post.method = "POST";
  EXPECT_EQ(follow(post).status(), 200);
}

TEST_F(RedirectTest, TooManyAreAnError) {
  for (int i = 0; i < 10; ++i) redirect(302, ("/" + std::to_string(i)).c_str());
  const Sent& sent = follow(get("http://a.example/x"), 3);
  EXPECT_EQ(sent.reason(), "TOO_MANY_REDIRECTS");
  EXPECT_EQ(provider.asked.size(), 4u);
}

TEST_F(RedirectTest, ARedirectWithoutALocationIsAnAnswer) {
  provider.next.push_back(answer(302));
  EXPECT_EQ(follow(get("http://a.example/x")).status(), 302);
}

TEST_F(RedirectTest, NotModifiedIsAnAnswer) {
  provider.next.push_back(answer(304, {{"Location", "/y"}}));
  EXPECT_EQ(follow(get("http://a.example/x")).status(), 304);
}

TEST_F(RedirectTest, ErrorsOfAHopAreTheResult) {
  redirect(302, "/y");
  provider.next.push_back(transient("CONNECTION_RESET"));
  EXPECT_EQ(follow(get("http://a.example/x")).reason(), "CONNECTION_RESET");
}

TEST_F(RedirectTest, ABadLocationSaysWhoSentIt) {
  redirect(302, "ftp://a.example/y");
  const Sent& sent = follow(get("http://a.example/x"));
  EXPECT_EQ(sent.reason(), "URL_SCHEME_REFUSED");
  EXPECT_THAT(sent.error().message, HasSubstr("following a redirect of 'http://a.example/x'"));
}

TEST_F(RedirectTest, ValidatorsGoToTheHopTheyCameFrom) {
  Request request = get("http://a.example/x");
  request.headers.add("If-None-Match", "\"1\"");
  request.validators_url = "http://b.example/y";
  redirect(302, "http://b.example/y");
  provider.next.push_back(answer(304));
  EXPECT_EQ(follow(request).status(), 304);
  EXPECT_FALSE(provider.asked[0].request.headers.has("If-None-Match"));
  EXPECT_TRUE(provider.asked[1].request.headers.has("If-None-Match"));
}

TEST_F(RedirectTest, ValidatorsWithoutASourceBelongToTheFirstUrl) {
  Request request = get("http://a.example/x");
  request.headers.add("If-None-Match", "\"1\"");
  redirect(302, "/y");
  follow(request);
  EXPECT_TRUE(provider.asked[0].request.headers.has("If-None-Match"));
  EXPECT_FALSE(provider.asked[1].request.headers.has("If-None-Match"));
}

} // namespace
} // namespace circuit::http
