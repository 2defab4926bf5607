#include "ingest/api/address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>
#include <utility>

#include "ingest/runtime/loopback.h"

namespace circuit::api {
namespace {

Error invalid(const std::string& text, const char* what) {
  return make_error(ErrorClass::kInvalid, "ADDRESS_INVALID", "\"" + text + "\" is not an address: " + what,
                    "Write HOST:PORT, such as 127.0.0.1:7300 or [::1]:7300.")
      .with("address", text);
}

Error bind_error(const Address& address, int code) {
  const std::string where = address.to_string();
  const std::string cause = std::system_category().message(code);
  switch (code) {
    case EADDRINUSE:
      return make_error(ErrorClass::kConflict, "ADDRESS_IN_USE",
                        "Another program listens on " + where + " already",
                        "Stop it, or choose another port; port 0 takes any that is free.")
          .with("address", where);
    case EACCES:
    case EPERM:
      return make_error(ErrorClass::kPermission, "ADDRESS_NOT_PERMITTED",
                        "This user may not listen on " + where + ": " + cause,
                        "Choose a port above 1023, or give the program CAP_NET_BIND_SERVICE.")
          .with("address", where);
    default:
      return make_error(ErrorClass::kInvalid, "ADDRESS_NOT_AVAILABLE",
                        "Nothing can listen on " + where + ": " + cause,
                        "Choose an address that this machine has; 0.0.0.0 and [::] are all of them.")
          .with("address", where);
  }
}

// 0 if a socket could be bound and made to listen.
int try_to_listen(const addrinfo& info) {
  const int fd = ::socket(info.ai_family, info.ai_socktype | SOCK_CLOEXEC, info.ai_protocol);
  if (fd < 0) return errno;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool works = ::bind(fd, info.ai_addr, info.ai_addrlen) == 0 && ::listen(fd, 1) == 0;
  const int code = works ? 0 : errno;
  ::close(fd);
  return code;
}

} // namespace

bool Address::is_loopback() const { return is_loopback_host(host); }

std::string Address::to_string() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> parse_address(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return invalid(text, "it has no port");
  std::string host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty()) return invalid(text, "it has no host");
  if (!bracketed && host.find(':') != std::string::npos) {
    return invalid(text, "an IPv6 address stands in brackets, and a scheme does not belong there");
  }
  if (host.find_first_of("/@[] \t\r\n") != std::string::npos) return invalid(text, "its host is not one");
  Address address{std::move(host), 0};
  const char* begin = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(begin, end, address.port);
  if (begin == end || code != std::errc() || rest != end)
    return invalid(text, "its port is not one of 0 to 65535");
  return address;
}

Result<void> require_protection(const Address& address, bool tls, bool allow_insecure) {
  if (tls || allow_insecure || address.is_loopback()) return {};
  const std::string where = address.to_string();
  return make_error(
             ErrorClass::kInvalid, "INSECURE_ADDRESS",
             where +
                 " is not a loopback address, and without TLS anyone on the way could read and give orders",
             "Configure TLS certificates, use 127.0.0.1, or allow insecure addresses explicitly.")
      .with("address", where);
}

Error explain_bind_failure(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int code = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (code != 0) {
    return make_error(ErrorClass::kInvalid, "ADDRESS_NOT_AVAILABLE",
                      "The host of " + address.to_string() + " cannot be looked up: " + ::gai_strerror(code),
                      "Choose an address that this machine has; 0.0.0.0 and [::] are all of them.")
        .with("address", address.to_string());
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (const int failure = try_to_listen(*info); failure != 0) return bind_error(address, failure);
  }
  // It is free now: whoever held it has just gone.
  return bind_error(address, EADDRINUSE);
}

} // namespace circuit::api
