#include "sinks/file_error.h"

#include <cerrno>
#include <system_error>

namespace circuit::sinks {
namespace {

struct Meaning {
  ErrorClass cls;
  const char* reason;
  const char* next_step;
};

Meaning meaning_of(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return {ErrorClass::kExhausted, "DISK_FULL",
              "Free some space or raise the quota, then sync again: nothing that was not committed is lost"};
    case EFBIG:
      return {ErrorClass::kExhausted, "SINK_FILE_TOO_LARGE",
              "Raise the file size limit (ulimit -f), or let the sink rotate before the file is that large"};
    case EMFILE:
    case ENFILE:
      return {ErrorClass::kExhausted, "TOO_MANY_OPEN_FILES", "Raise the limit of open files (ulimit -n)"};
    case ENOENT:
      return {ErrorClass::kInvalid, "SINK_DIRECTORY_MISSING", "Make the directory, or name another path"};
    case EACCES:
    case EPERM:
    case EROFS:
      return {ErrorClass::kInvalid, "SINK_FILE_NOT_WRITABLE",
              "Give the worker's user the right to write there, or name another path"};
    case EISDIR:
      return {ErrorClass::kInvalid, "SINK_IS_A_DIRECTORY", "Name a file inside it"};
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return {ErrorClass::kInvalid, "SINK_PATH_INVALID", "Name another path"};
    case EPIPE:
    case ECONNRESET:
    case ENXIO:
      return {ErrorClass::kInvalid, "SINK_CLOSED",
              "Keep the program that reads it running, and sync again: what it missed is sent again"};
    default:
      return {ErrorClass::kTransient, "SINK_IO", "Look at the disk and the kernel's log, then sync again"};
  }
}

} // namespace

Error file_error(int error_number, const std::string& doing, const std::string& path) {
  const Meaning meaning = meaning_of(error_number);
  return make_error(meaning.cls, meaning.reason,
                    "cannot " + doing + " " + path + ": " + std::generic_category().message(error_number),
                    meaning.next_step)
      .with("path", path);
}

} // namespace circuit::sinks
