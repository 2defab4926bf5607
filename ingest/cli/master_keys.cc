#include "ingest/cli/master_keys.h"

#include <cstdlib>

namespace circuit::cli {

credentials::KeySources master_key_sources(const std::vector<std::string>& flags,
                                           const config::WorkerConfig& config) {
  credentials::KeySources sources;
  sources.paths = flags;
  const char* file = std::getenv("CIRCUIT_FEEDS_MASTER_KEY_FILE");
  if (file != nullptr && *file != '\0') sources.paths.emplace_back(file);
  if (!config.credentials.master_key_file.empty())
    sources.paths.push_back(config.credentials.master_key_file);
  sources.inline_key = credentials::take_from_environment("CIRCUIT_FEEDS_MASTER_KEY");
  return sources;
}

} // namespace circuit::cli
