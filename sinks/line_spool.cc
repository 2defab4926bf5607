#include "sinks/line_spool.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "sinks/file_error.h"

namespace circuit::sinks {
namespace {

constexpr size_t kCopyBytes = 1 << 20;

FileDescriptor open_unnamed(const std::string& directory) {
  FileDescriptor file{::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
  if (file || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return file;
  std::string name = directory + "/.circuit-feeds-XXXXXX"; // a file system without O_TMPFILE
  file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (file) ::unlink(name.c_str());
  return file;
}

} // namespace

Result<void> LineSpool::add(std::string_view lines) {
  memory_ += lines;
  return memory_.size() < kMemoryBytes ? Result<void>() : spill();
}

Result<void> LineSpool::spill() {
  if (!file_) file_ = open_unnamed(directory_);
  if (!file_) return file_error(errno, "make a temporary file in", directory_);
  std::string_view rest = memory_;
  while (!rest.empty()) {
    const auto written = ::pwrite(file_.get(), rest.data(), rest.size(), static_cast<off_t>(spilled_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "write to a temporary file in", directory_);
    rest.remove_prefix(static_cast<size_t>(written));
    spilled_ += static_cast<uint64_t>(written);
  }
  memory_.clear();
  if (memory_.capacity() > 4 * kMemoryBytes) memory_.shrink_to_fit(); // after one huge document
  return {};
}

Result<void> LineSpool::copy_to(LineOutput& output) {
  std::string piece;
  for (uint64_t at = 0; at < spilled_;) {
    piece.resize(std::min<uint64_t>(kCopyBytes, spilled_ - at));
    const auto got = ::pread(file_.get(), piece.data(), piece.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return file_error(got < 0 ? errno : EIO, "read a temporary file in", directory_);
    piece.resize(static_cast<size_t>(got));
    if (auto appended = output.append(piece); !appended) return appended;
    at += static_cast<uint64_t>(got);
  }
  return output.append(memory_);
}

void LineSpool::clear() {
  memory_.clear();
  file_ = FileDescriptor();
  spilled_ = 0;
}

} // namespace circuit::sinks
