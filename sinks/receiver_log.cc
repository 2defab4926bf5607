#include "sinks/receiver_log.h"

#include <fcntl.h>
#include <google/protobuf/util/json_util.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>

#include "ingest/runtime/crash_point.h"
#include "sinks/change_json.h"
#include "sinks/directory.h"
#include "sinks/file_error.h"

namespace circuit::sinks {
namespace {

using circuit::feeds::v1::Change;

// The bytes [from, to) of the file; empty on an error that the caller sees in errno.
std::string read_range(int fd, uint64_t from, uint64_t to) {
  std::string bytes(to - from, '\0');
  size_t have = 0;
  while (have < bytes.size()) {
    const auto got = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(from + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    have += static_cast<size_t>(got);
  }
  return bytes;
}

} // namespace

Result<std::unique_ptr<ReceiverLog>> ReceiverLog::open(const std::string& path, size_t remembered_documents,
                                                       uint64_t tail_bytes) {
  std::unique_ptr<ReceiverLog> log(new ReceiverLog(path, remembered_documents, tail_bytes));
  if (auto locked = log->lock_file(); !locked) return locked.error();
  if (auto read = log->read_tail(); !read) return read.error();
  return log;
}

Result<void> ReceiverLog::lock_file() {
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file_) return file_error(errno, "open", path_);
  crash_point("receiver.created");
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorClass::kConflict, "SINK_FILE_BUSY", "another receiver writes to " + path_,
                      "Stop it, or name another file");
  }
  return sync_directory_of(path_); // what is acknowledged must not vanish with the file's name
}

Result<void> ReceiverLog::read_tail() {
  recent_.clear();
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return file_error(errno, "look at", path_);
  const auto length = static_cast<uint64_t>(status.st_size);
  const uint64_t from = length > tail_bytes_ ? length - tail_bytes_ : 0;
  const std::string tail = read_range(file_.get(), from, length);
  if (tail.size() != length - from) return file_error(errno, "read", path_);

  std::string_view rest = tail;
  if (from > 0)
    rest.remove_prefix(
        std::min(rest.size(), rest.find('\n') == rest.npos ? rest.size() : rest.find('\n') + 1));
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true; // of a newer version
  for (size_t line_end = rest.find('\n'); line_end != rest.npos; line_end = rest.find('\n')) {
    Change change;
    const std::string line(rest.substr(0, line_end));
    if (!google::protobuf::util::JsonStringToMessage(line, &change, options).ok()) {
      return make_error(ErrorClass::kInvalid, "RECEIVER_FILE_UNREADABLE",
                        path_ + " has a line that is not a change",
                        "Name a file that a receiver wrote, or one that does not exist");
    }
    recent_.remember(change);
    rest.remove_prefix(line_end + 1);
  }
  end_ = length - rest.size();
  if (!rest.empty() && ::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) {
    return file_error(errno, "shorten", path_);
  }
  return {};
}

Result<RecentChanges::Verdict> ReceiverLog::take(const Change& change) {
  const auto verdict = recent_.judge(change);
  if (verdict != RecentChanges::Verdict::kNew) return verdict;
  if (auto appended = append_change_json(change, buffer_); !appended) return appended.error();
  buffer_ += '\n';
  recent_.remember(change);
  return verdict;
}

Result<void> ReceiverLog::sync() {
  auto written = write_buffer();
  buffer_.clear();
  if (written) return {};
  // What was remembered is not in the file; the file is what counts.
  if (::ftruncate(file_.get(), static_cast<off_t>(end_)) != 0) return file_error(errno, "shorten", path_);
  if (auto read = read_tail(); !read) return read;
  return written;
}

Result<void> ReceiverLog::write_buffer() {
  std::string_view rest = buffer_;
  uint64_t at = end_;
  crash_point("receiver.writing");
  while (!rest.empty()) {
    const auto written = ::pwrite(file_.get(), rest.data(), rest.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "write to", path_);
    rest.remove_prefix(static_cast<size_t>(written));
    at += static_cast<uint64_t>(written);
  }
  crash_point("receiver.written");
  if (!buffer_.empty() && ::fdatasync(file_.get()) != 0) return file_error(errno, "make durable", path_);
  crash_point("receiver.synced");
  end_ = at;
  return {};
}

} // namespace circuit::sinks
