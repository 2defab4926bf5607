#include "ingest/sync/manifest.h"

#include <gtest/gtest.h>

#include "ingest/state/layout.h"
#include "ingest/state/memory_store.h"
#include "tests/ingest/sync/run_on.h"

namespace circuit::sync {
namespace {

using state::Table;
using testing::run_on;

constexpr int64_t kEpoch = 3;

Manifest::Record record_of(const std::string& version) {
  Manifest::Record record;
  record.set_version(version);
  record.set_content_hash("hash of " + version);
  return record;
}

class ManifestTest : public ::testing::Test {
 protected:
  // Delivers at that version, as seen by that listing.
  void deliver(const std::string& id, const std::string& version, const std::string& scope,
               int64_t generation) {
    load(id);
    auto record = record_of(version);
    record.set_scope(scope);
    manifest_.put(id, std::move(record));
    manifest_.mark(id, scope, generation);
  }
  void load(const std::string& id) { ASSERT_TRUE(run_on(loop_, manifest_.load({id}))); }
  void commit() {
    state::Batch batch;
    manifest_.write_to(batch);
    write(std::move(batch));
    manifest_.committed();
  }
  void write(state::Batch batch) { ASSERT_TRUE(run_on(loop_, store_.commit(std::move(batch)))); }
  // "id generation", of one scope, as stored.
  std::vector<std::string> marks(const std::string& scope) {
    std::vector<std::string> out;
    std::string after;
    Manifest reader(store_, "feeds/a", kEpoch);
    do {
      auto page = run_on(loop_, reader.scan_marks(scope, after, 2));
      if (!page) return {page.error().reason};
      for (const auto& mark : page->marks)
        out.push_back(mark.external_id + " " + std::to_string(mark.generation));
      after = page->next;
    } while (!after.empty());
    return out;
  }

  state::MemoryDisk disk_;
  SeededRandom random_{1};
  VirtualLoop loop_;
  state::MemoryStore store_{disk_, loop_, random_};
  Manifest manifest_{store_, "feeds/a", kEpoch};
};

using Strings = std::vector<std::string>;

TEST_F(ManifestTest, TheMarksOfAScopeAreReadWithoutThoseOfOthers) {
  for (const char* id : {"1", "2", "3"}) deliver(id, "v", "docs", 1);
  for (const char* id : {"4", "5"}) deliver(id, "v", "pictures", 7);
  commit();
  EXPECT_EQ(marks("docs"), (Strings{"1 1", "2 1", "3 1"}));
  EXPECT_EQ(marks("pictures"), (Strings{"4 7", "5 7"}));
  EXPECT_EQ(marks("none"), Strings{});
}

TEST_F(ManifestTest, MarkingWhatHasNotChangedWritesTheMarkAlone) {
  deliver("1", "v", "docs", 1);
  commit();
  load("1");
  manifest_.mark("1", "docs", 2);
  state::Batch batch;
  manifest_.write_to(batch);
  ASSERT_EQ(batch.writes.size(), 1);
  EXPECT_EQ(batch.writes.front().table, Table::kSeen);
}

TEST_F(ManifestTest, ADocumentThatMovesToAnotherScopeLeavesNoMarkBehind) {
  deliver("1", "v", "docs", 1);
  commit();
  load("1");
  manifest_.mark("1", "pictures", 4);
  commit();
  EXPECT_EQ(marks("docs"), Strings{});
  EXPECT_EQ(marks("pictures"), Strings{"1 4"});
}

TEST_F(ManifestTest, ARemovedDocumentTakesItsMarkAlong) {
  deliver("1", "v", "docs", 1);
  commit();
  load("1");
  manifest_.erase("1");
  commit();
  EXPECT_EQ(marks("docs"), Strings{});
  EXPECT_TRUE(disk_.rows(Table::kManifest).empty());
}

TEST_F(ManifestTest, WhatNoListingHasSeenHasNoMark) {
  load("1");
  manifest_.put("1", record_of("v"));
  commit();
  EXPECT_EQ(disk_.rows(Table::kManifest).size(), 1);
  EXPECT_TRUE(disk_.rows(Table::kSeen).empty());
}

TEST_F(ManifestTest, ANewDocumentInDoubtIsMarkedAsNotSeenByTheListingThatGoesOn) {
  deliver("1", "v", "docs", 5);
  state::Batch doubts;
  EXPECT_EQ(manifest_.write_doubts({"1"}, doubts), 1);
  write(std::move(doubts));
  EXPECT_EQ(marks("docs"), Strings{"1 4"});
  commit();
  EXPECT_EQ(marks("docs"), Strings{"1 5"});
}

TEST_F(ManifestTest, AKnownDocumentInDoubtKeepsItsMark) {
  deliver("1", "v1", "docs", 2);
  commit();
  deliver("1", "v2", "pictures", 9);
  state::Batch doubts;
  EXPECT_EQ(manifest_.write_doubts({"1"}, doubts), 0);
  write(std::move(doubts));
  EXPECT_EQ(marks("docs"), Strings{"1 2"});
  EXPECT_EQ(marks("pictures"), Strings{});
  commit();
  EXPECT_EQ(marks("docs"), Strings{});
  EXPECT_EQ(marks("pictures"), Strings{"1 9"});
}

TEST_F(ManifestTest, ANewDocumentThatTheSinkRefusesLeavesNothing) {
  deliver("1", "v", "docs", 5);
  state::Batch doubts;
  manifest_.write_doubts({"1"}, doubts);
  write(std::move(doubts));
  manifest_.sent("1");
  manifest_.revert("1");
  manifest_.settled();
  commit();
  EXPECT_EQ(marks("docs"), Strings{});
  EXPECT_TRUE(disk_.rows(Table::kManifest).empty());
}

TEST_F(ManifestTest, ANewVersionThatTheSinkRefusesKeepsTheMarkOfTheListingThatSawIt) {
  deliver("1", "v1", "docs", 1);
  commit();
  deliver("1", "v2", "docs", 2);
  manifest_.sent("1");
  manifest_.revert("1");
  manifest_.settled();
  commit();
  EXPECT_EQ(marks("docs"), Strings{"1 2"});
  load("1");
  const auto found = run_on(loop_, manifest_.find("1"));
  ASSERT_TRUE(found);
  ASSERT_NE(*found, nullptr);
  EXPECT_EQ((*found)->version(), "v1");
}

} // namespace
} // namespace circuit::sync
