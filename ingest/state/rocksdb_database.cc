#include "ingest/state/rocksdb_database.h"

#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "ingest/runtime/crash_point.h"
#include "ingest/state/rocksdb_status.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {
namespace {

// The smallest key after every key that begins with `prefix`.
std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return std::string(kKeyBytesMax + 1, '\xff'); // no key is as long
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

Error not_open() {
  return io_failed("the database was closed after a failed write, and could not be opened again");
}

} // namespace

RocksDbDatabase::RocksDbDatabase(std::filesystem::path path, OwnerFile owner, RocksDbSetup setup)
    : path_(std::move(path)), owner_(std::move(owner)), setup_(std::move(setup)) {}

RocksDbDatabase::~RocksDbDatabase() {
  [[maybe_unused]] const auto closed = close(); // commits are durable without it
}

rocksdb::ColumnFamilyHandle* RocksDbDatabase::family(Table table) const {
  return families_.at(static_cast<size_t>(table) + 1);
}

Result<std::optional<std::string>> RocksDbDatabase::get(Table table, const std::string& key) const {
  const std::shared_lock lock(mutex_);
  if (!db_) return not_open();
  std::string value;
  const auto status = db_->Get(rocksdb::ReadOptions(), family(table), key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return error_of(status);
  return std::optional<std::string>(std::move(value));
}

Result<std::vector<std::optional<std::string>>> RocksDbDatabase::multi_get(
    Table table, const std::vector<std::string>& keys) const {
  const std::shared_lock lock(mutex_);
  if (!db_) return not_open();
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions(), family(table), keys.size(), slices.data(), found.data(),
                statuses.data());
  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return error_of(statuses[i]);
    values[i] = found[i].ToString();
  }
  return values;
}

Result<std::vector<Row>> RocksDbDatabase::scan(const ScanRequest& request) const {
  const std::shared_lock lock(mutex_);
  if (!db_) return not_open();
  const std::string end = end_of_prefix(request.prefix);
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &upper;
  // A sweep reads every block once; it must not push out what lookups use again.
  read.fill_cache = request.table != Table::kManifest;
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(read, family(request.table)));
  std::vector<Row> page;
  if (request.after < request.prefix) {
    rows->Seek(request.prefix);
  } else {
    rows->Seek(request.after);
    if (!request.after.empty() && rows->Valid() && rows->key() == rocksdb::Slice(request.after)) rows->Next();
  }
  for (; rows->Valid() && page.size() < request.limit; rows->Next()) {
    page.push_back({rows->key().ToString(), rows->value().ToString()});
  }
  if (!rows->status().ok()) return error_of(rows->status());
  return page;
}

Result<void> RocksDbDatabase::verify() const {
  const std::shared_lock lock(mutex_);
  if (!db_) return not_open();
  const auto status = db_->VerifyChecksum();
  if (!status.ok()) return error_of(status);
  return {};
}

uint64_t RocksDbDatabase::property(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  uint64_t value = 0;
  if (db_) db_->GetIntProperty(name, &value);
  return value;
}

uint64_t RocksDbDatabase::property_of_tables(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  uint64_t value = 0;
  if (db_) db_->GetAggregatedIntProperty(name, &value);
  return value;
}

Result<void> RocksDbDatabase::write_group(std::span<const Batch* const> batches) {
  if (must_reopen_) {
    auto reopened = reopen();
    if (!reopened) return reopened;
    must_reopen_ = false;
  }
  rocksdb::WriteBatch group;
  for (const Batch* batch : batches) add_to(group, *batch);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  setup_.log_watch->begin();
  crash_point("store.commit.writing");
  const auto status = db_->Write(durable, &group);
  crash_point("store.commit.written");
  if (status.ok()) return {};
  must_reopen_ = true;
  if (setup_.log_watch->may_be_stored()) return outcome_unknown(status.ToString());
  return error_of(status);
}

void RocksDbDatabase::add_to(rocksdb::WriteBatch& group, const Batch& batch) const {
  // A range tombstone costs the same for ten rows and for a million, and needs no reading; compaction frees
  // the space.
  for (const auto& [table, prefix] : batch.delete_prefixes) {
    group.DeleteRange(family(table), prefix, end_of_prefix(prefix));
  }
  for (const auto& write : batch.writes) {
    if (write.value) {
      group.Put(family(write.table), write.key, *write.value);
    } else {
      group.Delete(family(write.table), write.key);
    }
  }
}

// After a failed write RocksDB wants DB::Resume, which writes what is left in the log's buffer once more, and
// with it, perhaps, the record whose commit was refused; and which keeps the log with the torn record in it
// when there is nothing to flush. Opening anew drops a torn record for certain. Until there is room, the old
// one serves the reads.
Result<void> RocksDbDatabase::reopen() {
  auto probed = probe_for_room();
  if (!probed) return probed;
  const std::unique_lock lock(mutex_);
  let_go();
  std::vector<std::string> all;
  for (const auto& family : setup_.families) all.push_back(family.name);
  return open_tables(all);
}

Result<void> RocksDbDatabase::probe_for_room() const {
  rocksdb::Env* env = setup_.db.env;
  const std::string name = (path_ / kProbeFileName).string();
  std::unique_ptr<rocksdb::WritableFile> file;
  auto status = env->NewWritableFile(name, &file, rocksdb::EnvOptions(setup_.db));
  const std::string zeros(1 << 20, '\0');
  for (int i = 0; i < 4 && status.ok(); ++i) status = file->Append(zeros);
  if (status.ok()) status = file->Sync();
  if (file) {
    const auto closed = file->Close();
    const auto removed = env->DeleteFile(name);
    if (status.ok()) status = closed;
    if (status.ok()) status = removed;
  }
  if (!status.ok()) return error_of(status);
  return {};
}

rocksdb::Status RocksDbDatabase::let_go() {
  for (auto* handle : std::exchange(families_, {})) db_->DestroyColumnFamilyHandle(handle);
  if (!db_) return rocksdb::Status::OK();
  rocksdb::Status closed = db_->Close();
  db_.reset();
  return closed;
}

Result<void> RocksDbDatabase::close() {
  const std::unique_lock lock(mutex_);
  crash_point("store.close.flushing");
  auto status = db_ ? db_->Flush(rocksdb::FlushOptions(), families_) : rocksdb::Status::OK();
  crash_point("store.close.flushed");
  const auto closed = let_go();
  owner_.unlock();
  if (status.ok()) status = closed;
  if (!status.ok()) return error_of(status);
  return {};
}

} // namespace circuit::state
