#pragma once
// Where the worker's master keys come from. For the start of a command: it takes CIRCUIT_FEEDS_MASTER_KEY out
// of the environment.

#include <string>
#include <vector>

#include "config/schema.h"
#include "ingest/credentials/keyring.h"

namespace circuit::cli {

// What --master-key names, then CIRCUIT_FEEDS_MASTER_KEY_FILE, then the configuration.
credentials::KeySources master_key_sources(const std::vector<std::string>& flags,
                                           const config::WorkerConfig& config);

} // namespace circuit::cli
