#pragma once
// An open database: blocking reads, and the writing of one group of commits. Private to the RocksDB store.
//
// Reads from any thread; write_group and purge from one, and not during or after close(). A group that
// follows a failed one opens the database anew first, and reads wait meanwhile.

#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "ingest/runtime/result.h"
#include "ingest/state/owner_file.h"
#include "ingest/state/rocksdb_tuning.h"
#include "ingest/state/store.h"

namespace circuit::state {

inline constexpr const char* kProbeFileName = "circuit-feeds.probe"; // is there room again?

class RocksDbDatabase {
 public:
  // The errors of RocksDbStore::open.
  static Result<std::unique_ptr<RocksDbDatabase>> open(const std::filesystem::path& path,
                                                       const RocksDbOptions& options);
  ~RocksDbDatabase(); // close()

  Result<std::optional<std::string>> get(Table table, const std::string& key) const;
  Result<std::vector<std::optional<std::string>>> multi_get(Table table,
                                                            const std::vector<std::string>& keys) const;
  Result<std::vector<Row>> scan(const ScanRequest& request) const;
  Result<void> verify() const;
  // As RocksDB counts it: of the whole database, or summed over the tables.
  uint64_t property(const std::string& name) const;
  uint64_t property_of_tables(const std::string& name) const;

  // All, in order, with one fsync, or none; CORRUPT when nobody can know.
  Result<void> write_group(std::span<const Batch* const> batches);
  // Rewrites what holds rows of these tables that are no more; called as write_group is. It returns when the
  // files before are gone. Reads go on meanwhile.
  Result<void> purge(const std::set<Table>& tables);

  Result<void> close();

  const std::string& store_id() const { return store_id_; }
  OwnerFile& owner() { return owner_; }

 private:
  RocksDbDatabase(std::filesystem::path path, OwnerFile owner, RocksDbSetup setup);

  rocksdb::ColumnFamilyHandle* family(Table table) const;
  // `there` are the tables that the database has.
  Result<void> open_tables(const std::vector<std::string>& there);
  Result<void> read_or_make_identity();
  void add_to(rocksdb::WriteBatch& group, const Batch& batch) const;
  Result<void> reopen();
  Result<void> probe_for_room() const;
  rocksdb::Status rewrite(const std::set<Table>& tables);
  Result<void> await_removal();
  rocksdb::Status obsolete_files(std::vector<std::string>& names);
  rocksdb::Status let_go();

  const std::filesystem::path path_;
  OwnerFile owner_; // let go of last
  const RocksDbSetup setup_;
  mutable std::shared_mutex mutex_;                    // held alone while db_ and families_ change
  std::unique_ptr<rocksdb::DB> db_;                    // null only if it could not be opened again
  std::vector<rocksdb::ColumnFamilyHandle*> families_; // "default", then by table number
  std::string store_id_;
  bool must_reopen_ = false; // the last write failed
};

} // namespace circuit::state
