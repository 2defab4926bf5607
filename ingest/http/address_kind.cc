#include "ingest/http/address_kind.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "ingest/http/message.h"

namespace circuit::http {
namespace {

struct Range4 {
  uint32_t network;
  int bits;
  AddressKind kind;
};

constexpr uint32_t ip4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr auto kRanges4 = std::to_array<Range4>({
    {ip4(0, 0, 0, 0), 8, AddressKind::kUnspecified},
    {ip4(10, 0, 0, 0), 8, AddressKind::kPrivate},
    {ip4(100, 64, 0, 0), 10, AddressKind::kPrivate},
    {ip4(127, 0, 0, 0), 8, AddressKind::kLoopback},
    {ip4(168, 63, 129, 16), 32, AddressKind::kMetadata}, // Azure's platform services
    {ip4(169, 254, 0, 0), 16, AddressKind::kLinkLocal},
    {ip4(172, 16, 0, 0), 12, AddressKind::kPrivate},
    {ip4(192, 0, 0, 0), 24, AddressKind::kReserved},
    {ip4(192, 0, 2, 0), 24, AddressKind::kReserved},
    {ip4(192, 88, 99, 0), 24, AddressKind::kTunnel},
    {ip4(192, 168, 0, 0), 16, AddressKind::kPrivate},
    {ip4(198, 18, 0, 0), 15, AddressKind::kReserved},
    {ip4(198, 51, 100, 0), 24, AddressKind::kReserved},
    {ip4(203, 0, 113, 0), 24, AddressKind::kReserved},
    {ip4(224, 0, 0, 0), 4, AddressKind::kMulticast},
    {ip4(255, 255, 255, 255), 32, AddressKind::kMulticast},
    {ip4(240, 0, 0, 0), 4, AddressKind::kReserved},
});

struct Range6 {
  std::array<uint8_t, 16> network;
  int bits;
  AddressKind kind;
};

// The first that matches counts; what none matches is public only inside 2000::/3, the space that is handed
// out.
constexpr auto kRanges6 = std::to_array<Range6>({
    {{}, 128, AddressKind::kUnspecified},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressKind::kLoopback},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, AddressKind::kPrivate},
    {{0x20, 0x01, 0x00, 0x00}, 32, AddressKind::kTunnel},
    {{0x20, 0x01, 0x00}, 23, AddressKind::kReserved},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::kReserved},
    {{0x20, 0x02}, 16, AddressKind::kTunnel},
    {{0x3f, 0xff}, 20, AddressKind::kReserved},
    {{0xfc}, 7, AddressKind::kPrivate},
    {{0xfe, 0x80}, 10, AddressKind::kLinkLocal},
    {{0xfe, 0xc0}, 10, AddressKind::kPrivate},
    {{0xff}, 8, AddressKind::kMulticast},
    {{0x20}, 3, AddressKind::kPublic},
});

// Prefixes whose last four bytes are an IPv4 address that the packet ends up at.
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<uint8_t, 12> kNat64 = {0x00, 0x64, 0xff, 0x9b};

AddressKind classify4(uint32_t address) {
  for (const Range4& range : kRanges4) {
    const uint32_t mask = ~uint32_t{0} << (32 - range.bits);
    if ((address & mask) == range.network) return range.kind;
  }
  return AddressKind::kPublic;
}

bool is_inside(const uint8_t* address, const Range6& range) {
  const int whole = range.bits / 8;
  if (std::memcmp(address, range.network.data(), static_cast<size_t>(whole)) != 0) return false;
  if (range.bits % 8 == 0) return true;
  const auto mask = static_cast<uint8_t>(0xff << (8 - range.bits % 8));
  return (address[whole] & mask) == range.network[static_cast<size_t>(whole)];
}

AddressKind classify6(const in6_addr& address) {
  const uint8_t* bytes = address.s6_addr;
  if (std::equal(kMapped.begin(), kMapped.end(), bytes) || std::equal(kNat64.begin(), kNat64.end(), bytes)) {
    return classify4(ip4(bytes[12], bytes[13], bytes[14], bytes[15]));
  }
  const auto found = std::find_if(kRanges6.begin(), kRanges6.end(),
                                  [bytes](const Range6& range) { return is_inside(bytes, range); });
  return found == kRanges6.end() ? AddressKind::kReserved : found->kind;
}

bool is_localhost(std::string_view host) {
  constexpr std::string_view kName = "localhost";
  if (host.size() < kName.size() || !same_header(host.substr(host.size() - kName.size()), kName))
    return false;
  return host.size() == kName.size() || host[host.size() - kName.size() - 1] == '.';
}

} // namespace

const char* address_kind_name(AddressKind kind) {
  switch (kind) {
    case AddressKind::kPublic:
      return "public";
    case AddressKind::kUnspecified:
      return "unspecified";
    case AddressKind::kLoopback:
      return "loopback";
    case AddressKind::kPrivate:
      return "private";
    case AddressKind::kLinkLocal:
      return "link-local";
    case AddressKind::kMetadata:
      return "cloud metadata";
    case AddressKind::kMulticast:
      return "multicast";
    case AddressKind::kReserved:
      return "reserved";
    case AddressKind::kTunnel:
      return "tunnel";
  }
  return "reserved";
}

AddressKind classify_address(const sockaddr& address) {
  // Copied out, since the caller's storage need not be aligned for the larger types.
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return classify4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    return classify6(in.sin6_addr);
  }
  return AddressKind::kReserved;
}

std::optional<AddressKind> classify_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (is_localhost(host)) return AddressKind::kLoopback;
  const std::string literal(host.substr(0, host.find('%'))); // without the zone
  in6_addr six{};
  if (::inet_pton(AF_INET6, literal.c_str(), &six) == 1) return classify6(six);
  in_addr four{};
  if (::inet_aton(literal.c_str(), &four) != 0) return classify4(ntohl(four.s_addr));
  return std::nullopt;
}

} // namespace circuit::http
