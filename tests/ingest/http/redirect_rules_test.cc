#include "ingest/http/redirect_rules.h"

#include <gtest/gtest.h>

namespace circuit::http {
namespace {

Request request_to(const std::string& url, const std::string& method = "GET") {
  Request request;
  request.url = url;
  request.method = method;
  return request;
}

std::string refusal(const Request& request, int status, const char* location) {
  const Result<Request> next = redirected(request, status, location);
  return next ? "followed to " + next->url : next.error().reason;
}

TEST(Redirect, MethodsChangeAsBrowsersChangeThem) {
  struct {
    int status;
    const char* before;
    const char* after;
  } const cases[] = {
      {301, "GET", "GET"},  {302, "GET", "GET"},   {303, "GET", "GET"},       {307, "GET", "GET"},
      {308, "GET", "GET"},  {301, "HEAD", "HEAD"}, {303, "HEAD", "HEAD"},     {301, "POST", "GET"},
      {302, "POST", "GET"}, {303, "POST", "GET"},  {307, "POST", "POST"},     {308, "POST", "POST"},
      {301, "PUT", "PUT"},  {303, "PUT", "GET"},   {307, "DELETE", "DELETE"},
  };
  for (const auto& c : cases) {
    const auto next = redirected(request_to("https://a.example/x", c.before), c.status, "/y");
    ASSERT_TRUE(next) << c.status << c.before;
    EXPECT_EQ(next->method, c.after) << c.status << " of " << c.before;
    EXPECT_EQ(next->url, "https://a.example/y");
  }
}

TEST(Redirect, ABodyIsDroppedWithItsHeadersWhenTheMethodBecomesGet) {
  Request post = request_to("https://a.example/x", "POST");
  post.body = "hello";
  post.idempotent = false;
  post.headers.add("Content-Type", "text/plain");
  post.headers.add("Accept", "text/html");
  const auto next = redirected(post, 303, "/y");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "");
  EXPECT_TRUE(next->idempotent);
  EXPECT_FALSE(next->headers.has("content-type"));
  EXPECT_EQ(next->headers.get("accept"), "text/html");
}

TEST(Redirect, TheSameOriginKeepsCredentials) {
  Request request = request_to("https://a.example/x");
  request.headers.add("Authorization", "Bearer secret");
  const auto next = redirected(request, 302, "https://A.example:443/y");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->headers.get("Authorization"), "Bearer secret");
}

TEST(Redirect, AnotherOriginGetsNothingThatCouldBeACredential) {
  for (const char* location :
       {"https://b.example/y", "https://a.example:8443/y", "https://sub.a.example/y", "//b.example/"}) {
    Request request = request_to("https://a.example/x");
    for (const char* name : {"Authorization", "authorization", "Cookie", "Proxy-Authorization", "X-Api-Key",
                             "PRIVATE-TOKEN", "X-Ms-Something", "Referer"}) {
      request.headers.add(name, "secret");
    }
    request.headers.add("Accept", "text/html");
    request.headers.add("range", "bytes=5-");
    const auto next = redirected(request, 302, location);
    ASSERT_TRUE(next) << location;
    EXPECT_EQ(next->headers.fields().size(), 2u) << location;
    EXPECT_EQ(next->headers.get("Accept"), "text/html");
    EXPECT_EQ(next->headers.get("Range"), "bytes=5-");
  }
}

TEST(Redirect, ABodyDoesNotGoToAnotherOrigin) {
  Request post = request_to("https://a.example/token", "POST");
  post.body = "client_secret=x";
  EXPECT_EQ(refusal(post, 307, "https://b.example/token"), "REDIRECT_REFUSED");
  EXPECT_EQ(refusal(post, 307, "/token2"), "followed to https://a.example/token2");
  EXPECT_EQ(refusal(post, 302, "https://b.example/"), "followed to https://b.example/") << "it became a GET";
}

TEST(Redirect, LosingEncryptionIsAllowedOnlyWhereNothingIsConfidential) {
  const Request open = request_to("https://a.example/feed");
  EXPECT_EQ(refusal(open, 301, "http://a.example/feed"), "followed to http://a.example/feed");
  Request authorized = open;
  authorized.headers.add("Authorization", "Bearer secret");
  EXPECT_EQ(refusal(authorized, 301, "http://a.example/feed"), "REDIRECT_REFUSED");
  EXPECT_EQ(refusal(request_to("https://user:pass@a.example/feed"), 301, "http://a.example/feed"),
            "REDIRECT_REFUSED");
  Request post = request_to("https://a.example/x", "POST");
  post.body = "secret";
  EXPECT_EQ(refusal(post, 303, "http://a.example/y"), "REDIRECT_REFUSED");
}

TEST(Redirect, OnlyHttpIsFollowed) {
  for (const char* location :
       {"file:///etc/passwd", "gopher://a.example/", "javascript:alert(1)", "data:text/html,x"}) {
    const std::string reason = refusal(request_to("https://a.example/x"), 302, location);
    EXPECT_TRUE(reason == "URL_SCHEME_REFUSED" || reason == "URL_MALFORMED") << location << ": " << reason;
  }
}

TEST(Redirect, AFragmentIsInherited) {
  EXPECT_EQ(redirected(request_to("https://a.example/x#part"), 302, "/y")->url, "https://a.example/y#part");
  EXPECT_EQ(redirected(request_to("https://a.example/x#part"), 302, "/y#other")->url,
            "https://a.example/y#other");
}

TEST(Validators, GoOnlyToWhereTheyCameFrom) {
  Request request = request_to("https://a.example/x#top");
  request.headers.add("If-None-Match", "\"1\"");
  request.headers.add("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
  request.headers.add("If-Range", "\"1\"");
  Request same = request;
  drop_foreign_validators(same, "https://a.example/x");
  EXPECT_TRUE(same.headers.has("If-None-Match"));
  EXPECT_TRUE(same.headers.has("If-Modified-Since"));
  Request other = request;
  drop_foreign_validators(other, "https://a.example/y");
  EXPECT_FALSE(other.headers.has("If-None-Match"));
  EXPECT_FALSE(other.headers.has("If-Modified-Since"));
  EXPECT_TRUE(other.headers.has("If-Range")) << "a range without it could mix two versions";
}

} // namespace
} // namespace circuit::http
