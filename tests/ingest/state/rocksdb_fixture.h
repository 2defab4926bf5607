#pragma once
// The vocabulary of the tests that open, damage and refuse data directories.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/state/running.h"
#include "tests/ingest/state/temporary_directory.h"

namespace circuit::state::testing {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Every file but the lock and who holds it.
inline std::map<std::string, std::string> files_of(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const auto name = entry.path().filename().string();
    if (name != "circuit-feeds.owner" && name != "LOCK") files[name] = read_file(entry.path());
  }
  return files;
}

class RocksDbFixture : public ::testing::Test {
 protected:
  fs::path data() const { return directory_.path() / "data"; }

  std::unique_ptr<RocksDbStore> open(const std::filesystem::path& path, RocksDbOptions options = {}) {
    auto opened = RocksDbStore::open(path, options);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    return *std::move(opened);
  }
  Error refusal(const fs::path& path, RocksDbOptions options = {}) {
    const auto opened = RocksDbStore::open(path, options);
    if (opened) return {};
    EXPECT_FALSE(opened.error().message.empty());
    EXPECT_FALSE(opened.error().next_step.empty());
    return opened.error();
  }
  void put(RocksDbStore& store, Table table, std::string key, std::string value) {
    Batch batch;
    batch.put(table, std::move(key), std::move(value));
    ASSERT_TRUE(run(loop_, store.commit(std::move(batch))));
  }
  bool stored(RocksDbStore& store, const std::string& key, Table table = Table::kFeeds) {
    const auto value = run(loop_, store.get(table, key));
    EXPECT_TRUE(value) << value.error().to_string();
    return value && *value;
  }
  // A store with rows in table files, closed.
  void make_store() {
    auto store = open(data());
    for (int i = 0; i < 200; ++i)
      put(*store, Table::kFeeds, "feed" + std::to_string(i), std::string(500, 'x'));
    ASSERT_TRUE(store->close());
  }
  TemporaryDirectory directory_;
  SystemLoop loop_;
};

} // namespace circuit::state::testing
