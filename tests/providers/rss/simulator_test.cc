#include "tests/providers/rss/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/providers/gzip.h"
#include "tests/providers/http_date.h"
#include "tests/providers/rss/read_page.h"

namespace circuit::providers::rss {
namespace {

using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;

class SimulatorTest : public testing::Test {
 protected:
  size_t add_feed(const FeedTraits& traits, size_t items = 5) { return world_.add_feed(traits, items); }
  SimResponse get(const std::string& target, Fields fields = {},
                  std::optional<ContentFault> fault = std::nullopt) {
    SimRequest request;
    request.target = target;
    request.fields = std::move(fields);
    return simulator_.respond(request, now_, fault);
  }
  static std::string field(const SimResponse& response, std::string_view name) {
    return find_field(response.fields, name).value_or("(none)");
  }
  ReadPage page(const SimResponse& response, size_t feed = 0) {
    const FeedTraits& traits = world_.feed(feed).traits;
    const auto page = response.body ? read_page(*response.body, traits.format, traits.charset) : std::nullopt;
    EXPECT_TRUE(page);
    return page.value_or(ReadPage{});
  }
  static std::string target_of(const std::string& url) {
    return url.substr(url.find('/', url.find("://") + 3));
  }
  void tick(int by = 10) { now_ += seconds(by); }

  SystemTime now_{seconds(1'700'000'000)};
  World world_{WorldOptions{}};
  RssSimulator simulator_{world_, {}};
};

TEST_F(SimulatorTest, AnswersWithValidatorsThatGive304UntilSomethingChanges) {
  add_feed(plain_traits(Format::kRss20));
  const SimResponse first = get("/feeds/0.xml");
  ASSERT_EQ(first.status, 200);
  const std::string etag = field(first, "ETag"), modified = field(first, "Last-Modified");
  for (const Fields& fields : {Fields{{"If-None-Match", etag}}, Fields{{"If-Modified-Since", modified}}}) {
    const SimResponse again = get("/feeds/0.xml", fields);
    EXPECT_EQ(again.status, 304);
    EXPECT_FALSE(again.body);
    EXPECT_EQ(field(again, "ETag"), etag);
    EXPECT_EQ(field(again, "Content-Type"), "(none)");
    EXPECT_NE(field(again, "Date"), "(none)");
  }
  world_.add_item(0, now_);
  tick();
  EXPECT_EQ(get("/feeds/0.xml", {{"If-None-Match", etag}}).status, 200);
  EXPECT_EQ(get("/feeds/0.xml", {{"If-Modified-Since", modified}}).status, 200);
  EXPECT_NE(field(get("/feeds/0.xml"), "ETag"), etag);
}

TEST_F(SimulatorTest, GivesNoDateThatTheNextChangeInTheSameSecondWouldShare) {
  FeedTraits traits = plain_traits(Format::kRss20);
  traits.etag = false;
  add_feed(traits);
  world_.add_item(0, now_);
  EXPECT_EQ(field(get("/feeds/0.xml"), "Last-Modified"), "(none)");
  tick(1);
  EXPECT_EQ(field(get("/feeds/0.xml"), "Last-Modified"), format_http_date(now_ - seconds(1)));
}

TEST_F(SimulatorTest, TellsCodingsApartByStrongTags) {
  add_feed(plain_traits(Format::kRss20));
  const SimResponse plain = get("/feeds/0.xml");
  const SimResponse coded = get("/feeds/0.xml", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(field(plain, "Content-Encoding"), "(none)");
  EXPECT_EQ(field(coded, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(coded, "Vary"), "Accept-Encoding");
  EXPECT_NE(field(plain, "ETag"), field(coded, "ETag"));
  EXPECT_EQ(gunzip(*coded.body, 1 << 20).bytes, *plain.body);
  EXPECT_EQ(
      get("/feeds/0.xml", {{"Accept-Encoding", "gzip"}, {"If-None-Match", field(coded, "ETag")}}).status,
      304);
}

TEST_F(SimulatorTest, SendsTheFreshnessOfTheTraits) {
  FeedTraits traits = plain_traits(Format::kRss20);
  traits.hints.max_age_seconds = 300;
  traits.hints.expires_seconds = 60;
  add_feed(traits);
  const SimResponse response = get("/feeds/0.xml");
  EXPECT_EQ(field(response, "Cache-Control"), "public, max-age=300");
  EXPECT_EQ(field(response, "Expires"), format_http_date(now_ + seconds(60)));
}

TEST_F(SimulatorTest, RefusesOtherMethodsAndUnknownPaths) {
  add_feed(plain_traits(Format::kRss20));
  SimRequest request;
  request.method = "POST";
  request.target = "/feeds/0.xml";
  const SimResponse response = simulator_.respond(request, now_, std::nullopt);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(field(response, "Allow"), "GET, HEAD");
  for (const char* target : {"/", "/feeds/1.xml", "/feeds/x.xml", "/feeds/0", "/feeds/0.xmlx",
                             "/feeds/0/archive/1.xml", "/sites/7/", "/redirect/200/x", "/odd/unknown"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
}

TEST_F(SimulatorTest, IgnoresRanges) {
  add_feed(plain_traits(Format::kRss20));
  const SimResponse response = get("/feeds/0.xml", {{"Range", "bytes=0-9"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(field(response, "Accept-Ranges"), "none");
}

TEST_F(SimulatorTest, MovesFeedsAndEndsThem) {
  add_feed(plain_traits(Format::kRss20));
  world_.move_feed(0, 301);
  const SimResponse moved = get("/feeds/0.xml?x=1");
  EXPECT_EQ(moved.status, 301);
  EXPECT_EQ(field(moved, "Location"), "/moved/0.xml?x=1");
  EXPECT_EQ(get("/moved/0.xml").status, 200);
  world_.set_state(0, FeedState::kGone, now_);
  EXPECT_EQ(get("/moved/0.xml").status, 410);
  const SimResponse redirect = get("/redirect/308/feeds/0.xml");
  EXPECT_EQ(redirect.status, 308);
  EXPECT_EQ(field(redirect, "Location"), "/feeds/0.xml");
}

TEST_F(SimulatorTest, NamesTheFeedInTheSitesPage) {
  add_feed(plain_traits(Format::kJsonFeed11));
  const SimResponse response = get("/sites/0/");
  EXPECT_THAT(*response.body, HasSubstr("rel=\"alternate\" type=\"application/feed+json\""));
  EXPECT_THAT(*response.body, HasSubstr("href=\"/feeds/0.json\""));
}

TEST_F(SimulatorTest, LeadsThroughAllPages) {
  for (const Format format : {Format::kRss20, Format::kAtom10, Format::kJsonFeed11}) {
    FeedTraits traits = plain_traits(format);
    traits.history = History::kPaged;
    traits.page_size = 4;
    const size_t feed = add_feed(traits, 10);
    std::set<std::string> ids;
    size_t pages = 0;
    for (std::string url = simulator_.feed_url(feed); !url.empty(); ++pages) {
      const ReadPage read = page(get(target_of(url)), feed);
      for (const ReadItem& item : read.items) ids.insert(item.id);
      url = read.next;
    }
    EXPECT_EQ(pages, 3u);
    EXPECT_EQ(ids.size(), 10u);
  }
}

TEST_F(SimulatorTest, LeadsThroughArchivesThatKeepTheirTags) {
  FeedTraits traits = plain_traits(Format::kAtom10);
  traits.history = History::kArchived;
  traits.window = 3;
  traits.page_size = 2;
  add_feed(traits, 8);
  const std::string archive_tag = field(get("/feeds/0/archive/1.xml"), "ETag");
  const std::string archive_body = *get("/feeds/0/archive/1.xml").body;
  world_.add_burst(0, 5, now_);
  tick();
  std::set<std::string> ids;
  for (std::string url = simulator_.feed_url(0); !url.empty();) {
    const ReadPage read = page(get(target_of(url)));
    EXPECT_EQ(read.archive, read.self.find("archive") != std::string::npos);
    for (const ReadItem& item : read.items) ids.insert(item.id);
    url = read.prev_archive;
  }
  EXPECT_EQ(ids.size(), 13u);
  EXPECT_EQ(field(get("/feeds/0/archive/1.xml"), "ETag"), archive_tag);
  EXPECT_EQ(*get("/feeds/0/archive/1.xml").body, archive_body);
}

TEST_F(SimulatorTest, AStaleAnswerIsTheVersionBeforeWithItsOwnTag) {
  add_feed(plain_traits(Format::kRss20));
  const std::string old_tag = field(get("/feeds/0.xml"), "ETag");
  world_.add_item(0, now_);
  tick();
  const SimResponse stale = get("/feeds/0.xml", {}, ContentFault::kStale);
  EXPECT_EQ(field(stale, "ETag"), old_tag);
  EXPECT_EQ(page(stale).items.size(), 5u);
  EXPECT_EQ(page(get("/feeds/0.xml")).items.size(), 6u);
  EXPECT_EQ(page(get("/feeds/0.xml", {}, ContentFault::kStale)).items.size(), 5u);
}

TEST_F(SimulatorTest, ACompleteFeedNeverLiesAboutBeingComplete) {
  FeedTraits traits = plain_traits(Format::kAtom10);
  traits.history = History::kComplete;
  add_feed(traits);
  EXPECT_TRUE(page(get("/feeds/0.xml")).complete);
  world_.add_item(0, now_);
  tick();
  EXPECT_EQ(page(get("/feeds/0.xml", {}, ContentFault::kStale)).items.size(), 6u);
  EXPECT_FALSE(page(get("/feeds/0.xml", {}, ContentFault::kEmptyPage)).complete);
}

TEST_F(SimulatorTest, AnEmptyPageHasLinksAndNoValidators) {
  FeedTraits traits = plain_traits(Format::kRss20);
  traits.history = History::kPaged;
  traits.page_size = 2;
  add_feed(traits);
  const SimResponse response = get("/feeds/0.xml", {}, ContentFault::kEmptyPage);
  EXPECT_TRUE(page(response).items.empty());
  EXPECT_NE(page(response).next, "");
  EXPECT_EQ(field(response, "ETag"), "(none)");
  EXPECT_EQ(field(response, "Last-Modified"), "(none)");
}

TEST_F(SimulatorTest, ARepeatedPageIsTheOneBefore) {
  FeedTraits traits = plain_traits(Format::kRss20);
  traits.history = History::kPaged;
  traits.page_size = 2;
  add_feed(traits);
  EXPECT_EQ(*get("/feeds/0.xml?page=2", {}, ContentFault::kRepeatedPage).body, *get("/feeds/0.xml").body);
}

TEST_F(SimulatorTest, LargePagesComeInPiecesAndAreTheSame) {
  add_feed(plain_traits(Format::kRss20), 200);
  RssSimulator in_pieces(world_, {.page_bytes_max = 1000});
  SimRequest request;
  request.target = "/feeds/0.xml";
  const SimResponse response = in_pieces.respond(request, now_, std::nullopt);
  ASSERT_TRUE(response.pieces);
  std::string body;
  for (std::string piece = response.pieces->next(); !piece.empty(); piece = response.pieces->next())
    body += piece;
  EXPECT_EQ(body, *get("/feeds/0.xml").body);
  request.fields.emplace_back("If-None-Match", field(response, "ETag"));
  EXPECT_EQ(in_pieces.respond(request, now_, std::nullopt).status, 304);
}

TEST_F(SimulatorTest, ForgetsRenderedPagesBeyondItsLimitAndRendersThemAgain) {
  for (int i = 0; i < 10; ++i) add_feed(plain_traits(Format::kRss20));
  RssSimulator small(world_, {.cache_bytes_max = 10'000});
  SimRequest request;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10; ++i) {
      request.target = "/feeds/" + std::to_string(i) + ".xml";
      EXPECT_EQ(*small.respond(request, now_, std::nullopt).body, *get(request.target).body);
    }
  }
}

TEST_F(SimulatorTest, SpreadsFeedsOverHosts) {
  add_feed(plain_traits(Format::kRss20));
  add_feed(plain_traits(Format::kRss20));
  RssSimulator many(world_, {.base_url = "http://feeds.example", .hosts = 2});
  EXPECT_EQ(many.feed_url(0), "http://h0.feeds.example/feeds/0.xml");
  EXPECT_EQ(many.feed_url(1), "http://h1.feeds.example/feeds/1.xml");
}

TEST_F(SimulatorTest, ServesOddPages) {
  EXPECT_EQ(get("/odd/empty").body->size(), 0u);
  EXPECT_EQ(field(get("/odd/loop"), "Location"), "/odd/loop");
  EXPECT_EQ(field(get("/odd/redirect?to=http%3A%2F%2F169.254.169.254%2F"), "Location"),
            "http://169.254.169.254/");
  const SimResponse huge = get("/odd/huge?bytes=1000000");
  size_t size = 0;
  for (std::string piece = huge.pieces->next(); !piece.empty(); piece = huge.pieces->next())
    size += piece.size();
  EXPECT_GE(size, 1'000'000u);
  EXPECT_LT(size, 1'100'000u);
  EXPECT_THAT(*get("/odd/nested?depth=10").body, HasSubstr("<b><b><b>"));
  EXPECT_THAT(*get("/odd/cut").body, EndsWith("Item ele"));
}

} // namespace
} // namespace circuit::providers::rss
