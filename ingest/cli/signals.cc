#include "ingest/cli/signals.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <system_error>

#include "ingest/cli/exit_code.h"

namespace circuit::cli {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

void StopSignals::block() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

StopSignals::StopSignals(SystemLoop& loop) : loop_(loop) {
  const sigset_t set = stop_signals();
  fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "cannot watch for signals");
  loop_.watch(fd_, EPOLLIN, this);
}

StopSignals::~StopSignals() {
  loop_.unwatch(fd_);
  ::close(fd_);
}

Task<void> StopSignals::wait() {
  while (!received_) co_await changed_.wait();
}

void StopSignals::on_ready(int fd, uint32_t) {
  signalfd_siginfo info;
  while (::read(fd, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int signal = static_cast<int>(info.ssi_signo);
    if (received_) ::_exit(stopped_by(signal));
    received_ = signal;
    changed_.notify_all();
  }
}

} // namespace circuit::cli
