#pragma once
// The flags that most commands share: where the engine is, and how to print.

#include <string>
#include <vector>

#include "config/schema.h"
#include "ingest/cli/command_line.h"
#include "ingest/runtime/result.h"

namespace circuit::cli {

struct ConnectionOptions {
  std::string config_file;
  std::string data_dir;
  std::string server; // of a running worker; empty: the engine runs in this process, on data_dir
  std::string server_ca_file;
  std::vector<std::string> master_keys; // for an engine in this process
  bool server_tls = false;
  bool server_insecure = false;
  bool json = false;

  bool remote() const { return !server.empty(); }
};

// Adds --config, --data-dir, --server and its TLS flags, and --json; CIRCUIT_FEEDS_SERVER fills in an empty
// --server.
void add_connection_flags(Command& command, ConnectionOptions& options);

// Flags over environment over file over defaults. The data directory is absolute afterwards.
Result<config::WorkerConfig> load_config(const std::string& config_file, const std::string& data_dir);

// $XDG_STATE_HOME/circuit-feeds, or ~/.local/state/circuit-feeds. INVALID DATA_DIR_UNKNOWN where neither is
// set.
Result<std::string> default_data_dir();

// A sink's address with its path made absolute: what is stored must not depend on where a command was
// started.
std::string absolute_sink(const std::string& uri);

} // namespace circuit::cli
