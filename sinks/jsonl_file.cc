#include "sinks/jsonl_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "ingest/runtime/crash_point.h"
#include "sinks/directory.h"
#include "sinks/file_error.h"

namespace circuit::sinks {
namespace {

constexpr const char* kStartAnew =
    "Put the file back as it was; or, if it is not needed any more, move it away and sync with RESEND, which "
    "begins it anew";

Error busy(const std::string& path) {
  return make_error(ErrorClass::kConflict, "SINK_FILE_BUSY", "another worker or sink writes to " + path,
                    "Stop it, or name another path: two writers would destroy each other's lines")
      .with("path", path);
}

Error shorter(const std::string& path, uint64_t length, uint64_t committed) {
  return make_error(ErrorClass::kCorrupt, "SINK_FILE_SHORTER",
                    path + " has " + std::to_string(length) + " bytes where " + std::to_string(committed) +
                        " were committed: it was cut, replaced or removed",
                    kStartAnew)
      .with("path", path);
}

Error changed(const std::string& path, const std::string& how) {
  return make_error(ErrorClass::kCorrupt, "SINK_FILE_CHANGED",
                    path + " was changed by another program: " + how, kStartAnew)
      .with("path", path);
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// One more than the highest n among the files PATH.<n>, so that no file of an earlier history is in the way.
uint64_t next_free_generation(const std::string& path) {
  const std::string prefix = std::filesystem::path(path).filename().string() + ".";
  uint64_t highest = 0;
  std::error_code
      ignored; // an unreadable directory: a file in the way is reported when the rotation meets it
  for (const auto& entry : std::filesystem::directory_iterator(directory_of(path), ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(prefix, 0) != 0) continue;
    const auto number = parse_number(std::string_view(name).substr(prefix.size()));
    if (number && *number > highest) highest = *number;
  }
  return highest + 1;
}

// The length that PATH.uncommitted holds. One without its line end was still being written, before the first
// line was.
std::optional<uint64_t> read_note(const std::string& path) {
  const FileDescriptor note{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!note) return std::nullopt;
  std::array<char, 32> text;
  const auto size = ::read(note.get(), text.data(), text.size());
  if (size < 2 || text[static_cast<size_t>(size) - 1] != '\n') return std::nullopt;
  return parse_number(std::string_view(text.data(), static_cast<size_t>(size) - 1));
}

// Writes all of it at the offset, or returns the errno.
int write_all(int fd, std::string_view bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += static_cast<uint64_t>(written);
  }
  return 0;
}

Result<uint64_t> length_of(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return file_error(errno, "read the size of", path);
  return static_cast<uint64_t>(status.st_size);
}

} // namespace

std::optional<sync::GoneStorage> find_gone_file(const std::string& path, const std::string& position) {
  auto parsed = parse_position(position);
  if (!parsed || parsed->offset == 0) return std::nullopt;
  const std::string complete = path + "." + std::to_string(parsed->generation);
  struct stat status {};
  if (::lstat(complete.c_str(), &status) == 0 || errno != ENOENT) return std::nullopt;
  const bool there = ::stat(path.c_str(), &status) == 0;
  const bool gone = there ? S_ISREG(status.st_mode) && status.st_size == 0 : errno == ENOENT;
  if (!gone) return std::nullopt;
  return sync::GoneStorage{shorter(path, 0, parsed->offset), format_position({parsed->generation, 0})};
}

Result<void> JsonlFile::recover(const std::string& position) {
  if (position.empty()) return begin();
  auto parsed = parse_position(position);
  if (!parsed) return parsed.error();
  auto resumed = resume(*parsed);
  if (resumed && !first_commit_ahead_) forget_uncommitted();
  return resumed;
}

Result<void> JsonlFile::begin() {
  if (auto opened = open_and_lock(O_CREAT); !opened) return opened;
  auto length = length_of(file_.get(), path_);
  if (!length) return length.error();

  // A run that never came to its first commit may have left lines behind; its note says where they begin.
  const auto noted = read_note(uncommitted_path());
  const uint64_t start = noted ? std::min(*noted, *length) : *length;
  if (auto whole = expect_line_end(start); !whole) {
    return make_error(ErrorClass::kInvalid, "SINK_FILE_NOT_JSONL",
                      path_ + " exists and does not end with a line end, so lines cannot be added to it",
                      "Name another path, or move the file away")
        .with("path", path_);
  }
  generation_ = next_free_generation(path_);
  first_commit_ahead_ = true;
  if (noted != start) {
    if (auto written = note_uncommitted(start); !written) return written;
  }
  return start_from(start);
}

Result<void> JsonlFile::resume(const JsonlPosition& position) {
  struct stat status {};
  if (::stat(rotated_path(position.generation).c_str(), &status) == 0) {
    if (static_cast<uint64_t>(status.st_size) != position.offset) {
      return changed(rotated_path(position.generation), "it has " + std::to_string(status.st_size) +
                                                            " bytes instead of " +
                                                            std::to_string(position.offset));
    }
    return resume_after_rotation(position);
  }
  auto opened = open_and_lock(position.offset == 0 ? O_CREAT : 0);
  if (!opened && opened.error().reason == "SINK_DIRECTORY_MISSING") return shorter(path_, 0, position.offset);
  if (!opened) return opened;
  auto length = length_of(file_.get(), path_);
  if (!length) return length.error();
  if (*length < position.offset) return shorter(path_, *length, position.offset);
  if (auto whole = expect_line_end(position.offset); !whole) return whole;
  generation_ = position.generation;
  if (position.offset == 0) {
    if (auto ours = expect_ours(*length); !ours) return ours;
  }
  return start_from(position.offset);
}

// Of a file that nothing is committed to, all is cut off; so what is not of this worker, such as a file that
// was put back, or is on a volume that is mounted again, must not be taken for what a crash left.
Result<void> JsonlFile::expect_ours(uint64_t length) {
  const auto noted = read_note(uncommitted_path());
  if (length > 0 && noted != 0)
    return changed(path_, "it has " + std::to_string(length) + " bytes where none were committed");
  first_commit_ahead_ = true;
  if (noted == 0) return {};
  return note_uncommitted(0);
}

// The file of the stored position is complete under its new name; what PATH holds was never committed.
Result<void> JsonlFile::resume_after_rotation(const JsonlPosition& position) {
  if (auto opened = open_and_lock(O_CREAT); !opened) return opened;
  generation_ = position.generation + 1;
  crash_point("jsonl.open.rotated");
  if (auto synced = sync_directory_of(path_); !synced) return synced;
  return start_from(0);
}

Result<void> JsonlFile::open_and_lock(int flags) {
  FileDescriptor file{::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY | flags, 0644)};
  if (!file && errno == EEXIST) return busy(path_);
  if (!file) return file_error(errno, "open", path_);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return busy(path_);
    return file_error(errno, "lock", path_);
  }
  // Whoever had it may have rotated it away between the two calls.
  struct stat by_descriptor {};
  struct stat by_name {};
  if (::fstat(file.get(), &by_descriptor) != 0 || ::stat(path_.c_str(), &by_name) != 0) {
    return file_error(errno, "look at", path_);
  }
  if (by_descriptor.st_ino != by_name.st_ino || by_descriptor.st_dev != by_name.st_dev) return busy(path_);
  file_ = std::move(file);
  crash_point("jsonl.open.created");
  if ((flags & O_CREAT) != 0) return sync_directory_of(path_);
  return {};
}

Result<void> JsonlFile::expect_line_end(uint64_t offset) {
  if (offset == 0) return {};
  char last = 0;
  const auto got = ::pread(file_.get(), &last, 1, static_cast<off_t>(offset - 1));
  if (got < 0) return file_error(errno, "read", path_);
  if (got == 1 && last == '\n') return {};
  return changed(path_, "no line ends at byte " + std::to_string(offset) + ", where the committed part ends");
}

Result<void> JsonlFile::start_from(uint64_t length) {
  committed_ = sealed_ = end_ = length;
  auto cut = cut_tail();
  crash_point("jsonl.open.cut");
  return cut;
}

// A file that somebody has made shorter is not filled up with zeros.
Result<void> JsonlFile::cut_tail() {
  auto length = length_of(file_.get(), path_);
  if (!length) return length.error();
  if (*length < committed_) return shorter(path_, *length, committed_);
  if (*length > committed_ && ::ftruncate(file_.get(), static_cast<off_t>(committed_)) != 0) {
    return file_error(errno, "shorten", path_);
  }
  return {};
}

// A file keeps taking lines when it has no name any more.
Result<void> JsonlFile::expect_name() {
  struct stat by_descriptor {};
  struct stat by_name {};
  if (::fstat(file_.get(), &by_descriptor) != 0) return file_error(errno, "look at", path_);
  const bool there = ::stat(path_.c_str(), &by_name) == 0;
  if (!there && errno != ENOENT) return file_error(errno, "look at", path_);
  if (there && by_descriptor.st_ino == by_name.st_ino && by_descriptor.st_dev == by_name.st_dev) return {};
  return changed(path_, there ? "another file has taken its place" : "it was removed or moved away");
}

Result<void> JsonlFile::expect_in_place() {
  if (auto same = expect_name(); !same) return same;
  auto length = length_of(file_.get(), path_);
  if (!length) return length.error();
  if (*length < committed_) return shorter(path_, *length, committed_);
  return {};
}

// Somebody who cuts or adds to the file must not make it a mixture of both.
Result<void> JsonlFile::expect_length() {
  if (auto same = expect_name(); !same) return same;
  auto length = length_of(file_.get(), path_);
  if (!length) return length.error();
  if (*length == end_) return {};
  return changed(
      path_, "it has " + std::to_string(*length) + " bytes where " + std::to_string(end_) + " were written");
}

Result<void> JsonlFile::append(std::string_view lines) {
  if (lines.empty()) return {};
  if (tail_to_cut_) {
    if (auto shortened = cut_tail(); !shortened) return shortened;
    tail_to_cut_ = false;
  }
  if (rotate_bytes_ != 0 && end_ == committed_ && committed_ >= rotate_bytes_) {
    if (auto rotated = rotate(); !rotated) return rotated;
  }
  if (auto same = expect_length(); !same) return same;
  crash_point("jsonl.append.writing");
  if (const int problem = write_all(file_.get(), lines, end_)) {
    return file_error(problem, "write to", path_);
  }
  crash_point("jsonl.append.written");
  end_ += lines.size();
  return {};
}

Result<std::string> JsonlFile::seal() {
  crash_point("jsonl.seal.syncing");
  if (::fdatasync(file_.get()) != 0) return file_error(errno, "make durable", path_);
  crash_point("jsonl.seal.synced");
  if (auto same = expect_length(); !same) return same.error();
  sealed_ = end_;
  return format_position({generation_, sealed_});
}

void JsonlFile::commit() {
  committed_ = sealed_;
  if (first_commit_ahead_ && committed_ > 0) forget_uncommitted();
}

void JsonlFile::rollback() {
  end_ = sealed_ = committed_;
  tail_to_cut_ = !cut_tail(); // tried again, and reported, before the next line is written
}

Result<void> JsonlFile::rotate() {
  const std::string target = rotated_path(generation_);
  struct stat status {};
  if (::lstat(target.c_str(), &status) == 0) {
    return make_error(ErrorClass::kConflict, "SINK_ROTATION_BLOCKED",
                      path_ + " should be rotated to " + target + ", which exists already",
                      "Move " + target + " away")
        .with("path", target);
  }
  // Nobody syncs this file again: what was cut off would be back after a loss of power.
  if (::fdatasync(file_.get()) != 0) return file_error(errno, "make durable", path_);
  if (::rename(path_.c_str(), target.c_str()) != 0) return file_error(errno, "rotate", path_);
  crash_point("jsonl.rotate.renamed");
  FileDescriptor complete = std::move(file_);
  auto opened = open_and_lock(O_CREAT | O_EXCL);
  if (!opened) {
    file_ = std::move(complete);
    // Back to the state before; if that fails too, the next recover() finds a complete rotation.
    if (::rename(target.c_str(), path_.c_str()) != 0) return file_error(errno, "undo the rotation of", path_);
    return opened;
  }
  crash_point("jsonl.rotate.begun");
  ++generation_;
  committed_ = sealed_ = end_ = 0;
  if (first_commit_ahead_) return note_uncommitted(0);
  return {};
}

Result<void> JsonlFile::note_uncommitted(uint64_t length) {
  const std::string path = uncommitted_path();
  const FileDescriptor note{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (!note) return file_error(errno, "open", path);
  const std::string text = std::to_string(length) + "\n";
  if (const int problem = write_all(note.get(), text, 0)) return file_error(problem, "write to", path);
  crash_point("jsonl.note.written");
  if (::fsync(note.get()) != 0) return file_error(errno, "make durable", path);
  crash_point("jsonl.note.synced");
  return sync_directory_of(path_);
}

// A note that stays because of a crash or an error is ignored once a position is stored.
void JsonlFile::forget_uncommitted() {
  ::unlink(uncommitted_path().c_str());
  crash_point("jsonl.note.removed");
  first_commit_ahead_ = false;
}

} // namespace circuit::sinks
