#pragma once
// How RocksDB is set up, with the reasons. Private to the RocksDB store: the only header here that includes
// RocksDB.

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <memory>
#include <string>
#include <vector>

#include "ingest/state/rocksdb_store.h"

namespace circuit::state {

// Sees what happens to the log (WAL) during one write, which tells a commit that was certainly not applied
// from one that nobody knows of.
class LogWatch {
 public:
  virtual ~LogWatch() = default;
  virtual void begin() = 0; // before the write
  // After a write that failed: its record may have reached the disk whole.
  virtual bool may_be_stored() const = 0;
};

struct RocksDbSetup {
  rocksdb::DBOptions db;
  // "default" first, which RocksDB insists on and which stays empty; then the tables in the order of their
  // numbers.
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  std::shared_ptr<LogWatch> log_watch;
};

RocksDbSetup rocksdb_setup(const RocksDbOptions& options);

} // namespace circuit::state
