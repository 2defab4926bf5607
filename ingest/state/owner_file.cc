#include "ingest/state/owner_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <utility>

#include "ingest/runtime/crash_point.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {
namespace {

struct Holder {
  std::string pid;
  std::string address;
};

// "pid 4711\naddress 127.0.0.1:8431\n"; a holder that is just writing it shows less.
Holder read_holder(int descriptor) {
  std::array<char, 1024> buffer;
  const ssize_t size = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  Holder holder;
  std::istringstream text(std::string(buffer.data(), size > 0 ? static_cast<size_t>(size) : 0));
  for (std::string name, value; text >> name >> value;) {
    if (name == "pid") holder.pid = value;
    if (name == "address") holder.address = value;
  }
  return holder;
}

Error locked(const std::filesystem::path& directory, const Holder& holder) {
  const std::string who = holder.pid.empty() ? "Another process" : "A worker with pid " + holder.pid;
  if (holder.address.empty()) {
    return make_error(ErrorClass::kConflict, "STORE_LOCKED",
                      who + " holds the data directory " + directory.string(),
                      "Wait until it has ended, or use another --data-dir.")
        .with("holder_pid", holder.pid);
  }
  return make_error(
             ErrorClass::kConflict, "STORE_LOCKED",
             who + " serves on " + holder.address + " and holds the data directory " + directory.string(),
             "Use --server " + holder.address + " to work through it, or stop it first.")
      .with("holder_pid", holder.pid)
      .with("holder_address", holder.address);
}

} // namespace

Result<OwnerFile> OwnerFile::lock(const std::filesystem::path& directory) {
  const auto path = directory / kOwnerFileName;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_error(errno, "open", path);
  OwnerFile file(descriptor, path);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error(errno, "lock", path);
    const Holder holder = read_holder(descriptor);
    return locked(directory, holder);
  }
  crash_point("owner.locked");
  auto written = file.write("pid " + std::to_string(::getpid()) + "\n");
  if (!written) return std::move(written).error();
  return file;
}

OwnerFile::OwnerFile(int descriptor, std::filesystem::path path)
    : descriptor_(descriptor), path_(std::move(path)) {}

OwnerFile::OwnerFile(OwnerFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

OwnerFile& OwnerFile::operator=(OwnerFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

OwnerFile::~OwnerFile() { unlock(); }

void OwnerFile::unlock() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<void> OwnerFile::set_address(std::string_view address) {
  return write("pid " + std::to_string(::getpid()) + "\naddress " + std::string(address) + "\n");
}

Result<void> OwnerFile::write(const std::string& text) {
  // In place: a renamed file would not be the locked one.
  const auto written = ::pwrite(descriptor_, text.data(), text.size(), 0);
  if (written != static_cast<ssize_t>(text.size()))
    return system_error(written < 0 ? errno : ENOSPC, "write", path_);
  crash_point("owner.written");
  if (::ftruncate(descriptor_, static_cast<off_t>(text.size())) != 0)
    return system_error(errno, "write", path_);
  return {};
}

Error system_error(int code, const std::string& doing, const std::filesystem::path& path) {
  const std::string why = std::generic_category().message(code);
  switch (code) {
    case EACCES:
    case EPERM:
    case EROFS:
      return make_error(ErrorClass::kPermission, "STORE_PERMISSION",
                        "This user may not " + doing + " " + path.string() + " (" + why + ")",
                        "Give the user that runs circuit-feeds read and write access to the data directory.");
    case ENOSPC:
    case EDQUOT:
      return disk_full(why);
    case ENOTDIR:
    case EEXIST:
      return make_error(ErrorClass::kInvalid, "STORE_NOT_A_DIRECTORY", path.string() + " is not a directory",
                        "Name a directory with --data-dir; a missing one is made.");
    default:
      return io_failed("cannot " + doing + " " + path.string() + ": " + why);
  }
}

} // namespace circuit::state
