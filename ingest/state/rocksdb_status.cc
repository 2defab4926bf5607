#include "ingest/state/rocksdb_status.h"

#include <rocksdb/status.h>

#include "ingest/state/owner_file.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {

Error error_of(const rocksdb::Status& status) {
  const std::string detail = status.ToString();
  if (status.IsNoSpace()) return disk_full(detail);
  if (status.IsShutdownInProgress()) return store_closed();
  if (status.IsCorruption()) return store_corrupt(detail);
  if (status.IsIOError() || status.IsBusy() || status.IsTryAgain() || status.IsIncomplete() ||
      status.IsAborted()) {
    return io_failed(detail);
  }
  return make_error(ErrorClass::kInternal, "STORE_DEFECT", "RocksDB refused a call (" + detail + ")",
                    "Report this as a defect of circuit-feeds.");
}

Error open_error_of(const rocksdb::Status& status, const std::filesystem::path& path) {
  const std::string detail = status.ToString();
  const auto says = [&detail](const char* text) { return detail.find(text) != std::string::npos; };
  if (status.IsNoSpace()) return disk_full(detail);
  // The owner file is locked at this point, so the other one is no circuit-feeds.
  if (status.IsIOError() && says("/LOCK:")) {
    return make_error(ErrorClass::kConflict, "STORE_LOCKED",
                      "Another program has the database in " + path.string() + " open",
                      "Stop that program, or use another --data-dir.");
  }
  // RocksDB keeps no errno; its POSIX file system appends what strerror says.
  if (says("Permission denied") || says("Read-only file system"))
    return system_error(EACCES, "use the files in", path);
  if (status.IsIOError() && !status.IsPathNotFound()) return error_of(status);
  return store_corrupt(detail);
}

} // namespace circuit::state
