#pragma once
// Whether something accepts connections at an address. Blocks, for no longer than `limit` but for name
// resolution.

#include <string>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/result.h"

namespace circuit::cli {

// "HOST:PORT" or "[IPV6]:PORT". INVALID ADDRESS_INVALID, TRANSIENT DNS_FAILED, TRANSIENT CONNECT_FAILED.
Result<void> probe_tcp(const std::string& address, Duration limit);

} // namespace circuit::cli
