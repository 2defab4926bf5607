#include "sinks/jsonl_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>

#include "sinks/file_error.h"

namespace circuit::sinks {

JsonlStream::JsonlStream(std::string path)
    : path_(std::move(path)), interrupt_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Result<void> JsonlStream::recover(const std::string&) {
  if (!interrupt_) return file_error(errno, "make an event for", path_);
  // A pipe without a reader fails (ENXIO) instead of waiting for one.
  output_ = path_ == "-"
                ? FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0))
                : FileDescriptor(::open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!output_) return file_error(errno, "open", path_);
  struct stat status {};
  if (::fstat(output_.get(), &status) != 0) return file_error(errno, "look at", path_);
  is_file_ = S_ISREG(status.st_mode);
  return {};
}

Result<void> JsonlStream::append(std::string_view lines) {
  while (!lines.empty()) {
    if (auto ready = wait_writable(); !ready) return ready;
    // What a writable pipe takes without blocking; standard output is shared, so it cannot be made
    // non-blocking.
    const size_t chunk = is_file_ ? lines.size() : std::min<size_t>(lines.size(), PIPE_BUF);
    const auto written = ::write(output_.get(), lines.data(), chunk);
    if (written < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return file_error(errno, "write to", path_);
    }
    lines.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<void> JsonlStream::wait_writable() {
  std::array<pollfd, 2> waiting{{{output_.get(), POLLOUT, 0}, {interrupt_.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) {
      return file_error(errno, "wait for", path_);
    }
    if (waiting[1].revents != 0) {
      return make_error(ErrorClass::kCancelled, "SINK_INTERRUPTED",
                        "stopped while the reader of " + path_ + " stalled",
                        "Sync again: what was not committed is sent again");
    }
    if (waiting[0].revents != 0) return {}; // an error shows in the write
  }
}

Result<std::string> JsonlStream::seal() {
  if (is_file_ && ::fdatasync(output_.get()) != 0) return file_error(errno, "make durable", path_);
  return std::string();
}

void JsonlStream::interrupt() {
  const uint64_t one = 1;
  // A full counter is readable as well.
  [[maybe_unused]] const auto written = ::write(interrupt_.get(), &one, sizeof one);
}

} // namespace circuit::sinks
