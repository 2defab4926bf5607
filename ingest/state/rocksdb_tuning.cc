#include "ingest/state/rocksdb_tuning.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdio>

#include "ingest/state/layout.h"

namespace circuit::state {
namespace {

// Warnings and errors to the caller's log; no LOG files in the data directory.
class WarningLogger final : public rocksdb::Logger {
 public:
  explicit WarningLogger(std::function<void(const std::string&)> warn)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), warn_(std::move(warn)) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    if (!warn_) return;
    std::array<char, 1024> line;
    const int size = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (size > 0) warn_(std::string(line.data()));
  }
  void LogHeader(const char*, va_list) override {} // the options, at length

 private:
  const std::function<void(const std::string&)> warn_;
};

class Listener final : public rocksdb::EventListener, public LogWatch {
 public:
  void begin() override {
    written_ = false;
    failed_ = false;
  }
  bool may_be_stored() const override { return written_ && !failed_; }

  bool ShouldBeNotifiedOnFileIO() override { return true; }
  void OnFileWriteFinish(const rocksdb::FileOperationInfo& info) override {
    if (!info.path.ends_with(".log")) return;
    (info.status.ok() ? written_ : failed_) = true;
  }
  // The next commit opens the database anew; a recovery in the background would only race with it.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* automatic) override {
    *automatic = false;
  }

 private:
  std::atomic<bool> written_{false};
  std::atomic<bool> failed_{false};
};

// Whose rows are read one by one, and not as ranges: a poll that finds nothing new reads one of each.
bool is_read_by_key(Table table) { return table == Table::kFeeds || table == Table::kFeedStates; }

rocksdb::ColumnFamilyOptions family_options(const RocksDbOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache, bool by_key) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  blocks.format_version = 5;
  // Small, and LZ4 below: a lookup in a manifest of a million rows unpacks one block, and this takes half the
  // time of 8 KiB blocks of zstd, for a sixth more disk.
  blocks.block_size = 4 << 10;
  // Whole keys: most manifest lookups of a first listing are for keys that are not there.
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  blocks.whole_key_filtering = true;
  if (by_key) { // a block's row is found without unpacking those before it, for keys that are stored whole
    blocks.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    blocks.block_restart_interval = 1;
  }
  // Indexes and filters are counted by the cache, so that its size bounds them too.
  blocks.cache_index_and_filter_blocks = true;
  blocks.pin_l0_filter_and_index_blocks_in_cache = true;
  blocks.max_auto_readahead_size = 128 << 10;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  family.write_buffer_size = options.write_buffer_bytes / 2;
  family.max_write_buffer_number = 2;
  // Small steps: tables that are hardly written must not hold a megabyte each.
  family.arena_block_size = 64 << 10;
  family.target_file_size_base = 8 << 20;
  family.max_bytes_for_level_base = 32 << 20;
  family.compression = rocksdb::kLZ4Compression;
  return family;
}

} // namespace

RocksDbSetup rocksdb_setup(const RocksDbOptions& options) {
  RocksDbSetup setup;
  auto listener = std::make_shared<Listener>();
  setup.log_watch = listener;
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);

  rocksdb::DBOptions& db = setup.db;
  if (options.env != nullptr) db.env = options.env;
  db.create_if_missing = true;
  db.paranoid_checks = true;
  // A log whose last record is cut short is what a crash leaves. A record that is damaged was acknowledged:
  // going on without it, as RocksDB's default does, would take back what callers were told is durable.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  // Without preallocation a torn write leaves a shorter file, never a hole in the last record.
  db.allow_fallocate = false;
  db.listeners.push_back(listener);
  db.max_bgerror_resume_count = 0;

  db.max_background_jobs = 2;
  db.max_subcompactions = 1;
  db.max_open_files = options.open_files_max;
  db.max_file_opening_threads = 1;
  db.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes);
  db.max_total_wal_size = 2 * options.write_buffer_bytes;
  db.max_manifest_file_size = 8 << 20;
  db.bytes_per_sync = 1 << 20;

  db.info_log = std::make_shared<WarningLogger>(options.warn);
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;

  const auto by_range = family_options(options, cache, false);
  const auto by_key = family_options(options, cache, true);
  setup.families.emplace_back(rocksdb::kDefaultColumnFamilyName, by_range);
  for (size_t i = 0; i < kTableCount; ++i) {
    const auto table = static_cast<Table>(i);
    setup.families.emplace_back(table_name(table), is_read_by_key(table) ? by_key : by_range);
  }
  return setup;
}

} // namespace circuit::state
