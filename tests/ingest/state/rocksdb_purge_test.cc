// What was purged is in no file of the data directory.

#include <gtest/gtest.h>

#include <rocksdb/db.h>

#include <algorithm>
#include <random>

#include "ingest/state/layout.h"
#include "tests/ingest/state/rocksdb_fixture.h"

namespace circuit::state {
namespace {

// Bytes that no compression shortens, as ciphertext is.
std::string incompressible(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

class RocksDbPurge : public testing::RocksDbFixture {
 protected:
  // The files of the directory that hold these bytes, or any 16 of them that follow each other.
  std::vector<std::string> files_with(const std::string& bytes) {
    std::vector<std::string> found;
    for (const auto& [name, content] : testing::files_of(data())) {
      for (size_t at = 0; at + 16 <= bytes.size(); at += 16) {
        if (content.find(bytes.substr(at, 16)) == std::string::npos) continue;
        found.push_back(name);
        break;
      }
    }
    return found;
  }
  void erase(RocksDbStore& store, Table table, std::string key) {
    Batch batch;
    batch.erase(table, std::move(key));
    ASSERT_TRUE(testing::run(loop_, store.commit(std::move(batch))));
  }
  void erase_all(RocksDbStore& store, Table table) {
    Batch batch;
    batch.delete_prefixes.emplace_back(table, "");
    ASSERT_TRUE(testing::run(loop_, store.commit(std::move(batch))));
  }
  void purge(RocksDbStore& store, std::vector<Table> tables = {Table::kCredentials, Table::kDataKeys}) {
    const auto purged = testing::run(loop_, store.purge(std::move(tables)));
    ASSERT_TRUE(purged) << purged.error().to_string();
  }

  const std::string marker_ = incompressible(400, 1);
};

TEST_F(RocksDbPurge, LeavesNoByteOfARowThatWasDeletedFromTheLog) {
  auto store = open(data());
  put(*store, Table::kCredentials, "a", marker_);
  EXPECT_FALSE(files_with(marker_).empty()) << "it has to be there before it can be gone";
  erase(*store, Table::kCredentials, "a");
  EXPECT_FALSE(files_with(marker_).empty()) << "a deletion alone leaves it";
  purge(*store);
  EXPECT_TRUE(files_with(marker_).empty());
}

TEST_F(RocksDbPurge, LeavesNoByteOfARowThatWasOverwritten) {
  auto store = open(data());
  put(*store, Table::kCredentials, "a", marker_);
  purge(*store);
  EXPECT_FALSE(files_with(marker_).empty()) << "what is stored stays";
  put(*store, Table::kCredentials, "a", incompressible(400, 2));
  purge(*store);
  EXPECT_TRUE(files_with(marker_).empty());
  EXPECT_FALSE(files_with(incompressible(400, 2)).empty());
}

TEST_F(RocksDbPurge, LeavesNoByteOfARowThatARangeTombstoneCovers) {
  auto store = open(data());
  put(*store, Table::kCredentials, "a", marker_);
  put(*store, Table::kCredentials, "b", marker_);
  purge(*store); // now it is at the bottom
  erase_all(*store, Table::kCredentials);
  purge(*store);
  EXPECT_TRUE(files_with(marker_).empty());
}

TEST_F(RocksDbPurge, HoldsAfterACrashBeforeAndAfterIt) {
  auto store = open(data());
  put(*store, Table::kCredentials, "a", marker_);
  erase(*store, Table::kCredentials, "a");
  // What a crash leaves at this moment, opened again.
  const auto copy = directory_.path() / "after-crash";
  std::filesystem::copy(data(), copy, std::filesystem::copy_options::recursive);
  purge(*store);
  const auto second = directory_.path() / "after-purge";
  std::filesystem::copy(data(), second, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(store->close());

  for (const auto& path : {copy, second}) {
    store = open(path);
    EXPECT_FALSE(stored(*store, "a", Table::kCredentials));
    purge(*store);
    ASSERT_TRUE(store->close());
    for (const auto& [name, content] : testing::files_of(path))
      EXPECT_EQ(content.find(marker_.substr(0, 16)), std::string::npos) << path << " " << name;
  }
}

TEST_F(RocksDbPurge, HoldsAfterManyRoundsWithOtherTablesUnderLoad) {
  RocksDbOptions options;
  options.write_buffer_bytes = 1 << 20; // so that tables are flushed and compacted all the time
  auto store = open(data(), options);
  const auto load = [](RocksDbStore* target, int rounds) -> Task<Result<void>> {
    for (int i = 0; i < rounds; ++i) {
      Batch batch;
      for (int row = 0; row < 20; ++row)
        batch.put(Table::kManifest, std::to_string(i * 7919 % 5000) + "." + std::to_string(row),
                  incompressible(200, static_cast<uint32_t>(i)));
      auto commit = target->commit(std::move(batch));
      auto committed = co_await std::move(commit);
      if (!committed) co_return committed;
      ScanRequest request{Table::kCredentials, "", "", 100};
      auto scan = target->scan(std::move(request));
      auto scanned = co_await std::move(scan);
      if (!scanned) co_return std::move(scanned).error();
    }
    co_return Result<void>();
  };
  std::vector<std::string> gone;
  for (uint32_t round = 0; round < 6; ++round) {
    const std::string key = "connection " + std::to_string(round);
    gone.push_back(incompressible(400, 100 + round));
    put(*store, Table::kCredentials, key, gone.back());
    put(*store, Table::kDataKeys, key, gone.back());
    std::vector<Task<Result<void>>> before;
    before.push_back(load(store.get(), 40));
    for (const auto& outcome : testing::run_all(loop_, std::move(before))) ASSERT_TRUE(outcome);
    erase(*store, Table::kCredentials, key);
    erase_all(*store, Table::kDataKeys);
    std::vector<Task<Result<void>>> beside;
    beside.push_back(load(store.get(), 40));
    beside.push_back(store->purge({Table::kCredentials}));
    beside.push_back(store->purge({Table::kDataKeys}));
    for (const auto& outcome : testing::run_all(loop_, std::move(beside)))
      ASSERT_TRUE(outcome) << outcome.error().to_string();
    for (const auto& bytes : gone) ASSERT_TRUE(files_with(bytes).empty()) << "round " << round;
  }
}

TEST_F(RocksDbPurge, SparesEverythingElse) {
  auto store = open(data());
  put(*store, Table::kCredentials, "gone", marker_);
  put(*store, Table::kCredentials, "kept", "credential");
  put(*store, Table::kFeeds, "kept", "feed");
  erase(*store, Table::kCredentials, "gone");
  purge(*store);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(stored(*store, "kept", Table::kCredentials));
    EXPECT_TRUE(stored(*store, "kept", Table::kFeeds));
    EXPECT_FALSE(stored(*store, "gone", Table::kCredentials));
    ASSERT_TRUE(store->close());
    store = open(data());
  }
}

TEST_F(RocksDbPurge, IsDoneOnceForManyWhoAskTogether) {
  auto store = open(data());
  std::vector<Task<Result<void>>> purges;
  for (int i = 0; i < 100; ++i) purges.push_back(store->purge({Table::kCredentials}));
  for (const auto& outcome : testing::run_all(loop_, std::move(purges))) ASSERT_TRUE(outcome);
  EXPECT_LE(store->commit_stats().purges, 2U);
}

TEST_F(RocksDbPurge, OfAStoreThatHadNoSuchTablesWorksOnceItWasOpened) {
  make_store();
  {
    // As versions before connections left it: nine tables.
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, data().string(), &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const auto& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, data().string(), families, &handles, &raw).ok());
    const std::unique_ptr<rocksdb::DB> opened(raw);
    for (size_t table = 9; table < kTableCount; ++table) {
      const auto handle = std::ranges::find(handles, std::string(table_name(static_cast<Table>(table))),
                                            &rocksdb::ColumnFamilyHandle::GetName);
      ASSERT_NE(handle, handles.end());
      ASSERT_TRUE(opened->DropColumnFamily(*handle).ok());
    }
    for (auto* handle : handles) opened->DestroyColumnFamilyHandle(handle);
    ASSERT_TRUE(opened->Close().ok());
  }
  auto store = open(data());
  EXPECT_TRUE(stored(*store, "feed7"));
  put(*store, Table::kCredentials, "a", marker_);
  erase(*store, Table::kCredentials, "a");
  purge(*store);
  EXPECT_TRUE(files_with(marker_).empty());
  ASSERT_TRUE(store->close());
  store = open(data());
  EXPECT_TRUE(stored(*store, "feed7"));
}

TEST_F(RocksDbPurge, IsRefusedOnceTheStoreIsClosed) {
  auto store = open(data());
  ASSERT_TRUE(store->close());
  const auto refused = testing::run(loop_, store->purge({Table::kCredentials}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "STORE_CLOSED");
}

} // namespace
} // namespace circuit::state
