// Opening: everything that can be refused is refused before anything is written. A directory that exists is
// first looked at, then locked, then read without writing (which replays the log in memory and checks it);
// only then is it opened for good.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "ingest/runtime/crash_point.h"
#include "ingest/runtime/random.h"
#include "ingest/state/key.h"
#include "ingest/state/owner_file.h"
#include "ingest/state/rocksdb_database.h"
#include "ingest/state/rocksdb_status.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {
namespace {

namespace fs = std::filesystem;

const std::string kFormatKey = Key().add("format").bytes();
const std::string kStoreIdKey = Key().add("store_id").bytes();

Error foreign(const fs::path& path) {
  return make_error(ErrorClass::kInvalid, "STORE_FOREIGN",
                    path.string() + " holds something else than circuit-feeds' data",
                    "Name an empty or a new directory with --data-dir.");
}

Error newer(const fs::path& path, int format) {
  return make_error(ErrorClass::kInvalid, "STORE_NEWER",
                    path.string() + " was written in format " + std::to_string(format) +
                        ", and this program knows formats up to " + std::to_string(kStoreFormat),
                    "Use the version of circuit-feeds that wrote it, or a newer one.")
      .with("format", std::to_string(format));
}

Error older(const fs::path& path, int format) {
  return make_error(ErrorClass::kInvalid, "STORE_OLDER",
                    path.string() + " was written in format " + std::to_string(format) +
                        ", before the first release, and this program writes format " +
                        std::to_string(kStoreFormat),
                    "Start with a new --data-dir, and create the feeds and connections again.")
      .with("format", std::to_string(format));
}

// What is in the directory, by name.
struct Contents {
  bool current = false;  // a database that came to be
  bool owner = false;    // one of ours, or the beginning of one
  bool database = false; // files that only a database that came to be has
  bool other = false;
};

Contents classify(const std::vector<std::string>& names) {
  Contents contents;
  for (const auto& name : names) {
    if (name == "CURRENT") {
      contents.current = true;
    } else if (name == kOwnerFileName) {
      contents.owner = true;
    } else if (name.ends_with(".sst") || name.ends_with(".log")) {
      contents.database = true;
    } else if (name != "lost+found" && name != kProbeFileName) {
      contents.other = true;
    }
  }
  return contents;
}

// Makes the directory and all above it that are missing, each entry durable.
Result<void> make_directory(const fs::path& path) {
  const fs::path parent = path.parent_path();
  std::error_code ignored;
  if (!parent.empty() && !fs::exists(parent, ignored)) {
    auto made = make_directory(parent);
    if (!made) return made;
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error(errno, "make", path);
  const fs::path above = parent.empty() ? fs::path(".") : parent;
  const int descriptor = ::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error(errno, "open", above);
  const int synced = ::fsync(descriptor);
  const int code = errno;
  ::close(descriptor);
  if (synced != 0) return system_error(code, "sync", above);
  return {};
}

Result<Contents> look_into(const fs::path& path, bool create) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found && code.value() != ENOTDIR) {
    if (!create) {
      return make_error(ErrorClass::kNotFound, "STORE_MISSING", "There is no data directory " + path.string(),
                        "Name the worker's data directory with --data-dir.");
    }
    auto made = make_directory(path.has_filename() ? path : path.parent_path());
    if (!made) return std::move(made).error();
    crash_point("store.open.directory_made");
    return Contents{};
  }
  if (code) return system_error(code.value(), "open", path);
  if (status.type() != fs::file_type::directory) return system_error(ENOTDIR, "open", path);
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0)
    return system_error(errno, "use", path);
  std::vector<std::string> names;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    names.push_back(entry->path().filename().string());
  }
  if (code) return system_error(code.value(), "list", path);
  const Contents contents = classify(names);
  if (!contents.current && !contents.owner && (contents.other || contents.database)) return foreign(path);
  if (!contents.current && contents.database) {
    return store_corrupt("the file CURRENT is missing in " + path.string());
  }
  if (!contents.current && !create) {
    return make_error(ErrorClass::kNotFound, "STORE_MISSING", path.string() + " holds no data",
                      "Name the worker's data directory with --data-dir.");
  }
  return contents;
}

Result<void> check_format(const fs::path& path, const std::string& text) {
  int format = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (code != std::errc() || end != text.data() + text.size() || format < 1) {
    return store_corrupt("the format number in " + path.string() + " is none");
  }
  if (format > kStoreFormat) return newer(path, format);
  if (format < kStoreFormat) return older(path, format);
  return {};
}

// Reads the database without writing. `ours` says that the owner file vouches for it: then one whose making
// was interrupted is no reason to refuse.
Result<void> inspect(const fs::path& path, const RocksDbSetup& setup, bool ours) {
  rocksdb::DBOptions options = setup.db;
  options.create_if_missing = false;
  std::vector<std::string> names;
  auto status = rocksdb::DB::ListColumnFamilies(options, path.string(), &names);
  if (!status.ok()) return open_error_of(status, path);
  const auto& meta = setup.families[1];
  if (std::find(names.begin(), names.end(), meta.name) == names.end()) {
    if (ours && names.size() == 1) return {};
    return foreign(path);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  status = rocksdb::DB::OpenForReadOnly(options, path.string(), {setup.families[0], meta}, &handles, &opened);
  if (!status.ok()) return open_error_of(status, path);
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::string format;
  status = db->Get(rocksdb::ReadOptions(), handles[1], kFormatKey, &format);
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  if (status.IsNotFound()) return ours ? Result<void>() : foreign(path);
  if (!status.ok()) return open_error_of(status, path);
  return check_format(path, format);
}

} // namespace

Result<std::unique_ptr<RocksDbDatabase>> RocksDbDatabase::open(const fs::path& path,
                                                               const RocksDbOptions& options) {
  auto contents = look_into(path, options.create);
  if (!contents) return std::move(contents).error();
  RocksDbSetup setup = rocksdb_setup(options);
  // Without an owner file nobody of ours holds it, and nothing of ours may be put there before it is known.
  if (contents->current && !contents->owner) {
    auto inspected = inspect(path, setup, false);
    if (!inspected) return std::move(inspected).error();
  }
  auto owner = OwnerFile::lock(path);
  if (!owner) return std::move(owner).error();
  crash_point("store.open.locked");
  if (contents->current && contents->owner) {
    auto inspected = inspect(path, setup, true);
    if (!inspected) return std::move(inspected).error();
  }
  std::unique_ptr<RocksDbDatabase> database(new RocksDbDatabase(path, *std::move(owner), std::move(setup)));
  auto opened = database->open_tables();
  if (!opened) return std::move(opened).error();
  crash_point("store.open.opened");
  auto identified = database->read_or_make_identity();
  if (!identified) return std::move(identified).error();
  crash_point("store.open.identified");
  return database;
}

Result<void> RocksDbDatabase::open_tables() {
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(setup_.db, path_.string(), setup_.families, &families_, &opened);
  if (!status.ok()) return open_error_of(status, path_);
  db_.reset(opened);
  return {};
}

Result<void> RocksDbDatabase::read_or_make_identity() {
  auto format = get(Table::kMeta, kFormatKey);
  auto id = get(Table::kMeta, kStoreIdKey);
  if (!format) return std::move(format).error();
  if (!id) return std::move(id).error();
  if (*format && *id) {
    store_id_ = **id;
    return {};
  }
  SystemRandom random;
  store_id_ = random.id();
  Batch batch;
  batch.put(Table::kMeta, kFormatKey, std::to_string(kStoreFormat));
  batch.put(Table::kMeta, kStoreIdKey, store_id_);
  const Batch* const group[] = {&batch};
  return write_group(group);
}

} // namespace circuit::state
