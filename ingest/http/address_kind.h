#pragma once
// Which part of the Internet an address belongs to, after the IANA special-purpose registries (RFC 6890 and
// updates). Pure functions; any thread.

#include <sys/socket.h>

#include <optional>
#include <string_view>

namespace circuit::http {

enum class AddressKind {
  kPublic,
  kUnspecified, // 0.0.0.0/8, ::
  kLoopback,
  kPrivate,   // RFC 1918, carrier-grade NAT, unique local, site local, local NAT64
  kLinkLocal, // also where cloud machines find their metadata service
  kMetadata,  // the metadata addresses that clouds placed elsewhere
  kMulticast, // and broadcast
  kReserved,  // documentation, benchmarking, protocol assignments, never assigned
  kTunnel,    // 6to4, Teredo: leads to an address that cannot be judged
};

// "loopback", "private", ... for messages.
const char* address_kind_name(AddressKind kind);

// An address that embeds another one (IPv4-mapped, NAT64) is as public as the one inside. What is neither
// IPv4 nor IPv6 is kReserved.
AddressKind classify_address(const sockaddr& address);

// The same for a host of a URL, in any notation that resolvers take for an address (127.1, 0x7f.1,
// 2130706433, [::1]), and for "localhost" and the names below it. nullopt for other names: only the
// connection shows where they lead.
std::optional<AddressKind> classify_host(std::string_view host);

} // namespace circuit::http
