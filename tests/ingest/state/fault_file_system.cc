#include "tests/ingest/state/fault_file_system.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace circuit::state::testing {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

bool is_log(const std::string& name) { return name.ends_with(".log"); }

std::string contents_of(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(name, std::ios::binary).rdbuf();
  return text.str();
}

} // namespace

class FaultFileSystem::WritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(FaultFileSystem* fs, std::string name, std::unique_ptr<FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), fs_(fs), name_(std::move(name)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* dbg) override {
    auto status = fs_->begin_operation();
    if (!status.ok()) return status;
    size_t granted = data.size();
    auto space = fs_->space_for(data.size(), &granted);
    status = target()->Append(Slice(data.data(), granted), options, dbg);
    if (status.ok()) fs_->appended(name_, granted);
    return space.ok() ? status : space;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* dbg) override {
    return Append(data, options, dbg);
  }
  // Books it and spares the disk the work: power fails in the books only.
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    auto status = fs_->sync_file(name_);
    if (status.ok()) fs_->synced(name_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override { return Sync(options, dbg); }
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  FaultFileSystem* const fs_;
  const std::string name_;
};

class FaultFileSystem::Directory final : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(FaultFileSystem* fs, std::unique_ptr<FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), fs_(fs) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    auto status = fs_->begin_operation();
    if (status.ok()) fs_->directory_synced();
    return status;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* dbg,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, dbg);
  }

 private:
  FaultFileSystem* const fs_;
};

void FaultFileSystem::fill(double share_of_first_write) {
  const std::lock_guard lock(mutex_);
  full_ = true;
  share_left_ = share_of_first_write;
}

void FaultFileSystem::make_room() {
  const std::lock_guard lock(mutex_);
  full_ = false;
}

void FaultFileSystem::fail_next_log_sync() {
  const std::lock_guard lock(mutex_);
  fail_log_sync_ = true;
}

void FaultFileSystem::set_log_sync_delay(std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  log_sync_delay_ = delay;
}

void FaultFileSystem::cut_power_after(uint64_t operations) {
  const std::lock_guard lock(mutex_);
  power_left_ = operations;
}

bool FaultFileSystem::power_is_out() const {
  const std::lock_guard lock(mutex_);
  return power_out_;
}

uint64_t FaultFileSystem::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

uint64_t FaultFileSystem::log_syncs() const {
  const std::lock_guard lock(mutex_);
  return log_syncs_;
}

void FaultFileSystem::lose_unsynced(std::mt19937_64& chance) {
  const std::lock_guard lock(mutex_);
  for (const auto& name : unsynced_names_) {
    std::filesystem::remove(name);
    extents_.erase(name);
  }
  for (const auto& [name, contents] : replaced_)
    std::ofstream(name, std::ios::binary | std::ios::trunc) << contents;
  for (const auto& [name, extent] : extents_) {
    if (replaced_.contains(name) || !std::filesystem::exists(name)) continue;
    const uint64_t kept = std::uniform_int_distribution<uint64_t>(extent.synced, extent.written)(chance);
    std::filesystem::resize_file(name, kept);
  }
  extents_.clear();
  unsynced_names_.clear();
  replaced_.clear();
  power_left_.reset();
  power_out_ = false;
}

IOStatus FaultFileSystem::begin_operation() {
  const std::lock_guard lock(mutex_);
  ++operations_;
  if (power_left_ && *power_left_ == 0) power_out_ = true;
  if (power_out_) return IOStatus::IOError("power is out");
  if (power_left_) --*power_left_;
  return IOStatus::OK();
}

IOStatus FaultFileSystem::space_for(size_t wanted, size_t* granted) {
  const std::lock_guard lock(mutex_);
  if (!full_) return IOStatus::OK();
  *granted = static_cast<size_t>(static_cast<double>(wanted) * std::exchange(share_left_, 0));
  return IOStatus::NoSpace("simulated");
}

void FaultFileSystem::appended(const std::string& name, size_t bytes) {
  const std::lock_guard lock(mutex_);
  extents_[name].written += bytes;
}

IOStatus FaultFileSystem::sync_file(const std::string& name) {
  auto status = begin_operation();
  if (!status.ok() || !is_log(name)) return status;
  std::unique_lock lock(mutex_);
  ++log_syncs_;
  const auto delay = log_sync_delay_;
  if (std::exchange(fail_log_sync_, false)) return IOStatus::IOError("simulated failure of fsync");
  lock.unlock();
  std::this_thread::sleep_for(delay);
  return IOStatus::OK();
}

void FaultFileSystem::synced(const std::string& name) {
  const std::lock_guard lock(mutex_);
  auto& extent = extents_[name];
  extent.synced = extent.written;
}

void FaultFileSystem::directory_synced() {
  const std::lock_guard lock(mutex_);
  unsynced_names_.clear();
  replaced_.clear();
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* file,
                                          IODebugContext* dbg) {
  auto status = begin_operation();
  std::unique_ptr<rocksdb::FSWritableFile> target;
  if (status.ok()) status = FileSystemWrapper::NewWritableFile(name, options, &target, dbg);
  if (!status.ok()) return status;
  *file = std::make_unique<WritableFile>(this, name, std::move(target));
  const std::lock_guard lock(mutex_);
  extents_[name] = {};
  unsynced_names_.insert(name);
  return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& name, const IOOptions& options,
                                       std::unique_ptr<rocksdb::FSDirectory>* directory,
                                       IODebugContext* dbg) {
  std::unique_ptr<rocksdb::FSDirectory> target;
  auto status = FileSystemWrapper::NewDirectory(name, options, &target, dbg);
  if (status.ok()) *directory = std::make_unique<Directory>(this, std::move(target));
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& name, const IOOptions& options, IODebugContext* dbg) {
  auto status = begin_operation();
  if (status.ok()) status = FileSystemWrapper::DeleteFile(name, options, dbg);
  const std::lock_guard lock(mutex_);
  if (status.ok()) {
    extents_.erase(name);
    unsynced_names_.erase(name);
  }
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                     IODebugContext* dbg) {
  auto status = begin_operation();
  if (!status.ok()) return status;
  const bool existed = std::filesystem::exists(to);
  const std::string before = existed ? contents_of(to) : std::string();
  status = FileSystemWrapper::RenameFile(from, to, options, dbg);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  extents_[to] = extents_[from];
  extents_.erase(from);
  unsynced_names_.erase(from);
  if (existed) {
    replaced_.try_emplace(to, before);
  } else {
    unsynced_names_.insert(to);
  }
  return status;
}

} // namespace circuit::state::testing
