#pragma once
// A file system under RocksDB that counts, fails and loses power on demand. Files are real ones in one
// directory; what power loss takes away is everything that was not made durable: bytes after the last fsync
// of a file, and names made or replaced since the last fsync of the directory.
//
// Thread-safe. Outlives the databases on it.

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace circuit::state::testing {

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  FaultFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  static const char* kClassName() { return "FaultFileSystem"; }
  const char* Name() const override { return kClassName(); }

  // Every write fails for want of space; the first of them leaves this share of its bytes.
  void fill(double share_of_first_write);
  void make_room();
  // The next fsync of a log fails, after the bytes were written.
  void fail_next_log_sync();
  // An fsync of a log takes this long.
  void set_log_sync_delay(std::chrono::milliseconds delay);
  // Power fails at the nth write, fsync, creation, renaming or removal from now (0: the next).
  void cut_power_after(uint64_t operations);
  bool power_is_out() const;
  uint64_t operations() const;
  uint64_t log_syncs() const;

  // Once the database is closed: applies what power loss does to the files, and gives power back. Of each
  // file's unsynced bytes a first part chosen by `chance` stays.
  void lose_unsynced(std::mt19937_64& chance);

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* dbg) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* dbg) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options, rocksdb::IODebugContext* dbg) override;

 private:
  class WritableFile;
  class Directory;
  struct Extent {
    uint64_t written = 0;
    uint64_t synced = 0;
  };

  rocksdb::IOStatus begin_operation();
  rocksdb::IOStatus space_for(size_t wanted, size_t* granted);
  void appended(const std::string& name, size_t bytes);
  rocksdb::IOStatus sync_file(const std::string& name);
  void synced(const std::string& name);
  void directory_synced();

  mutable std::mutex mutex_;
  std::optional<uint64_t> power_left_;
  bool power_out_ = false;
  bool full_ = false;
  double share_left_ = 0; // of the next write, while full
  bool fail_log_sync_ = false;
  std::chrono::milliseconds log_sync_delay_{0};
  uint64_t operations_ = 0;
  uint64_t log_syncs_ = 0;
  std::map<std::string, Extent> extents_;
  std::set<std::string> unsynced_names_;        // made since the directory's last fsync
  std::map<std::string, std::string> replaced_; // target of a rename -> what it held before
};

} // namespace circuit::state::testing
