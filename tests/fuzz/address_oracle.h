#pragma once
// Which addresses nobody may be led to, written from the IANA special-purpose address registries and apart
// from the code under test. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace circuit::fuzz {

using Address6 = std::array<uint8_t, 16>; // IPv4 as ::ffff:a.b.c.d

// Private, loopback, link-local, metadata, multicast, reserved, and what tunnels or translates to such.
bool is_forbidden(const Address6& address);

// The address that the system's resolver takes this text for, in any notation; nullopt for names.
std::optional<Address6> numeric_address(const std::string& host);

} // namespace circuit::fuzz
