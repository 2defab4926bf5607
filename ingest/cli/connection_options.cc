#include "ingest/cli/connection_options.h"

#include <cstdlib>
#include <filesystem>

#include "config/loader.h"

namespace circuit::cli {
namespace {

// Relative paths of the XDG base directory specification are to be ignored.
std::string absolute_variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value == '/' ? value : "";
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  const auto made = std::filesystem::absolute(path, failed);
  return failed ? path : made.lexically_normal().string();
}

} // namespace

void add_connection_flags(Command& command, ConnectionOptions& options) {
  if (const char* server = std::getenv("CIRCUIT_FEEDS_SERVER"); server != nullptr) options.server = server;
  command.text("--config", options.config_file, "FILE", "Configuration file; docs/configuration.md.")
      .text("--data-dir", options.data_dir, "DIR",
            "Where state is kept when no --server is given. Default: ~/.local/state/circuit-feeds.")
      .text(
          "--server", options.server, "HOST:PORT",
          "Talk to this running worker. Default: CIRCUIT_FEEDS_SERVER, else the engine runs in this process.")
      .texts("--master-key", options.master_keys, "FILE",
             "Key that seals stored credentials, or a directory of keys, when no --server is given.")
      .flag("--server-tls", options.server_tls, "Use TLS to the worker.")
      .text("--server-ca-file", options.server_ca_file, "FILE",
            "PEM authorities to trust for it; implies TLS.")
      .flag("--server-insecure", options.server_insecure,
            "Talk without TLS to a worker that is not on loopback.")
      .flag("--json", options.json, "Print JSON, one object a line.");
}

Result<config::WorkerConfig> load_config(const std::string& config_file, const std::string& data_dir) {
  auto loaded = config::load(config_file, config::environment());
  if (!loaded) return std::move(loaded).error();
  if (!data_dir.empty()) loaded->state.data_dir = data_dir;
  if (loaded->state.data_dir.empty()) {
    auto found = default_data_dir();
    if (!found) return std::move(found).error();
    loaded->state.data_dir = *std::move(found);
  }
  loaded->state.data_dir = absolute(loaded->state.data_dir);
  return loaded;
}

Result<std::string> default_data_dir() {
  if (const auto state = absolute_variable("XDG_STATE_HOME"); !state.empty()) return state + "/circuit-feeds";
  if (const auto home = absolute_variable("HOME"); !home.empty()) return home + "/.local/state/circuit-feeds";
  return make_error(ErrorClass::kInvalid, "DATA_DIR_UNKNOWN",
                    "Neither XDG_STATE_HOME nor HOME says where state is to be kept",
                    "Give a folder with --data-dir.");
}

std::string absolute_sink(const std::string& uri) {
  constexpr std::string_view kJsonl = "jsonl:";
  if (!uri.starts_with(kJsonl) || uri == "jsonl:-" || uri == kJsonl) return uri;
  return std::string(kJsonl) + absolute(uri.substr(kJsonl.size()));
}

} // namespace circuit::cli
