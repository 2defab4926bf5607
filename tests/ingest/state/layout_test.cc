#include "ingest/state/layout.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace circuit::state {
namespace {

using namespace std::string_literals;

SystemTime at(int64_t microseconds) { return SystemTime(std::chrono::microseconds(microseconds)); }

TEST(Layout, EveryTableHasItsOwnName) {
  std::set<std::string> names;
  for (size_t i = 0; i < kTableCount; ++i) names.insert(table_name(static_cast<Table>(i)));
  EXPECT_EQ(names, (std::set<std::string>{"meta", "feeds", "manifest", "runs", "runs_by_feed", "dead_letters",
                                          "requests", "sinks", "feed_states", "cursor_parts", "connections",
                                          "connection_states", "credentials", "data_keys", "authorizations",
                                          "revocations", "enumerations", "seen"}));
}

TEST(Layout, AManifestKeyLiesInItsEpochAndItsFeedAndInNoOther) {
  const auto key = manifest_key("feeds/news", 2, "https://example.org/1");
  EXPECT_TRUE(key.starts_with(manifest_prefix("feeds/news", 2)));
  EXPECT_TRUE(key.starts_with(manifest_prefix("feeds/news")));
  EXPECT_FALSE(key.starts_with(manifest_prefix("feeds/news", 1)));
  EXPECT_FALSE(key.starts_with(manifest_prefix("feeds/new")));
  EXPECT_FALSE(key.starts_with(manifest_prefix("feeds/newss")));
}

TEST(Layout, AManifestKeyGivesItsExternalIdBack) {
  for (const auto& id : {""s, "a\0b"s, "\xff\xfe"s, std::string(5000, 'x')}) {
    EXPECT_EQ(manifest_external_id(manifest_key("feeds/news", -3, id)), id);
  }
  EXPECT_EQ(manifest_external_id(manifest_key("feeds/news", 1, "a") + "x"), std::nullopt);
  EXPECT_EQ(manifest_external_id(manifest_prefix("feeds/news", 1)), std::nullopt);
  EXPECT_EQ(manifest_external_id(""), std::nullopt);
}

TEST(Layout, AMarkLiesInItsScopeAndGivesItsExternalIdBack) {
  const auto key = seen_key("feeds/news", 2, "all", "https://example.org/1");
  EXPECT_TRUE(key.starts_with(seen_prefix("feeds/news")));
  EXPECT_TRUE(key.starts_with(seen_prefix("feeds/news", 2, "all")));
  EXPECT_FALSE(key.starts_with(seen_prefix("feeds/news", 2, "al")));
  EXPECT_FALSE(key.starts_with(seen_prefix("feeds/news", 1, "all")));
  EXPECT_EQ(seen_external_id(key), "https://example.org/1");
  EXPECT_EQ(seen_external_id(manifest_key("feeds/news", 2, "all")), std::nullopt);
}

TEST(Layout, ARunByFeedKeyIsEncodedAsThePageOfTheFormatSays) {
  EXPECT_EQ(run_by_feed_key("feeds/news", at(1'700'000'000'000'000), "syncs/b"),
            "\x00\x00\x00\x0a\x66\x65\x65\x64\x73\x2f\x6e\x65\x77\x73"
            "\x7f\xf9\xf5\xdb\xe7\xe1\xbf\xff"
            "\x00\x00\x00\x07\x73\x79\x6e\x63\x73\x2f\x62"s);
}

TEST(Layout, RunsOfAFeedComeNewestFirst) {
  const auto newest = run_by_feed_key("feeds/news", at(1'700'000'000'000'001), "syncs/c");
  const auto older = run_by_feed_key("feeds/news", at(1'700'000'000'000'000), "syncs/b");
  const auto before_1970 = run_by_feed_key("feeds/news", at(-5), "syncs/a");
  EXPECT_LT(newest, older);
  EXPECT_LT(older, before_1970);
}

TEST(Layout, ARunByFeedKeyGivesItsPartsBack) {
  for (const int64_t time : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1'700'000'000'000'000}, INT64_MAX}) {
    const auto read = read_run_by_feed_key(run_by_feed_key("feeds/news", at(time), "syncs/a"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->feed, "feeds/news");
    EXPECT_EQ(read->created_at, at(time));
    EXPECT_EQ(read->sync, "syncs/a");
  }
  EXPECT_FALSE(read_run_by_feed_key(run_by_feed_prefix("feeds/news")));
}

TEST(Layout, APrintableKeyShowsItsPartsAndNothingThatATerminalWouldObey) {
  EXPECT_EQ(printable_key(Table::kManifest, manifest_key("feeds/news", 3, "https://example.org/1")),
            R"(manifest ("feeds/news", 3, "https://example.org/1"))");
  EXPECT_EQ(printable_key(Table::kSeen, seen_key("feeds/news", 3, "all", "1")),
            R"(seen ("feeds/news", 3, "all", "1"))");
  EXPECT_EQ(printable_key(Table::kFeeds, feed_key("a\x1b[31m\"\\\n")), R"(feeds ("a\x1b[31m\"\\\x0a"))");
  EXPECT_EQ(printable_key(Table::kManifest, "\x01\xfe"), "manifest 0x01fe");
}

TEST(Layout, APrintableKeyIsBounded) {
  const std::string huge(60'000, '\x01');
  EXPECT_LT(printable_key(Table::kDeadLetters, dead_letter_key(huge, huge)).size(), 1100);
  EXPECT_LT(printable_key(Table::kDeadLetters, huge).size(), 1100);
}

} // namespace
} // namespace circuit::state
