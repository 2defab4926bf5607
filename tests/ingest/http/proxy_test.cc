#include "ingest/http/proxy.h"

#include <gtest/gtest.h>

#include <map>

namespace circuit::http {
namespace {

ProxySettings with(const std::map<std::string, std::string>& environment) {
  return ProxySettings::from_environment([&environment](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

TEST(Proxy, AnEmptyEnvironmentMeansNone) {
  EXPECT_TRUE(with({}).is_empty());
  EXPECT_EQ(with({}).for_target("https", "example.org"), "");
}

TEST(Proxy, EachSchemeHasItsVariable) {
  const ProxySettings settings = with({{"http_proxy", "http://a:1"}, {"HTTPS_PROXY", "http://b:2"}});
  EXPECT_EQ(settings.for_target("http", "example.org"), "http://a:1");
  EXPECT_EQ(settings.for_target("https", "example.org"), "http://b:2");
}

TEST(Proxy, AllProxyStandsInForBoth) {
  const ProxySettings settings = with({{"ALL_PROXY", "socks5h://a:1"}});
  EXPECT_EQ(settings.for_target("http", "example.org"), "socks5h://a:1");
  EXPECT_EQ(settings.for_target("https", "example.org"), "socks5h://a:1");
}

TEST(Proxy, UpperCaseHttpProxyIsIgnored) {
  EXPECT_TRUE(with({{"HTTP_PROXY", "http://attacker:1"}}).is_empty());
}

TEST(Proxy, NoProxyExemptsNamesAndAllBelowThem) {
  const ProxySettings settings =
      with({{"http_proxy", "http://a:1"}, {"no_proxy", "internal.example, .corp.example,127.0.0.1 [::1]"}});
  EXPECT_EQ(settings.for_target("http", "internal.example"), "");
  EXPECT_EQ(settings.for_target("http", "x.internal.example"), "");
  EXPECT_EQ(settings.for_target("http", "a.corp.example"), "");
  EXPECT_EQ(settings.for_target("http", "127.0.0.1"), "");
  EXPECT_EQ(settings.for_target("http", "::1"), "");
  EXPECT_EQ(settings.for_target("http", "notinternal.example"), "http://a:1");
  EXPECT_EQ(settings.for_target("http", "internal.example.org"), "http://a:1");
}

TEST(Proxy, AStarExemptsEveryHost) {
  EXPECT_EQ(with({{"http_proxy", "http://a:1"}, {"no_proxy", "*"}}).for_target("http", "example.org"), "");
}

TEST(Proxy, OneThatIsGivenServesEverything) {
  const ProxySettings settings("http://a:1");
  EXPECT_EQ(settings.for_target("http", "localhost"), "http://a:1");
  EXPECT_EQ(settings.for_target("https", "localhost"), "http://a:1");
}

} // namespace
} // namespace circuit::http
