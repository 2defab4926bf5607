// Purging: so that what was deleted is in no file any more. An SST file keeps a row until a compaction to the
// bottommost level drops it, the log until every table that it serves is flushed, and both live on until the
// last reader lets go of them and somebody deletes the file.

#include <rocksdb/env.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "ingest/state/key.h"
#include "ingest/state/rocksdb_database.h"
#include "ingest/state/rocksdb_status.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {
namespace {

// Reads are short: one page of a scan.
constexpr std::chrono::milliseconds kRemovalMax{30'000};
constexpr std::chrono::milliseconds kRemovalPoll{5};

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

} // namespace

Result<void> RocksDbDatabase::purge(const std::set<Table>& tables) {
  if (must_reopen_) {
    auto reopened = reopen();
    if (!reopened) return reopened;
    must_reopen_ = false;
  }
  const std::shared_lock lock(mutex_);
  if (!db_) return io_failed("the database was closed after a failed write, and could not be opened again");
  const auto status = rewrite(tables);
  if (!status.ok()) {
    must_reopen_ = true; // RocksDB refuses writes after a flush or a compaction that failed
    return error_of(status);
  }
  return await_removal();
}

rocksdb::Status RocksDbDatabase::rewrite(const std::set<Table>& tables) {
  // A log that a restart found with nothing new in it is kept until a memtable is switched, and empty ones
  // are not. So one row is written again as it is.
  rocksdb::WriteOptions durable;
  durable.sync = true;
  rocksdb::Status status = db_->Put(durable, family(Table::kMeta), Key().add("store_id").bytes(), store_id_);
  // Every table, not these alone: the log holds rows of all, and goes only when none needs it. Nobody writes
  // meanwhile, so the log that is begun here stays empty.
  if (status.ok()) status = db_->Flush(rocksdb::FlushOptions(), families_);
  rocksdb::CompactRangeOptions all;
  // Also files that are at the bottom already: they may hold what a range tombstone above them deletes.
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (const Table table : tables) {
    if (status.ok()) status = db_->CompactRange(all, family(table), nullptr, nullptr);
  }
  return status;
}

// Files are deleted by whoever lets go of them last: a background thread, or a reader.
Result<void> RocksDbDatabase::await_removal() {
  const auto deadline = std::chrono::steady_clock::now() + kRemovalMax;
  for (;;) {
    // Turning deletions off and on again deletes what is obsolete, in this thread.
    rocksdb::Status status = db_->DisableFileDeletions();
    if (status.ok()) status = db_->EnableFileDeletions(false);
    std::vector<std::string> left;
    if (status.ok()) status = obsolete_files(left);
    if (!status.ok()) return error_of(status);
    if (left.empty()) return {};
    if (std::chrono::steady_clock::now() >= deadline)
      return io_failed("the file " + left.front() + " is in use still and could not be removed");
    std::this_thread::sleep_for(kRemovalPoll);
  }
}

rocksdb::Status RocksDbDatabase::obsolete_files(std::vector<std::string>& names) {
  std::vector<std::string> live;
  uint64_t manifest_size = 0;
  rocksdb::Status status = db_->GetLiveFiles(live, &manifest_size, false);
  if (!status.ok()) return status;
  std::unique_ptr<rocksdb::LogFile> log;
  status = db_->GetCurrentWalFile(&log);
  if (!status.ok()) return status;
  std::set<std::string> needed = {base_name(log->PathName())};
  for (const auto& name : live) needed.insert(base_name(name));
  std::vector<std::string> present;
  status = setup_.db.env->GetChildren(path_.string(), &present);
  if (!status.ok()) return status;
  for (const auto& name : present) {
    const bool holds_rows = name.ends_with(".sst") || name.ends_with(".log");
    if (holds_rows && !needed.contains(name)) names.push_back(name);
  }
  return status;
}

} // namespace circuit::state
