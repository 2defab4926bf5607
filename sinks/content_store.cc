#include "sinks/content_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

#include "sinks/directory.h"
#include "sinks/file_error.h"

namespace circuit::sinks {
namespace {

constexpr std::string_view kPartial = ".partial";

// The right to enter for everybody who may read.
unsigned directory_mode(unsigned file_mode) { return file_mode | 0300 | (file_mode & 0444) >> 2; }

// The directory is there, with these permissions if it is new, and its name is durable.
Result<void> make_directory(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    if (::chmod(path.c_str(), mode) != 0) return file_error(errno, "set the permissions of", path);
  } else if (errno != EEXIST) {
    return file_error(errno, "make", path);
  }
  return sync_directory_of(path);
}

} // namespace

Result<void> ContentStore::open() {
  std::error_code problem;
  std::vector<std::filesystem::path> leftovers;
  for (std::filesystem::directory_iterator entry(root_, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (entry->path().extension() == kPartial) leftovers.push_back(entry->path());
  }
  if (problem == std::errc::no_such_file_or_directory) return {};
  if (problem) return file_error(problem.value(), "read", root_);
  for (const auto& path : leftovers) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return file_error(errno, "remove", path);
  }
  return {};
}

unsigned ContentStore::file_mode() const {
  struct stat status {};
  return ::stat(path_.c_str(), &status) == 0 ? status.st_mode & 0666 : 0600;
}

Result<void> ContentStore::make_root() {
  if (has_root_) return {};
  if (auto made = make_directory(root_, directory_mode(file_mode())); !made) return made;
  has_root_ = true;
  return {};
}

Result<void> ContentStore::make_directory_of(const std::string& hex) {
  const size_t number = std::stoul(hex.substr(0, 2), nullptr, 16);
  if (has_directory_.test(number)) return {};
  const std::string path = root_ + "/" + hex.substr(0, 2);
  if (auto made = make_directory(path, directory_mode(file_mode())); !made) return made;
  has_directory_.set(number);
  return {};
}

Result<std::unique_ptr<ContentWriter>> ContentStore::begin() {
  if (auto made = make_root(); !made) return std::move(made).error();
  std::string partial = root_ + "/" + std::to_string(next_partial_++) + std::string(kPartial);
  FileDescriptor file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return file_error(errno, "open", partial);
  auto writer = std::make_unique<ContentWriter>(*this, partial, std::move(file));
  return writer;
}

ContentWriter::~ContentWriter() {
  if (!kept_) ::unlink(partial_path_.c_str()); // what stays is removed by the next open()
}

Result<void> ContentWriter::write(std::string_view bytes) {
  hash_.add(bytes);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const auto written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "write to", partial_path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

circuit::feeds::v1::RawContent ContentWriter::close() {
  hex_ = to_hex(hash_.finish());
  circuit::feeds::v1::RawContent content;
  content.set_sha256(hex_);
  content.set_size_bytes(static_cast<int64_t>(size_));
  return content;
}

Result<void> ContentWriter::keep() {
  if (auto made = store_.make_directory_of(hex_); !made) return made;
  const std::string path = store_.path_of(hex_);
  struct stat status {};
  const bool is_there = ::stat(path.c_str(), &status) == 0 && static_cast<uint64_t>(status.st_size) == size_;
  if (is_there) {
    if (::unlink(partial_path_.c_str()) != 0) return file_error(errno, "remove", partial_path_);
  } else {
    if (::fchmod(file_.get(), store_.file_mode()) != 0) {
      return file_error(errno, "set the permissions of", partial_path_);
    }
    if (::fsync(file_.get()) != 0) return file_error(errno, "make durable", partial_path_);
    if (::rename(partial_path_.c_str(), path.c_str()) != 0) return file_error(errno, "write", path);
  }
  kept_ = true;
  // Also of one that was there: who gave it its name may have died before this.
  return sync_directory_of(path);
}

} // namespace circuit::sinks
