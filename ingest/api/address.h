#pragma once
// Addresses of workers: "HOST:PORT", "[IPV6]:PORT". Pure, apart from explain_bind_failure(); any thread.

#include <cstdint>
#include <string>

#include "ingest/runtime/result.h"

namespace circuit::api {

struct Address {
  std::string host; // without brackets
  uint16_t port = 0;

  bool is_loopback() const; // localhost, 127.0.0.0/8 or ::1, as written: names are not looked up
  std::string to_string() const;
};

// INVALID ADDRESS_INVALID.
Result<Address> parse_address(const std::string& text);

// INVALID INSECURE_ADDRESS unless the address is loopback, TLS is on, or the user insists.
Result<void> require_protection(const Address& address, bool tls, bool allow_insecure);

// Why nothing could listen there, found by trying: gRPC itself only says that it failed.
Error explain_bind_failure(const Address& address);

} // namespace circuit::api
