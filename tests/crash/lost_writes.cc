// A library to be preloaded: takes down in a ledger what the process writes, renames, makes and removes under
// one directory, and what of it fsync and fdatasync have made durable. After the process was killed,
// roll_back.h takes back a part of what was not durable, as the loss of the page cache would.
//
// Modelled: what write, pwrite, writev, pwritev and ftruncate change in a file until fsync or fdatasync of
// it; what open, creat, mkdir, rename and unlink change in a directory until fsync of that directory. The two
// are apart, as POSIX has them: syncing a file does not make its name durable. sync_file_range makes nothing
// durable. Not modelled: writes through mmap, link, fallocate, copy_file_range, files without a name
// (O_TMPFILE), paths relative to a descriptor, descriptors that were duplicated, syncfs, and pages of one
// write that reach the disk in another order than written.
//
// Any thread; an operation and its record are under one lock, a sync is not.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/crash/ledger.h"

namespace {

using circuit::crash::Kind;
using circuit::crash::Record;

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

constexpr int kDescriptorsMax = 4096;

class Ledger {
 public:
  Ledger() {
    const char* root = std::getenv(circuit::crash::kRootVariable);
    const char* file = std::getenv(circuit::crash::kLedgerVariable);
    const char* keep = std::getenv(circuit::crash::kKeepVariable);
    if (root == nullptr || file == nullptr || keep == nullptr) return;
    root_ = std::string(root) + "/";
    keep_ = keep;
    const auto open_now = real<int(const char*, int, ...)>("open");
    file_ = open_now(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat status {};
    if (file_ < 0 || ::fstat(file_, &status) != 0) std::abort();
    end_ = static_cast<uint64_t>(status.st_size);
  }

  bool on() const { return file_ >= 0; }
  // The absolute path if it is under the root, else empty.
  std::string inside(const char* path) const {
    if (!on() || path == nullptr) return {};
    std::string whole = path;
    if (!whole.starts_with('/')) {
      std::array<char, 4096> here{};
      if (::getcwd(here.data(), here.size()) == nullptr) return {};
      whole = std::string(here.data()) + "/" + whole;
    }
    return whole.starts_with(root_) || whole + "/" == root_ ? whole : std::string();
  }

  void follow(int fd, bool yes) {
    if (fd >= 0 && fd < kDescriptorsMax) followed_[static_cast<size_t>(fd)] = yes;
  }
  bool follows(int fd) const {
    return on() && fd >= 0 && fd < kDescriptorsMax && followed_[static_cast<size_t>(fd)];
  }

  uint64_t end() {
    const std::lock_guard lock(mutex);
    return end_;
  }
  // With the lock held.
  void append(Record record, std::string_view path, std::string_view data) {
    record.path_bytes = static_cast<uint32_t>(path.size());
    record.data_bytes = data.size();
    std::string bytes(reinterpret_cast<const char*>(&record), sizeof record);
    bytes += path;
    bytes += data;
    static const auto write_now = real<ssize_t(int, const void*, size_t)>("write");
    if (write_now(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
    end_ += bytes.size();
  }
  // With the lock held. Links `path` to a name of its own, so that it can come back; 0: there is no such
  // file.
  uint64_t keep(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    // The ledger's length is a number that no other record of it has.
    const uint64_t number = end_ + 1;
    if (::link(path.c_str(), (keep_ + "/" + std::to_string(number)).c_str()) != 0) std::abort();
    return number;
  }

  std::mutex mutex;

 private:
  std::string root_;
  std::string keep_;
  int file_ = -1;
  uint64_t end_ = 0;
  std::array<std::atomic<bool>, kDescriptorsMax> followed_{};
};

// Made at the first call and never destroyed: others' destructors write too.
Ledger& ledger() {
  static Ledger& instance = *new Ledger();
  return instance;
}

std::string read_back(int fd, uint64_t from, uint64_t to) {
  // The descriptor may be for writing alone.
  static const auto open_now = real<int(const char*, int, ...)>("open");
  static const auto close_now = real<int(int)>("close");
  const int again = open_now(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC);
  std::string bytes(to - from, '\0');
  const ssize_t got = again < 0 ? -1 : ::pread(again, bytes.data(), bytes.size(), static_cast<off_t>(from));
  if (got != static_cast<ssize_t>(bytes.size())) std::abort();
  close_now(again);
  return bytes;
}

// With the lock held.
void before_write(int fd, uint64_t at, uint64_t length) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) std::abort();
  const auto size = static_cast<uint64_t>(status.st_size);
  const uint64_t over = at < size ? std::min(size, at + length) : at;
  Record record{.inode = status.st_ino, .was = size, .at = at, .length = length, .kind = Kind::kWrite};
  ledger().append(record, {}, over > at ? read_back(fd, at, over) : std::string());
}

void before_truncate(int fd, uint64_t length) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) std::abort();
  const auto size = static_cast<uint64_t>(status.st_size);
  Record record{.inode = status.st_ino, .was = size, .at = length, .kind = Kind::kTruncate};
  ledger().append(record, {}, size > length ? read_back(fd, length, size) : std::string());
}

uint64_t position_of(int fd) {
  struct stat status {};
  if ((::fcntl(fd, F_GETFL) & O_APPEND) != 0 && ::fstat(fd, &status) == 0)
    return static_cast<uint64_t>(status.st_size);
  return static_cast<uint64_t>(::lseek(fd, 0, SEEK_CUR));
}

uint64_t total(const iovec* pieces, int count) {
  uint64_t bytes = 0;
  for (int i = 0; i < count; ++i) bytes += pieces[i].iov_len;
  return bytes;
}

uint64_t directory_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.substr(0, path.rfind('/')).c_str(), &status) != 0) return 0;
  return status.st_ino;
}

template <class Open>
int open_file(const char* path, int flags, Open open_now) {
  const std::string name = ledger().inside(path);
  if (name.empty() || (flags & O_TMPFILE) == O_TMPFILE) {
    const int fd = open_now();
    ledger().follow(fd, false);
    return fd;
  }
  const std::lock_guard lock(ledger().mutex);
  struct stat status {};
  const bool there = ::stat(name.c_str(), &status) == 0;
  if (!there && (flags & O_CREAT) != 0) {
    ledger().append({.inode = directory_of(name), .kind = Kind::kCreate}, name, {});
  }
  if (there && (flags & O_TRUNC) != 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    const int before = real<int(const char*, int, ...)>("open")(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (before < 0) std::abort();
    before_truncate(before, 0);
    real<int(int)>("close")(before);
  }
  const int fd = open_now();
  ledger().follow(fd, true);
  return fd;
}

template <class Sync>
int sync_file(int fd, Sync sync_now) {
  if (!ledger().follows(fd)) return sync_now(fd);
  const uint64_t upto = ledger().end();
  const int result = sync_now(fd);
  struct stat status {};
  if (result != 0 || ::fstat(fd, &status) != 0) return result;
  const std::lock_guard lock(ledger().mutex);
  const Kind kind = S_ISDIR(status.st_mode) ? Kind::kDirectorySynced : Kind::kSynced;
  ledger().append({.inode = status.st_ino, .upto = upto, .kind = kind}, {}, {});
  return result;
}

template <class Write>
ssize_t write_file(int fd, uint64_t at, uint64_t bytes, Write write_now) {
  const std::lock_guard lock(ledger().mutex);
  before_write(fd, at, bytes);
  return write_now();
}

mode_t mode_in(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

} // namespace

// What follows replaces the C library's functions of the same names.
extern "C" {

#define CIRCUIT_OPEN(name)                                                  \
  int name(const char* path, int flags, ...) {                              \
    va_list arguments;                                                      \
    va_start(arguments, flags);                                             \
    const mode_t mode = mode_in(flags, arguments);                          \
    va_end(arguments);                                                      \
    static const auto next = real<int(const char*, int, ...)>(#name);       \
    return open_file(path, flags, [=] { return next(path, flags, mode); }); \
  }
CIRCUIT_OPEN(open)
CIRCUIT_OPEN(open64)

#define CIRCUIT_OPENAT(name)                                                                      \
  int name(int at, const char* path, int flags, ...) {                                            \
    va_list arguments;                                                                            \
    va_start(arguments, flags);                                                                   \
    const mode_t mode = mode_in(flags, arguments);                                                \
    va_end(arguments);                                                                            \
    static const auto next = real<int(int, const char*, int, ...)>(#name);                        \
    const bool plain = at == AT_FDCWD || *path == '/';                                            \
    return open_file(plain ? path : nullptr, flags, [=] { return next(at, path, flags, mode); }); \
  }
CIRCUIT_OPENAT(openat)
CIRCUIT_OPENAT(openat64)

int __open_2(const char* path, int flags) { return open(path, flags); }
int __open64_2(const char* path, int flags) { return open64(path, flags); }
int creat(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char* path, mode_t mode) { return creat(path, mode); }

int close(int fd) {
  static const auto next = real<int(int)>("close");
  ledger().follow(fd, false);
  return next(fd);
}

ssize_t write(int fd, const void* data, size_t bytes) {
  static const auto next = real<ssize_t(int, const void*, size_t)>("write");
  if (!ledger().follows(fd)) return next(fd, data, bytes);
  return write_file(fd, position_of(fd), bytes, [=] { return next(fd, data, bytes); });
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  static const auto next = real<ssize_t(int, const iovec*, int)>("writev");
  if (!ledger().follows(fd)) return next(fd, pieces, count);
  return write_file(fd, position_of(fd), total(pieces, count), [=] { return next(fd, pieces, count); });
}

#define CIRCUIT_PWRITE(name)                                                                            \
  ssize_t name(int fd, const void* data, size_t bytes, off_t at) {                                      \
    static const auto next = real<ssize_t(int, const void*, size_t, off_t)>(#name);                     \
    if (!ledger().follows(fd)) return next(fd, data, bytes, at);                                        \
    return write_file(fd, static_cast<uint64_t>(at), bytes, [=] { return next(fd, data, bytes, at); }); \
  }
CIRCUIT_PWRITE(pwrite)
CIRCUIT_PWRITE(pwrite64)

#define CIRCUIT_PWRITEV(name)                                                     \
  ssize_t name(int fd, const iovec* pieces, int count, off_t at) {                \
    static const auto next = real<ssize_t(int, const iovec*, int, off_t)>(#name); \
    if (!ledger().follows(fd)) return next(fd, pieces, count, at);                \
    return write_file(fd, static_cast<uint64_t>(at), total(pieces, count),        \
                      [=] { return next(fd, pieces, count, at); });               \
  }
CIRCUIT_PWRITEV(pwritev)
CIRCUIT_PWRITEV(pwritev64)

#define CIRCUIT_TRUNCATE(name)                             \
  int name(int fd, off_t length) {                         \
    static const auto next = real<int(int, off_t)>(#name); \
    if (!ledger().follows(fd)) return next(fd, length);    \
    const std::lock_guard lock(ledger().mutex);            \
    before_truncate(fd, static_cast<uint64_t>(length));    \
    return next(fd, length);                               \
  }
CIRCUIT_TRUNCATE(ftruncate)
CIRCUIT_TRUNCATE(ftruncate64)

int fsync(int fd) {
  static const auto next = real<int(int)>("fsync");
  return sync_file(fd, next);
}
int fdatasync(int fd) {
  static const auto next = real<int(int)>("fdatasync");
  return sync_file(fd, next);
}

int mkdir(const char* path, mode_t mode) {
  static const auto next = real<int(const char*, mode_t)>("mkdir");
  const std::string name = ledger().inside(path);
  struct stat status {};
  if (name.empty() || ::stat(name.c_str(), &status) == 0) return next(path, mode);
  const std::lock_guard lock(ledger().mutex);
  ledger().append({.inode = directory_of(name), .kind = Kind::kCreate}, name, {});
  return next(path, mode);
}

int rename(const char* from, const char* to) {
  static const auto next = real<int(const char*, const char*)>("rename");
  const std::string old_name = ledger().inside(from);
  const std::string new_name = ledger().inside(to);
  if (old_name.empty() || new_name.empty()) return next(from, to);
  const std::lock_guard lock(ledger().mutex);
  const uint64_t kept = ledger().keep(new_name);
  ledger().append({.inode = directory_of(new_name), .kept = kept, .kind = Kind::kRename}, old_name, new_name);
  return next(from, to);
}

int unlink(const char* path) {
  static const auto next = real<int(const char*)>("unlink");
  const std::string name = ledger().inside(path);
  if (name.empty()) return next(path);
  const std::lock_guard lock(ledger().mutex);
  const uint64_t kept = ledger().keep(name);
  if (kept != 0)
    ledger().append({.inode = directory_of(name), .kept = kept, .kind = Kind::kUnlink}, name, {});
  return next(path);
}

} // extern "C"
