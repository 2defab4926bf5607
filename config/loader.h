#pragma once
// From the configuration file and the environment to a WorkerConfig. What is wrong is told with line and
// column, all of it at once; nothing is taken from a source that has an error. Pure but for load_file; any
// thread.
//
// Errors, class INVALID: CONFIG_MALFORMED (no YAML), CONFIG_INVALID (unknown or repeated keys, wrong values),
// CONFIG_UNREADABLE (the file), ENVIRONMENT_INVALID, SETTINGS_CONFLICT.

#include <map>
#include <string>
#include <string_view>

#include "config/schema.h"

namespace circuit::config {

using Environment = std::map<std::string, std::string>;

// The process's variables that begin with CIRCUIT_FEEDS_.
Environment environment();

// `origin` is how errors name the text: a path. Settings that the text does not name keep what `config` has.
Result<void> apply_yaml(WorkerConfig& config, std::string_view yaml, const std::string& origin);
// Variables that only resemble a setting's are errors; others are somebody else's (orchestrators set
// CIRCUIT_FEEDS_SERVICE_HOST and the like for a service of this name).
Result<void> apply_environment(WorkerConfig& config, const Environment& variables);

// Defaults, then the file (unless the path is empty), then the environment; checked for consistency.
Result<WorkerConfig> load(const std::string& path, const Environment& variables);

} // namespace circuit::config
