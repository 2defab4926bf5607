#pragma once
// The StateStore of a worker: RocksDB in a data directory that one process holds at a time.
//
// Commits go through one committer thread (committer.h), which writes each group with one fsync of the log.
// Reads run inline on the calling loop: they are memory and cache lookups, or a few small file reads. Scans
// see each page as of its own call. Calls come from any loop; open, verify and close block and are not for a
// loop that serves others. The loops that use a store outlive it; close() when no call is under way.
//
// get, multi_get, scan: TRANSIENT STORE_IO, CORRUPT STORE_CORRUPT. commit: as StateStore says, and INVALID
// STORE_KEY_TOO_LONG; after EXHAUSTED or TRANSIENT the next commit tries afresh, without a restart.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ingest/state/committer.h"
#include "ingest/state/store.h"

namespace rocksdb {
class Env;
} // namespace rocksdb

namespace circuit::state {

class RocksDbDatabase;

inline constexpr int kStoreFormat = 2;

struct RocksDbOptions {
  // Whether to make a store where there is none. Without: NOT_FOUND STORE_MISSING.
  bool create = true;
  // Blocks, indexes and filters.
  size_t block_cache_bytes = 32 << 20;
  // All memtables of all tables together; the log is held to twice that.
  size_t write_buffer_bytes = 16 << 20;
  int open_files_max = 256;
  CommitLimits commits;
  // RocksDB's warnings, from any thread; dropped when empty.
  std::function<void(const std::string&)> warn;
  // Not owned; outlives the store. Null: the system's.
  rocksdb::Env* env = nullptr;
};

class RocksDbStore final : public StateStore {
 public:
  // Refuses, and leaves every file of the store as it is:
  //   INVALID    STORE_NEWER            written by a newer format
  //   INVALID    STORE_OLDER            written by a format that no release had
  //   INVALID    STORE_FOREIGN          the directory holds something else
  //   INVALID    STORE_NOT_A_DIRECTORY
  //   NOT_FOUND  STORE_MISSING          and `create` is not set
  //   CONFLICT   STORE_LOCKED           held by another process, or by this one already; see owner_file.h
  //   CORRUPT    STORE_CORRUPT
  //   PERMISSION STORE_PERMISSION, EXHAUSTED DISK_FULL, TRANSIENT STORE_IO
  static Result<std::unique_ptr<RocksDbStore>> open(const std::filesystem::path& path,
                                                    RocksDbOptions options = {});

  ~RocksDbStore() override; // close(), of which nothing durable depends

  Task<Result<std::optional<std::string>>> get(Table table, std::string key) override;
  Task<Result<std::vector<std::optional<std::string>>>> multi_get(Table table,
                                                                  std::vector<std::string> keys) override;
  Task<Result<std::vector<Row>>> scan(ScanRequest request) override;
  Task<Result<void>> commit(Batch batch) override;
  Task<Result<void>> purge(std::vector<Table> tables) override;

  // Made with the store and never changed: 26 letters and digits.
  const std::string& store_id() const;
  // Where this process serves, for those who find the directory held.
  Result<void> set_owner_address(std::string_view address);
  // Reads every stored block and checks its checksum. CORRUPT STORE_CORRUPT names the file.
  Result<void> verify();
  // Finishes what was committed, writes memtables to files so that the next open has no log to read, and lets
  // go of the directory. Later calls give CANCELLED STORE_CLOSED. A failure to write costs the next open
  // time, and no data.
  Result<void> close();

  CommitStats commit_stats() const;
  struct MemoryUse {
    uint64_t block_cache_bytes = 0;
    uint64_t memtable_bytes = 0;
    uint64_t table_reader_bytes = 0; // outside of the cache
  };
  MemoryUse memory_use() const;

 private:
  RocksDbStore(std::unique_ptr<RocksDbDatabase> database, CommitLimits limits);

  std::unique_ptr<RocksDbDatabase> database_;
  std::atomic<bool> closed_{false};
  Committer committer_; // goes before the database
};

} // namespace circuit::state
