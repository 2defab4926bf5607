#include "ingest/http/stack.h"

#include <gmock/gmock.h>

#include "tests/ingest/http/scripted_transport.h"

namespace circuit::http {
namespace {

using std::chrono::seconds;

// The stack owns its transport; the test keeps the provider.
class Wire final : public HttpTransport {
 public:
  explicit Wire(HttpTransport& provider) : provider_(provider) {}
  Task<Result<Response>> send(SharedRequest request) override { return provider_.send(std::move(request)); }

 private:
  HttpTransport& provider_;
};

struct StackTest : ::testing::Test, LayerWorld {
  SeededRandom random{1};
  HttpStack stack{std::make_unique<Wire>(provider), loop.clock(), random, {}};

  Request request(const std::string& url) {
    Request r = get(url);
    r.max_redirects = 5;
    return r;
  }
};

TEST_F(StackTest, ARedirectToAPrivateAddressIsRefusedBeforeItIsSent) {
  for (const char* location : {"http://169.254.169.254/latest/meta-data", "http://127.0.0.1/",
                               "http://0x7f.1/", "http://2130706433/", "http://[::ffff:127.0.0.1]/",
                               "http://localhost/", "http://[fd00:ec2::254]/", "http://127%2e0.0.1/"}) {
    provider.asked.clear();
    provider.next.push_back(answer(302, {{"Location", location}}));
    const Sent& sent = send(stack, request("http://feeds.example/x"));
    EXPECT_EQ(sent.reason(), "ADDRESS_REFUSED") << location;
    EXPECT_EQ(provider.asked.size(), 1u) << location;
  }
}

TEST_F(StackTest, ARedirectToAPrivateAddressIsFollowedWhereItIsAllowed) {
  provider.next.push_back(answer(302, {{"Location", "http://127.0.0.1/y"}}));
  Request r = request("http://feeds.example/x");
  r.address_policy = AddressPolicy::kAnyAddress;
  EXPECT_EQ(send(stack, r).status(), 200);
}

TEST_F(StackTest, CatalogRequestsStayOnTheirHosts) {
  Request r = request("https://api.github.com/x");
  r.address_policy = AddressPolicy::kAnyAddress;
  r.allowed_hosts = host_list({"api.github.com", "*.githubusercontent.com"});
  provider.next.push_back(answer(302, {{"Location", "https://objects.githubusercontent.com/y"}}));
  EXPECT_EQ(send(stack, r).status(), 200);
  provider.next.push_back(answer(302, {{"Location", "https://evil.example/y"}}));
  EXPECT_EQ(send(stack, r).reason(), "HOST_REFUSED");
  r.url = "https://api.github.com\\@evil.example/";
  EXPECT_EQ(send(stack, r).reason(), "HOST_REFUSED") << "judged as libcurl would read it";
}

TEST_F(StackTest, OtherSchemesAreRefused) {
  EXPECT_EQ(send(stack, request("file:///etc/passwd")).reason(), "URL_SCHEME_REFUSED");
  EXPECT_EQ(send(stack, request("gopher://a.example/")).reason(), "URL_SCHEME_REFUSED");
  EXPECT_EQ(send(stack, request("no url")).reason(), "URL_MALFORMED");
  EXPECT_EQ(send(stack, request("//a.example/x")).reason(), "URL_MALFORMED");
  EXPECT_TRUE(provider.asked.empty());
}

TEST_F(StackTest, AShortRetryAfterIsWaitedAndALongOneIsReturned) {
  provider.next.push_back(answer(429, {{"Retry-After", "10"}}));
  EXPECT_EQ(send(stack, request("http://feeds.example/x")).status(), 200);
  EXPECT_GE(provider.asked[1].at, seconds(10));
  provider.next.push_back(answer(503, {{"Retry-After", "600"}}));
  EXPECT_EQ(send(stack, request("http://feeds.example/x")).reason(), "PROVIDER_THROTTLED");
  EXPECT_EQ(send(stack, request("http://feeds.example/y")).reason(), "PROVIDER_THROTTLED");
  EXPECT_EQ(send(stack, request("http://other.example/y")).status(), 200);
}

TEST_F(StackTest, EachHopIsRetriedByItself) {
  provider.next.push_back(answer(302, {{"Location", "http://other.example/y"}}));
  provider.next.push_back(answer(503));
  Sent& sent = send(stack, request("http://feeds.example/x"));
  EXPECT_EQ(sent.status(), 200);
  ASSERT_EQ(provider.asked.size(), 3u);
  EXPECT_EQ(provider.asked[2].request.url, "http://other.example/y");
}

} // namespace
} // namespace circuit::http
