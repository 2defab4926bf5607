#include "feeds/rss/raw_json.h"

#include <boost/json.hpp>

#include "tests/feeds/rss/feeds_of.h"

namespace circuit::feeds::rss::test {
namespace {

boost::json::value json_of(std::string_view feed) { return boost::json::parse(raw_to_json(parse(feed))); }

TEST(RawJson, HasTheFeedItsEntriesAndWhatWasWrong) {
  const auto json = json_of(item("<title>t</title>"));
  EXPECT_EQ(json.at("version"), "rss20");
  EXPECT_EQ(json.at("encoding"), "utf-8");
  EXPECT_TRUE(json.at("problems").as_array().empty());
  EXPECT_EQ(json.at("entries").at(0).at("title"), "t");
  EXPECT_EQ(json.at("entries").at(0).at("title_detail").at("type"), "text/plain");
  const auto broken = json_of("<rss><channel><item>");
  EXPECT_EQ(broken.at("problems").at(0).at("reason"), "RSS_NOT_WELL_FORMED");
}

TEST(RawJson, SanitizesHtmlAndMakesItsLinksAbsolute) {
  const auto json = json_of(
      item("<description>&lt;script&gt;x&lt;/script&gt;&lt;a href='/y'&gt;z&lt;/a&gt;</description>"));
  EXPECT_EQ(json.at("entries").at(0).at("summary"), "<a href=\"https://example.org/y\">z</a>");
}

TEST(RawJson, DatesAreAsWrittenAndAsTuples) {
  const auto json = json_of(item("<pubDate>Mon, 02 Nov 2026 10:11:12 +0100</pubDate>"));
  EXPECT_EQ(json.at("entries").at(0).at("published"), "Mon, 02 Nov 2026 10:11:12 +0100");
  EXPECT_EQ(json.at("entries").at(0).at("published_parsed"),
            (boost::json::array{2026, 11, 2, 9, 11, 12, 0, 306, 0}));
}

TEST(RawJson, PlacesAreGeoJson) {
  const auto json = json_of(item("<georss:box>42.9 -71.1 43.0 -71.0</georss:box>"));
  EXPECT_EQ(json.at("entries").at(0).at("where").at("type"), "Polygon");
  EXPECT_EQ(json.at("entries").at(0).at("where").at("coordinates").at(0).at(0),
            (boost::json::array{-71.1, 42.9}));
  const auto point = json_of(item("<geo:lat>1.5</geo:lat><geo:long>2.5</geo:long>"));
  EXPECT_EQ(point.at("entries").at(0).at("where").at("coordinates"), (boost::json::array{2.5, 1.5}));
  const auto gml =
      json_of(item("<georss:where><gml:Point><gml:pos>36.9 -76.3</gml:pos></gml:Point></georss:where>"));
  EXPECT_EQ(gml.at("entries").at(0).at("where").at("coordinates"), (boost::json::array{-76.3, 36.9}));
}

TEST(RawJson, OtherElementsKeepTheirNames) {
  const auto json = json_of(item("<slash:comments>3</slash:comments><thr:in-reply-to ref='x'/>"));
  EXPECT_EQ(json.at("entries").at(0).at("slash_comments"), "3");
  EXPECT_EQ(json.at("entries").at(0).at("thr_in-reply-to").at("ref"), "x");
}

TEST(RawJson, NothingIsSaidWhereTheFeedSaysNothing) {
  const auto json = json_of(item("<title>t</title>"));
  EXPECT_FALSE(json.at("entries").at(0).as_object().contains("summary"));
  EXPECT_FALSE(json.at("feed").as_object().contains("author"));
}

} // namespace
} // namespace circuit::feeds::rss::test
