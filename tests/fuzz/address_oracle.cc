#include "tests/fuzz/address_oracle.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

namespace circuit::fuzz {
namespace {

struct Network {
  Address6 first;
  int bits;
};

Network network(const std::string& written) {
  const size_t slash = written.find('/');
  std::string address = written.substr(0, slash);
  int bits = std::stoi(written.substr(slash + 1));
  if (address.find(':') == std::string::npos) {
    address = "::ffff:" + address;
    bits += 96;
  }
  Network out{{}, bits};
  if (inet_pton(AF_INET6, address.c_str(), out.first.data()) != 1) std::abort();
  return out;
}

bool is_inside(const Address6& address, const Network& of) {
  for (int bit = 0; bit < of.bits; ++bit) {
    const auto byte = static_cast<size_t>(bit / 8);
    if (((address[byte] ^ of.first[byte]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

const std::vector<Network>& forbidden_networks() {
  static const std::vector<Network> networks = [] {
    std::vector<Network> out;
    for (const char* written :
         {"0.0.0.0/8",       "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",    "169.254.0.0/16",
          "172.16.0.0/12",   "192.0.0.0/24",   "192.0.2.0/24",  "192.168.0.0/16", "198.18.0.0/15",
          "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",   "240.0.0.0/4",    "168.63.129.16/32",
          "::/128",          "::1/128",        "100::/64",      "2001:db8::/32",  "fc00::/7",
          "fe80::/10",       "fec0::/10",      "ff00::/8",      "64:ff9b:1::/48", "fd00:ec2::254/128"}) {
      out.push_back(network(written));
    }
    return out;
  }();
  return networks;
}

// The IPv4 address inside, where the packet ends up.
std::optional<Address6> embedded(const Address6& address) {
  const auto inner = [&](size_t at) {
    Address6 out = network("0.0.0.0/0").first;
    std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(at), 4, out.begin() + 12);
    return out;
  };
  if (is_inside(address, network("64:ff9b::/96")) || is_inside(address, network("::/96"))) return inner(12);
  if (is_inside(address, network("2002::/16"))) return inner(2);
  return std::nullopt;
}

} // namespace

bool is_forbidden(const Address6& address) {
  const auto& networks = forbidden_networks();
  const auto inside = [](const Address6& one, const std::vector<Network>& all) {
    return std::any_of(all.begin(), all.end(), [&](const Network& of) { return is_inside(one, of); });
  };
  if (inside(address, networks)) return true;
  const auto inner = embedded(address);
  return inner && inside(*inner, networks);
}

std::optional<Address6> numeric_address(const std::string& host) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
  Address6 out = network("0.0.0.0/0").first;
  if (found->ai_family == AF_INET) {
    std::memcpy(out.data() + 12, &reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr, 4);
  } else {
    std::memcpy(out.data(), &reinterpret_cast<const sockaddr_in6*>(found->ai_addr)->sin6_addr, 16);
  }
  return out;
}

} // namespace circuit::fuzz
