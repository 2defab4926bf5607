#include "ingest/state/rocksdb_store.h"

#include <rocksdb/db.h>

#include <utility>

#include "ingest/state/rocksdb_database.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {

Result<std::unique_ptr<RocksDbStore>> RocksDbStore::open(const std::filesystem::path& path,
                                                         RocksDbOptions options) {
  auto database = RocksDbDatabase::open(path, options);
  if (!database) return std::move(database).error();
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(*std::move(database), options.commits));
}

RocksDbStore::RocksDbStore(std::unique_ptr<RocksDbDatabase> database, CommitLimits limits)
    : database_(std::move(database)),
      committer_([this](std::span<const Batch* const> batches) { return database_->write_group(batches); },
                 limits, [this](const std::set<Table>& tables) { return database_->purge(tables); }) {}

RocksDbStore::~RocksDbStore() { [[maybe_unused]] const auto closed = close(); }

Task<Result<std::optional<std::string>>> RocksDbStore::get(Table table, std::string key) {
  if (closed_) co_return store_closed();
  co_return database_->get(table, key);
}

Task<Result<std::vector<std::optional<std::string>>>> RocksDbStore::multi_get(Table table,
                                                                              std::vector<std::string> keys) {
  if (closed_) co_return store_closed();
  co_return database_->multi_get(table, keys);
}

Task<Result<std::vector<Row>>> RocksDbStore::scan(ScanRequest request) {
  if (closed_) co_return store_closed();
  co_return database_->scan(request);
}

Task<Result<void>> RocksDbStore::commit(Batch batch) {
  if (auto checked = check_batch(batch); !checked) co_return checked;
  auto committed = committer_.commit(std::move(batch));
  co_return co_await std::move(committed);
}

Task<Result<void>> RocksDbStore::purge(std::vector<Table> tables) {
  if (closed_) co_return store_closed();
  auto purged = committer_.purge(std::move(tables));
  co_return co_await std::move(purged);
}

const std::string& RocksDbStore::store_id() const { return database_->store_id(); }

Result<void> RocksDbStore::set_owner_address(std::string_view address) {
  return database_->owner().set_address(address);
}

Result<void> RocksDbStore::verify() {
  if (closed_) return store_closed();
  return database_->verify();
}

Result<void> RocksDbStore::close() {
  if (closed_.exchange(true)) return {};
  committer_.stop();
  return database_->close();
}

CommitStats RocksDbStore::commit_stats() const { return committer_.stats(); }

RocksDbStore::MemoryUse RocksDbStore::memory_use() const {
  if (closed_) return {};
  return {database_->property(rocksdb::DB::Properties::kBlockCacheUsage),
          database_->property_of_tables(rocksdb::DB::Properties::kCurSizeAllMemTables),
          database_->property_of_tables(rocksdb::DB::Properties::kEstimateTableReadersMem)};
}

} // namespace circuit::state
