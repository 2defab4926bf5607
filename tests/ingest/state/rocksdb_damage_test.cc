// Data directories that a disk or a person has damaged.

#include <gtest/gtest.h>

#include <string>

#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/state/rocksdb_fixture.h"

namespace circuit::state {
namespace {

namespace fs = std::filesystem;
using testing::files_of;
using testing::read_file;
using testing::run;
using testing::write_file;

class RocksDbDamage : public testing::RocksDbFixture {
 protected:
  // A copy of an open store, as a crash leaves it: rows in the log alone.
  fs::path make_crashed_store(int commits) {
    auto store = open(data());
    for (int i = 0; i < commits; ++i)
      put(*store, Table::kFeeds, "feed" + std::to_string(i), std::string(500, 'x'));
    const auto copy = directory_.path() / "crashed";
    fs::copy(data(), copy);
    return copy;
  }
  // The largest file of the kind.
  fs::path file_ending(const fs::path& directory, const std::string& ending) {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(directory)) {
      if (!entry.path().string().ends_with(ending)) continue;
      if (largest.empty() || fs::file_size(entry.path()) > fs::file_size(largest)) largest = entry.path();
    }
    return largest;
  }
  void expect_refused_as_corrupt(const fs::path& path) {
    const auto before = files_of(path);
    const Error error = refusal(path);
    EXPECT_EQ(error.cls, ErrorClass::kCorrupt) << error.to_string();
    EXPECT_EQ(error.reason, "STORE_CORRUPT");
    EXPECT_EQ(files_of(path), before);
  }
};

TEST_F(RocksDbDamage, RefusesWhenCurrentIsGone) {
  make_store();
  fs::remove(data() / "CURRENT");
  expect_refused_as_corrupt(data());
}

TEST_F(RocksDbDamage, RefusesWhenCurrentIsNonsense) {
  make_store();
  for (const char* text : {"", "nonsense", "MANIFEST-999999\n", "\n"}) {
    SCOPED_TRACE(text);
    write_file(data() / "CURRENT", text);
    expect_refused_as_corrupt(data());
  }
}

TEST_F(RocksDbDamage, RefusesWhenTheManifestIsDamagedOrGone) {
  make_store();
  std::string current = read_file(data() / "CURRENT");
  current.pop_back();
  std::string bytes = read_file(data() / current);
  const std::string whole = bytes;
  for (const size_t at : {size_t{9}, bytes.size() / 2, bytes.size() - 3}) {
    SCOPED_TRACE(at);
    bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    write_file(data() / current, bytes);
    expect_refused_as_corrupt(data());
  }
  fs::remove(data() / current);
  expect_refused_as_corrupt(data());
}

TEST_F(RocksDbDamage, RefusesWhenATableFileIsGoneOrCutShort) {
  make_store();
  const auto table = file_ending(data(), ".sst");
  const std::string whole = read_file(table);
  write_file(table, whole.substr(0, whole.size() - 10));
  expect_refused_as_corrupt(data());
  fs::remove(table);
  expect_refused_as_corrupt(data());
}

TEST_F(RocksDbDamage, ReportsADamagedBlockWhenItIsReadAndWhenVerified) {
  make_store();
  const auto table = file_ending(data(), ".sst");
  std::string bytes = read_file(table);
  for (size_t at = 0; at < bytes.size() / 2; at += 50) bytes[at] = static_cast<char>(bytes[at] ^ 1);
  write_file(table, bytes);
  auto store = open(data());
  const auto rows = run(loop_, store->scan({Table::kFeeds, "", "", 1000}));
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().reason, "STORE_CORRUPT");
  EXPECT_EQ(store->verify().error().reason, "STORE_CORRUPT");
}

TEST_F(RocksDbDamage, VerifiesASoundStore) {
  make_store();
  EXPECT_TRUE(open(data())->verify());
}

TEST_F(RocksDbDamage, RefusesALogWithDamageInItsMiddleInsteadOfForgettingWhatFollows) {
  const auto crashed = make_crashed_store(20);
  const auto log = file_ending(crashed, ".log");
  std::string bytes = read_file(log);
  ASSERT_GT(bytes.size(), 10'000);
  bytes[bytes.size() / 2] ^= 0x10;
  write_file(log, bytes);
  expect_refused_as_corrupt(crashed);
}

TEST_F(RocksDbDamage, OpensALogWhoseLastRecordIsCutShort) {
  const auto crashed = make_crashed_store(20);
  const auto log = file_ending(crashed, ".log");
  fs::resize_file(log, fs::file_size(log) - 100);
  auto store = open(crashed);
  EXPECT_TRUE(stored(*store, "feed18"));
  EXPECT_FALSE(stored(*store, "feed19"));
}

} // namespace
} // namespace circuit::state
