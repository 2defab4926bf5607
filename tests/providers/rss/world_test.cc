#include "tests/providers/rss/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace circuit::providers::rss {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

class WorldTest : public testing::Test {
 protected:
  FeedTraits traits(Format format = Format::kRss20) {
    FeedTraits t = plain_traits(format);
    t.window = 4;
    t.page_size = 3;
    return t;
  }
  SystemTime tick() { return now_ += seconds(10); }
  std::vector<uint32_t> current(size_t feed) {
    std::vector<uint32_t> numbers;
    for (const Item* item : world_.current_items(world_.feed(feed))) numbers.push_back(item->number);
    return numbers;
  }
  std::vector<Visibility> visibilities(size_t feed) {
    std::vector<Visibility> out;
    for (const ExpectedDocument& document : world_.truth(feed).documents) out.push_back(document.visibility);
    return out;
  }

  SystemTime now_{seconds(1'700'000'000)};
  World world_{WorldOptions{}};
};

constexpr auto kCurrent = Visibility::kCurrent;
constexpr auto kHistory = Visibility::kHistory;
constexpr auto kPast = Visibility::kPast;
constexpr auto kDeleted = Visibility::kDeleted;

TEST_F(WorldTest, ItemsThatLeaveTheWindowArePastAndNotDeleted) {
  const size_t feed = world_.add_feed(traits(), 4);
  world_.add_item(feed, tick());
  EXPECT_THAT(current(feed), ElementsAre(5, 4, 3, 2));
  EXPECT_THAT(visibilities(feed), ElementsAre(kPast, kCurrent, kCurrent, kCurrent, kCurrent));
}

TEST_F(WorldTest, ABurstMayPushItemsOutBeforeAnybodySawThem) {
  const size_t feed = world_.add_feed(traits(), 1);
  world_.add_burst(feed, 6, tick());
  EXPECT_THAT(current(feed), ElementsAre(7, 6, 5, 4));
  EXPECT_EQ(visibilities(feed)[1], kPast);
}

TEST_F(WorldTest, EditsMakeNewVersionsWithNewMarkersAndKeepTheIdentity) {
  const size_t feed = world_.add_feed(traits(), 2);
  const ExpectedDocument before = world_.truth(feed).documents[1];
  ASSERT_TRUE(world_.edit_item(feed, 2, tick()));
  const ExpectedDocument after = world_.truth(feed).documents[1];
  EXPECT_EQ(after.external_id, before.external_id);
  EXPECT_EQ(after.version, 2u);
  EXPECT_NE(after.title, before.title);
  EXPECT_NE(after.marker, before.marker);
  EXPECT_EQ(after.item_marker, before.item_marker);
  EXPECT_THAT(after.marker, testing::StartsWith(after.item_marker));
}

TEST_F(WorldTest, WhatIsNotOnThePageIsNotEdited) {
  const size_t feed = world_.add_feed(traits(), 9);
  EXPECT_FALSE(world_.edit_item(feed, 1, tick()));
  EXPECT_FALSE(world_.edit_item(feed, 0, tick()));
  EXPECT_FALSE(world_.edit_item(feed, 10, tick()));
}

TEST_F(WorldTest, OnlyFeedsThatCanSaySoDelete) {
  const size_t silent = world_.add_feed(traits(), 3);
  EXPECT_FALSE(world_.delete_item(silent, 2, tick()));
  EXPECT_TRUE(world_.unlist_item(silent, 2, tick()));
  EXPECT_THAT(visibilities(silent), ElementsAre(kCurrent, kPast, kCurrent));

  FeedTraits atom = traits(Format::kAtom10);
  atom.tombstones = true;
  const size_t honest = world_.add_feed(atom, 3);
  EXPECT_TRUE(world_.delete_item(honest, 2, tick()));
  EXPECT_FALSE(world_.delete_item(honest, 2, tick()));
  EXPECT_THAT(visibilities(honest), ElementsAre(kCurrent, kDeleted, kCurrent));
}

TEST_F(WorldTest, OldTombstonesAreForgotten) {
  FeedTraits atom = traits(Format::kAtom10);
  atom.tombstones = true;
  const size_t feed = world_.add_feed(atom, 0);
  for (size_t i = 0; i <= kTombstonesMax; ++i) {
    ASSERT_TRUE(world_.delete_item(feed, world_.add_item(feed, tick()), tick()));
  }
  EXPECT_EQ(visibilities(feed).front(), Visibility::kForgotten);
  EXPECT_EQ(visibilities(feed).back(), kDeleted);
}

TEST_F(WorldTest, ACompleteFeedListsAllAndDeletesByAbsence) {
  FeedTraits complete = traits();
  complete.history = History::kComplete;
  const size_t feed = world_.add_feed(complete, 6);
  ASSERT_TRUE(world_.delete_item(feed, 1, tick()));
  EXPECT_FALSE(world_.unlist_item(feed, 2, tick()));
  EXPECT_THAT(current(feed), ElementsAre(6, 5, 4, 3, 2));
  EXPECT_EQ(visibilities(feed)[0], kDeleted);
}

TEST_F(WorldTest, PagesHoldEverythingOnce) {
  FeedTraits paged = traits();
  paged.history = History::kPaged;
  const size_t index = world_.add_feed(paged, 8);
  const Feed& feed = world_.feed(index);
  ASSERT_EQ(world_.page_count(feed), 3u);
  std::vector<uint32_t> all;
  for (size_t page = 1; page <= 3; ++page) {
    for (const Item* item : world_.page_items(feed, page)) all.push_back(item->number);
  }
  EXPECT_THAT(all, ElementsAre(8, 7, 6, 5, 4, 3, 2, 1));
  EXPECT_THAT(current(index), ElementsAre(8, 7, 6));
  EXPECT_EQ(visibilities(index)[4], kHistory);
}

TEST_F(WorldTest, ArchivesStayAsTheyAreWhileTheFeedGrows) {
  FeedTraits archived = traits();
  archived.history = History::kArchived;
  const size_t index = world_.add_feed(archived, 7);
  const Feed& feed = world_.feed(index);
  const auto numbers_in = [&](size_t archive) {
    std::vector<uint32_t> out;
    for (const Item* item : world_.archive_items(feed, archive)) out.push_back(item->number);
    return out;
  };
  ASSERT_EQ(world_.archive_count(feed), 1u);
  EXPECT_THAT(numbers_in(1), ElementsAre(3, 2, 1));
  EXPECT_THAT(current(index), ElementsAre(7, 6, 5, 4));
  world_.add_burst(index, 5, tick());
  EXPECT_EQ(world_.archive_count(feed), 2u);
  EXPECT_THAT(numbers_in(1), ElementsAre(3, 2, 1));
  // Nothing is between the archives and the page.
  EXPECT_THAT(numbers_in(2), ElementsAre(6, 5, 4));
  EXPECT_THAT(current(index), ElementsAre(12, 11, 10, 9, 8, 7));
}

TEST_F(WorldTest, ItemsWithoutIdentityAreNeverEdited) {
  FeedTraits anonymous = traits();
  anonymous.identity = Identity::kNone;
  const size_t feed = world_.add_feed(anonymous, 2);
  EXPECT_FALSE(world_.edit_item(feed, 2, tick()));
  EXPECT_EQ(world_.truth(feed).documents[0].external_id, "");
}

TEST_F(WorldTest, EmptyItemsAreNoDocuments) {
  const size_t feed = world_.add_feed(traits(), 1);
  world_.add_item(feed, tick(), 0, Oddity::kEmpty);
  world_.add_item(feed, tick(), 0, Oddity::kBrokenDate);
  EXPECT_EQ(world_.truth(feed).documents.size(), 2u);
}

TEST_F(WorldTest, NothingCanBeHeldAgainstAReaderOfAGoneFeed) {
  const size_t feed = world_.add_feed(traits(), 2);
  world_.set_state(feed, FeedState::kGone, tick());
  EXPECT_THAT(visibilities(feed), ElementsAre(kPast, kPast));
}

TEST_F(WorldTest, AdvanceMakesExactlySoManyChanges) {
  for (int i = 0; i < 30; ++i) world_.add_drawn_feed(12);
  const auto changes = world_.advance(300, tick());
  EXPECT_EQ(changes.size(), 300u);
  std::set<ItemChange::Kind> kinds;
  for (const ItemChange& change : changes) kinds.insert(change.kind);
  EXPECT_EQ(kinds.size(), 3u) << "additions, edits and deletions";
}

TEST_F(WorldTest, TheSameSeedAndTheSameCallsMakeTheSameWorld) {
  World other{WorldOptions{}};
  for (World* world : {&world_, &other}) {
    for (int i = 0; i < 20; ++i) world->add_drawn_feed(10);
    world->advance(100, now_ + seconds(5));
  }
  for (size_t feed = 0; feed < 20; ++feed) {
    const FeedTruth a = world_.truth(feed), b = other.truth(feed);
    ASSERT_EQ(a.documents.size(), b.documents.size());
    for (size_t i = 0; i < a.documents.size(); ++i) {
      EXPECT_EQ(a.documents[i].title, b.documents[i].title);
      EXPECT_EQ(a.documents[i].external_id, b.documents[i].external_id);
      EXPECT_EQ(a.documents[i].version, b.documents[i].version);
      EXPECT_EQ(a.documents[i].visibility, b.documents[i].visibility);
    }
  }
}

TEST_F(WorldTest, TheDemonstrationHoldsNewsBack) {
  world_.add_demonstration_feeds();
  ASSERT_EQ(world_.feed_count(), 6u);
  std::set<std::string> titles;
  for (size_t i = 0; i < 6; ++i) {
    for (const ExpectedDocument& document : world_.truth(i).documents) titles.insert(document.title);
  }
  EXPECT_EQ(titles.size(), 24u);
  world_.add_item(0, tick());
  EXPECT_EQ(titles.count(world_.truth(0).documents.back().title), 0u);
}

} // namespace
} // namespace circuit::providers::rss
