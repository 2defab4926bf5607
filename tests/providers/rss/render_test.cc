#include "tests/providers/rss/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/providers/rss/encode.h"
#include "tests/providers/rss/read_page.h"

namespace circuit::providers::rss {
namespace {

using std::chrono::seconds;

Page current_page(const World& world, const Feed& feed) {
  Page page;
  page.items = world.current_items(feed);
  page.links.self = "http://feeds.example/feeds/0.xml";
  page.complete = feed.traits.history == History::kComplete;
  page.tombstones = feed.traits.tombstones;
  return page;
}

std::vector<ExpectedDocument> current_truth(const World& world, size_t feed) {
  std::vector<ExpectedDocument> out;
  for (ExpectedDocument& document : world.truth(feed).documents) {
    if (document.visibility == Visibility::kCurrent) out.insert(out.begin(), std::move(document));
  }
  return out;
}

void expect_page_tells_the_truth(const World& world, const Feed& feed) {
  const auto page =
      read_page(render_page(world, feed, current_page(world, feed)), feed.traits.format, feed.traits.charset);
  ASSERT_TRUE(page) << "not well-formed";
  EXPECT_EQ(page->title, feed.title);
  const auto expected = current_truth(world, feed.index);
  ASSERT_EQ(page->items.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const ReadItem& item = page->items[i];
    EXPECT_EQ(item.title, expected[i].title);
    EXPECT_THAT(item.html, testing::HasSubstr(expected[i].marker));
    if (feed.traits.identity == Identity::kGuid || feed.traits.identity == Identity::kPermalink) {
      EXPECT_EQ(item.id, expected[i].external_id);
    }
    if (feed.traits.identity == Identity::kNone) {
      EXPECT_EQ(item.id + item.link, "");
    } else {
      EXPECT_EQ(feed.traits.relative_links ? feed.site + item.link : item.link, expected[i].link);
    }
  }
}

TEST(Render, EveryKindOfFeedIsWellFormedAndTellsTheTruth) {
  World world{WorldOptions{.seed = 42}};
  const SystemTime start{seconds(1'700'000'000)};
  for (size_t i = 0; i < 400; ++i) world.add_drawn_feed(8);
  world.advance(2000, start);
  for (size_t i = 0; i < world.feed_count(); ++i) {
    SCOPED_TRACE("feed " + std::to_string(i));
    expect_page_tells_the_truth(world, world.feed(i));
  }
}

TEST(Render, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const auto bytes_of = [](uint64_t seed) {
    World world{WorldOptions{.seed = seed}};
    for (size_t i = 0; i < 10; ++i) world.add_drawn_feed(8);
    world.advance(30, SystemTime{seconds(1'700'000'000)});
    std::string all;
    for (size_t i = 0; i < 10; ++i)
      all += render_page(world, world.feed(i), current_page(world, world.feed(i)));
    return all;
  };
  EXPECT_EQ(bytes_of(1), bytes_of(1));
  EXPECT_NE(bytes_of(1), bytes_of(2));
}

TEST(Render, TombstonesNameWhatWasDeleted) {
  World world{WorldOptions{}};
  FeedTraits traits = plain_traits(Format::kAtom10);
  traits.tombstones = true;
  world.add_feed(traits, 3);
  const std::string id = world.truth(0).documents[1].external_id;
  ASSERT_TRUE(world.delete_item(0, 2, SystemTime{seconds(1'700'000'000)}));
  const auto page = read_page(render_page(world, world.feed(0), current_page(world, world.feed(0))),
                              Format::kAtom10, Charset::kUtf8);
  ASSERT_TRUE(page);
  EXPECT_THAT(page->deleted, testing::ElementsAre(id));
  EXPECT_EQ(page->items.size(), 2u);
}

TEST(Render, OddItemsStandAmongGoodOnesInEveryFormat) {
  for (int format = 0; format < kFormatCount; ++format) {
    World world{WorldOptions{}};
    world.add_feed(plain_traits(static_cast<Format>(format)), 1);
    const SystemTime now{seconds(1'700'000'000)};
    world.add_item(0, now, 0, Oddity::kEmpty);
    world.add_item(0, now, 0, Oddity::kBrokenDate);
    const auto page = read_page(render_page(world, world.feed(0), current_page(world, world.feed(0))),
                                static_cast<Format>(format), Charset::kUtf8);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->items.size(), 3u);
    EXPECT_EQ(page->items[1].title, "");
    EXPECT_THAT(page->items[0].date, testing::AnyOf("yesterday", testing::HasSubstr("99")));
  }
}

TEST(Render, ItemsAreAsLargeAsAskedFor) {
  World world{WorldOptions{}};
  world.add_feed(plain_traits(Format::kRss20), 0);
  world.add_item(0, SystemTime{seconds(1'700'000'000)}, 3'000'000);
  const size_t size = render_page(world, world.feed(0), current_page(world, world.feed(0))).size();
  EXPECT_GT(size, 3'000'000u);
  EXPECT_LT(size, 3'010'000u);
}

TEST(Render, TheDemonstrationIsWellFormed) {
  World world{WorldOptions{}};
  world.add_demonstration_feeds();
  for (size_t i = 0; i < world.feed_count(); ++i) {
    world.edit_item(i, 2, SystemTime{seconds(1'700'000'000)});
    world.add_burst(i, 3, SystemTime{seconds(1'700'000'000)});
    expect_page_tells_the_truth(world, world.feed(i));
  }
}

TEST(Encode, WritesReferencesForWhatACharsetLacks) {
  EXPECT_EQ(encode("a\u00e9\u4e2d\U0001F6B2", Charset::kIso88591), "a\xe9&#20013;&#128690;");
  EXPECT_EQ(encode("\u20ac\u2019", Charset::kWindows1252), "\x80\x92");
  EXPECT_EQ(encode("\u672c\u00e9", Charset::kShiftJis), "\x96\x7b&#233;");
  EXPECT_EQ(encode("a\u00e9", Charset::kUtf16), std::string("a\0\xe9\0", 4));
}

TEST(Encode, SplitsWhatWouldEndASection) { EXPECT_EQ(cdata("a]]>b"), "<![CDATA[a]]]]><![CDATA[>b]]>"); }

TEST(ContentType, SaysWhatTheTraitsSayOfTheCharset) {
  FeedTraits traits = plain_traits(Format::kRss20);
  traits.charset = Charset::kShiftJis;
  EXPECT_EQ(content_type_of(traits), "application/rss+xml; charset=shift_jis");
  traits.charset_label = CharsetLabel::kMissing;
  EXPECT_EQ(content_type_of(traits), "application/rss+xml");
  traits.charset_label = CharsetLabel::kWrong;
  EXPECT_EQ(content_type_of(traits), "application/rss+xml; charset=utf-8");
}

} // namespace
} // namespace circuit::providers::rss
