#pragma once
// What RocksDB's statuses mean here. Private to the RocksDB store. Pure functions; any thread.

#include <filesystem>

#include "ingest/runtime/error.h"

namespace rocksdb {
class Status;
} // namespace rocksdb

namespace circuit::state {

// Of a read, or of a write that was certainly not applied.
Error error_of(const rocksdb::Status& status);

// Of an attempt to open: a file that is missing or does not make sense is damage here.
Error open_error_of(const rocksdb::Status& status, const std::filesystem::path& path);

} // namespace circuit::state
