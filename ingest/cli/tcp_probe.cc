#include "ingest/cli/tcp_probe.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace circuit::cli {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// 0, or an errno.
int try_connect(const addrinfo& address, Duration limit) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  int error = ::connect(fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    pollfd waiting{fd, POLLOUT, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    const int ready = ::poll(&waiting, 1, static_cast<int>(milliseconds));
    socklen_t size = sizeof error;
    if (ready == 0)
      error = ETIMEDOUT;
    else if (ready < 0 || ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
      error = errno;
  }
  ::close(fd);
  return error;
}

} // namespace

Result<void> probe_tcp(const std::string& address, Duration limit) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) {
    return make_error(ErrorClass::kInvalid, "ADDRESS_INVALID", address + " is no address",
                      "Write HOST:PORT.");
  }
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &found);
  if (failed != 0) {
    return make_error(ErrorClass::kTransient, "DNS_FAILED",
                      "cannot resolve " + host + ": " + ::gai_strerror(failed), "Check the name.");
  }
  const AddressList list(found, &::freeaddrinfo);
  int error = ECONNREFUSED;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    error = try_connect(*at, limit);
    if (error == 0) return {};
  }
  return make_error(ErrorClass::kTransient, "CONNECT_FAILED",
                    "nothing answers at " + address + ": " + std::generic_category().message(error),
                    "Start what should listen there, or correct the address.");
}

} // namespace circuit::cli
