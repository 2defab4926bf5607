#include "ingest/text/url.h"

#include <gtest/gtest.h>

namespace circuit::text {
namespace {

struct Resolution {
  const char *base, *reference, *target;
};
void PrintTo(const Resolution& r, std::ostream* out) { *out << r.base << " + " << r.reference; }

class ResolveUrl : public testing::TestWithParam<Resolution> {};

TEST_P(ResolveUrl, FollowsRfc3986AndRepairsWhatFeedsWrite) {
  EXPECT_EQ(resolve_url(GetParam().base, GetParam().reference), GetParam().target);
}

constexpr const char* kBase = "http://a/b/c/d;p?q";

INSTANTIATE_TEST_SUITE_P(
    Rfc3986Section54, ResolveUrl,
    testing::Values(
        Resolution{kBase, "g:h", "g:h"}, Resolution{kBase, "g", "http://a/b/c/g"},
        Resolution{kBase, "./g", "http://a/b/c/g"}, Resolution{kBase, "g/", "http://a/b/c/g/"},
        Resolution{kBase, "/g", "http://a/g"}, Resolution{kBase, "//g", "http://g"},
        Resolution{kBase, "?y", "http://a/b/c/d;p?y"}, Resolution{kBase, "g?y", "http://a/b/c/g?y"},
        Resolution{kBase, "#s", "http://a/b/c/d;p?q#s"}, Resolution{kBase, "g#s", "http://a/b/c/g#s"},
        Resolution{kBase, ";x", "http://a/b/c/;x"}, Resolution{kBase, "", "http://a/b/c/d;p?q"},
        Resolution{kBase, ".", "http://a/b/c/"}, Resolution{kBase, "..", "http://a/b/"},
        Resolution{kBase, "../g", "http://a/b/g"}, Resolution{kBase, "../../../g", "http://a/g"},
        Resolution{kBase, "/./g", "http://a/g"}, Resolution{kBase, "/../g", "http://a/g"},
        Resolution{kBase, "g.", "http://a/b/c/g."}, Resolution{kBase, "..g", "http://a/b/c/..g"},
        Resolution{kBase, "./g/.", "http://a/b/c/g/"}, Resolution{kBase, "g;x=1/../y", "http://a/b/c/y"},
        Resolution{kBase, "g?y/../x", "http://a/b/c/g?y/../x"},
        Resolution{kBase, "g#s/../x", "http://a/b/c/g#s/../x"}));

INSTANTIATE_TEST_SUITE_P(
    Repairs, ResolveUrl,
    testing::Values(Resolution{"http://a.test/b/", "  c d.html\n", "http://a.test/b/c%20d.html"},
                    Resolution{"http://a.test/b/", "\\c\\d?x\\y", "http://a.test/c/d?x%5Cy"},
                    Resolution{"http://a.test/b/", "100%", "http://a.test/b/100%25"},
                    Resolution{"http://a.test/b/", "a%20b%zz", "http://a.test/b/a%20b%25zz"},
                    Resolution{"http://a.test/b/", "\xC3\x80", "http://a.test/b/\xC3\x80"},
                    Resolution{"http://a.test", "c", "http://a.test/c"},
                    Resolution{"HTTP://a.test/x", "HTTPS://b.test/y", "https://b.test/y"},
                    Resolution{"http://a.test/", "mailto:x@y.test", "mailto:x@y.test"},
                    Resolution{"http://a.test/", "java\nscript:alert(1)", "javascript:alert(1)"},
                    Resolution{"", "c/d", "c/d"}, Resolution{"not a url", "c/d", "c/d"},
                    Resolution{"urn:x:y", "c", "c"}));

struct Normalization {
  const char *url, *normal;
};
void PrintTo(const Normalization& n, std::ostream* out) { *out << n.url; }

class NormalizeUrl : public testing::TestWithParam<Normalization> {};

TEST_P(NormalizeUrl, GivesEqualAddressesOneSpelling) {
  EXPECT_EQ(normalize_url(GetParam().url).value_or("none"), GetParam().normal);
}

INSTANTIATE_TEST_SUITE_P(
    Table, NormalizeUrl,
    testing::Values(Normalization{"HTTP://Example.COM", "http://example.com/"},
                    Normalization{"http://example.com:80/a", "http://example.com/a"},
                    Normalization{"https://example.com:443?x=1", "https://example.com/?x=1"},
                    Normalization{"https://example.com:8443/a/../b#f", "https://example.com:8443/b#f"},
                    Normalization{"http://example.com:/", "http://example.com/"},
                    Normalization{"http://example.com/%7ea/b c", "http://example.com/~a/b%20c"},
                    Normalization{"http://example.com/\xC3\xA9?q=\xC3\xA9",
                                  "http://example.com/%C3%A9?q=%C3%A9"},
                    Normalization{"http://b\xC3\xBC"
                                  "cher.example/",
                                  "http://xn--bcher-kva.example/"},
                    Normalization{"http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"},
                    Normalization{"http://example.com/a[1]", "http://example.com/a%5B1%5D"},
                    Normalization{"/relative", "none"}, Normalization{"mailto:x@y.test", "none"},
                    Normalization{"http://", "none"}, Normalization{"http:///path", "none"},
                    Normalization{"", "none"}, Normalization{"http://a b/", "none"}));

TEST(SplitUrl, GivesThePartsWithTheDefaultPort) {
  const std::optional<UrlParts> parts = split_url("https://user:pw@Example.com/a/b?x=1#frag");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->scheme, "https");
  EXPECT_EQ(parts->user_info, "user:pw");
  EXPECT_EQ(parts->host, "example.com");
  EXPECT_EQ(parts->port, 443);
  EXPECT_EQ(parts->path, "/a/b");
  EXPECT_EQ(parts->query, "x=1");
  EXPECT_EQ(parts->fragment, "frag");
}

TEST(SplitUrl, GivesAnIpv6HostWithoutBrackets) {
  const std::optional<UrlParts> parts = split_url("http://[::1]:8080/");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->host, "::1");
  EXPECT_EQ(parts->port, 8080);
}

TEST(SplitUrl, RefusesPortsThatDoNotExist) {
  EXPECT_FALSE(split_url("http://a.test:65536/"));
  EXPECT_FALSE(split_url("http://a.test:0/"));
  EXPECT_FALSE(split_url("http://a.test:8o/"));
}

TEST(UrlOrigin, IsSchemeHostAndThePortThatIsNotTheDefault) {
  EXPECT_EQ(url_origin("HTTPS://A.test:443/x"), "https://a.test");
  EXPECT_EQ(url_origin("http://a.test:8080/x"), "http://a.test:8080");
  EXPECT_EQ(url_origin("http://[::1]:81/"), "http://[::1]:81");
  EXPECT_EQ(url_origin("/x"), "");
}

class LoggableUrl : public testing::TestWithParam<Normalization> {};

TEST_P(LoggableUrl, HidesWhatCouldBeACredential) {
  EXPECT_EQ(loggable_url(GetParam().url), GetParam().normal);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LoggableUrl,
    testing::Values(
        Normalization{"https://a.test/feed?page=2&tag=x", "https://a.test/feed?page=2&tag=x"},
        Normalization{"https://user:secret@a.test/feed", "https://a.test/feed"},
        Normalization{"https://a.test/f?api_key=abc&page=2", "https://a.test/f?api_key=...&page=2"},
        Normalization{"https://a.test/f?access_token=abc", "https://a.test/f?access_token=..."},
        Normalization{"https://a.test/f?sv=2020&sig=ab%3D", "https://a.test/f?sv=2020&sig=..."},
        Normalization{"https://a.test/f?x=9f86d081884c7d659a2feaa0c55ad015", "https://a.test/f?x=..."},
        Normalization{"https://a.test/f?9f86d081884c7d659a2feaa0c55ad015", "https://a.test/f?..."},
        Normalization{"https://a.test/f#access_token=abc", "https://a.test/f#access_token=..."},
        Normalization{"https://a.test/f?q=a-long-sentence-with-many-words-2024",
                      "https://a.test/f?q=a-long-sentence-with-many-words-2024"},
        Normalization{"https://a.test/f?", "https://a.test/f?"},
        Normalization{"not a url", "not%20a%20url"}));

} // namespace
} // namespace circuit::text
