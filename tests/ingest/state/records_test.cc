#include "ingest/state/records.h"

#include <gtest/gtest.h>

#include "ingest/state/memory_store.h"
#include "tests/ingest/state/running.h"

namespace circuit::state {
namespace {

using circuit::feeds::state::v1::DeadLetterRecord;
using circuit::feeds::state::v1::FeedStateRecord;
using circuit::feeds::state::v1::ManifestRecord;
using testing::run;

class RecordsTest : public ::testing::Test {
 protected:
  template <class Record>
  void save(std::string key, Record record) {
    Batch batch;
    put_record(batch, std::move(key), std::move(record));
    ASSERT_TRUE(run(loop_, store_.commit(std::move(batch))));
  }
  void save_bytes(Table table, std::string key, std::string bytes) {
    Batch batch;
    batch.put(table, std::move(key), std::move(bytes));
    ASSERT_TRUE(run(loop_, store_.commit(std::move(batch))));
  }
  template <class Record>
  Result<std::optional<Record>> load(std::string key) {
    return run(loop_, load_record<Record>(store_, std::move(key)));
  }

  MemoryDisk disk_;
  SeededRandom random_{1};
  VirtualLoop loop_;
  MemoryStore store_{disk_, loop_, random_};
};

FeedStateRecord state_record() {
  FeedStateRecord record;
  record.set_epoch(4);
  record.mutable_cursor()->mutable_rss()->set_etag("\"abc\"");
  return record;
}

TEST_F(RecordsTest, ARecordThatWasSavedIsLoadedAgain) {
  save(feed_key("feeds/news"), state_record());
  const auto loaded = load<FeedStateRecord>(feed_key("feeds/news"));
  ASSERT_TRUE(loaded);
  ASSERT_TRUE(*loaded);
  EXPECT_EQ((*loaded)->format(), kFormatOf<FeedStateRecord>);
  EXPECT_EQ((*loaded)->cursor().rss().etag(), "\"abc\"");
}

TEST_F(RecordsTest, ARecordThatIsNotThereIsNoError) {
  const auto loaded = load<FeedStateRecord>(feed_key("feeds/none"));
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(*loaded);
}

TEST_F(RecordsTest, BytesThatAreNoRecordAreCorruptAndTheErrorNamesTableAndKey) {
  save_bytes(Table::kManifest, manifest_key("feeds/news", 1, "item-1"), "\xff\xff\xff");
  const auto loaded = load<ManifestRecord>(manifest_key("feeds/news", 1, "item-1"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().cls, ErrorClass::kCorrupt);
  EXPECT_EQ(loaded.error().reason, "RECORD_CORRUPT");
  EXPECT_NE(loaded.error().message.find(R"(manifest ("feeds/news", 1, "item-1"))"), std::string::npos);
  EXPECT_EQ(loaded.error().metadata.at("table"), "manifest");
}

TEST_F(RecordsTest, ARecordOfANewerFormatIsRefusedAndNotTakenForDamage) {
  FeedStateRecord record = state_record();
  record.set_format(kFormatOf<FeedStateRecord> + 1);
  save_bytes(Table::kFeedStates, feed_key("feeds/news"), serialize(record));
  const auto loaded = load<FeedStateRecord>(feed_key("feeds/news"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().reason, "RECORD_NEWER");
  EXPECT_EQ(loaded.error().cls, ErrorClass::kInvalid);
}

TEST_F(RecordsTest, AnEmptyValueIsNoFeed) {
  save_bytes(Table::kFeedStates, feed_key("feeds/news"), "");
  const auto loaded = load<FeedStateRecord>(feed_key("feeds/news"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().reason, "RECORD_CORRUPT");
}

TEST_F(RecordsTest, FieldsThatThisProgramDoesNotKnowSurviveReadingAndWriting) {
  const std::string unknown = "\xa2\x06\x03new"; // field 100, three bytes
  save_bytes(Table::kDeadLetters, dead_letter_key("feeds/news", "x"), unknown);
  const auto loaded = load<DeadLetterRecord>(dead_letter_key("feeds/news", "x"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(serialize(**loaded), unknown);
}

TEST_F(RecordsTest, TheSameRecordAlwaysHasTheSameBytes) {
  FeedStateRecord record = state_record();
  FeedStateRecord reversed = state_record();
  auto& names = *record.mutable_cursor()->mutable_github()->mutable_names();
  for (const char* name : {"b", "a", "c", "e", "d"}) names[name].set_id(9);
  auto& reversed_names = *reversed.mutable_cursor()->mutable_github()->mutable_names();
  for (const char* name : {"d", "e", "c", "a", "b"}) reversed_names[name].set_id(9);
  EXPECT_EQ(serialize(record), serialize(reversed));
}

TEST_F(RecordsTest, ManyRecordsAreLoadedInTheOrderAskedFor) {
  for (const char* id : {"a", "b", "c"}) {
    ManifestRecord record;
    record.set_version(id);
    save(manifest_key("feeds/news", 1, id), record);
  }
  const auto key = [](const char* id) { return manifest_key("feeds/news", 1, id); };
  const auto loaded = run(loop_, load_records<ManifestRecord>(store_, {key("c"), key("none"), key("a")}));
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->size(), 3);
  EXPECT_EQ((*loaded)[0]->version(), "c");
  EXPECT_FALSE((*loaded)[1]);
  EXPECT_EQ((*loaded)[2]->version(), "a");
}

TEST_F(RecordsTest, AScanGivesTypedPages) {
  for (const char* id : {"a", "b", "c"}) {
    ManifestRecord record;
    record.set_version(id);
    save(manifest_key("feeds/news", 1, id), record);
  }
  const auto prefix = manifest_prefix("feeds/news", 1);
  const auto first = run(loop_, scan_records<ManifestRecord>(store_, prefix, "", 2));
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2);
  const auto second = run(loop_, scan_records<ManifestRecord>(store_, prefix, first->back().key, 2));
  ASSERT_TRUE(second);
  ASSERT_EQ(second->size(), 1);
  EXPECT_EQ(manifest_external_id(second->front().key), "c");
}

} // namespace
} // namespace circuit::state
