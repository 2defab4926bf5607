#include "feeds/rss/discover.h"

#include <gtest/gtest.h>

namespace circuit::feeds::rss::test {
namespace {

using Urls = std::vector<std::string>;

Urls urls_in(std::string_view html) { return discover_feeds(html, "https://example.org/blog/"); }

TEST(DiscoverFeeds, FindsAlternatesOfFeedTypes) {
  EXPECT_EQ(
      urls_in("<head><link rel='alternate' type='application/rss+xml' href='feed.xml'>"
              "<LINK REL=\"Alternate home\" TYPE=\"application/atom+xml; charset=utf-8\" HREF=/atom>"
              "<link rel=alternate type=application/feed+json href=https://other.test/feed.json></head>"),
      (Urls{"https://example.org/blog/feed.xml", "https://example.org/atom",
            "https://other.test/feed.json"}));
}

TEST(DiscoverFeeds, LeavesOutWhatIsNoFeed) {
  EXPECT_EQ(urls_in("<link rel='stylesheet' type='text/css' href='a.css'><link rel='alternate' hreflang='de' "
                    "href='/de'>"
                    "<link rel='alternate' type='application/json' href='/wp-json/wp/v2/posts/1'>"
                    "<link rel='alternate' type='application/rss+xml' href=''>"
                    "<!-- <link rel='alternate' type='application/rss+xml' href='commented'> -->"
                    "<SCRIPT>'<link rel=alternate type=application/rss+xml href=/script>'</SCRIPT>"),
            Urls{});
}

TEST(DiscoverFeeds, GoesOnBehindScripts) {
  EXPECT_EQ(urls_in("<SCRIPT>var a;</SCRIPT><link rel=alternate type=application/rss+xml href=/f>"),
            Urls{"https://example.org/f"});
}

TEST(DiscoverFeeds, GoesByTheBaseOfThePageAndDecodesReferences) {
  EXPECT_EQ(urls_in("<base href='https://cdn.test/x/'><link rel='alternate' type='application/rss+xml' "
                    "href='f?a&amp;b'>"),
            Urls{"https://cdn.test/x/f?a&b"});
}

TEST(DiscoverFeeds, NamesEachFeedOnce) {
  EXPECT_EQ(urls_in("<link rel=alternate type=application/rss+xml href=/f><link rel=alternate "
                    "type=application/rss+xml href=https://example.org/f>")
                .size(),
            1u);
}

TEST(DiscoverFeeds, TakesAnything) {
  for (const char* html :
       {"", "<", "<link", "<link rel", "<link rel=", "<link rel='alternate", "<!--", "<script", "< link>"}) {
    EXPECT_EQ(urls_in(html), Urls{}) << html;
  }
}

} // namespace
} // namespace circuit::feeds::rss::test
