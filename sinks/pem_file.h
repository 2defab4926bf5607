#pragma once
// Certificates and keys from files. Any thread; blocks.

#include <string>

#include "ingest/runtime/result.h"

namespace circuit::sinks {

// INVALID SINK_TLS_FILE: missing, unreadable, or not PEM.
Result<std::string> read_pem_file(const std::string& path);

} // namespace circuit::sinks
