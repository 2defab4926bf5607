#pragma once
// The configuration of a worker: every setting, its default, and the bounds within which it makes sense.
//
// A setting is a field of WorkerConfig and one row of settings(): the file, the environment, the
// documentation and the tests are all made from the rows. Plain values; any thread.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/runtime/result.h"
#include "ingest/sync/options.h"

namespace circuit::config {

struct HttpSettings {
  std::string
      proxy; // "http://HOST:PORT", "socks5h://HOST:PORT", "none"; empty: http_proxy and its like decide
  std::string ca_file;    // PEM bundle; empty: the system's
  std::string user_agent; // empty: "circuit-feeds/VERSION"
  bool allow_private = false;
  bool http2 = true;
  uint64_t max_connections = 1000;
  uint64_t max_connections_per_host = 100;
  uint64_t max_requests_per_second =
      0; // to one host, for one connection; 0: as the provider's catalog entry says
  uint64_t max_concurrent_requests = 0; // likewise
  uint64_t max_idle_connections = 256;
  uint64_t retry_attempts = 5; // requests in all
  Duration retry_backoff_first = std::chrono::milliseconds(500);
  Duration retry_backoff_max = std::chrono::seconds(30);
  Duration retry_total = std::chrono::minutes(3);
  Duration patience = std::chrono::minutes(1); // a provider that asks for more parks the sync
};

struct StateSettings {
  std::string data_dir; // empty: paths.h decides
};

struct ServerSettings {
  std::string address = "127.0.0.1:50151";
  std::string tls_certificate_file; // PEM chain; empty: no TLS
  std::string tls_key_file;
  std::string tls_client_ca_file; // set: clients must show a certificate of this authority
  bool allow_insecure = false;
  bool reflection = true;
};

struct SinkSettings {
  uint64_t jsonl_rotate_bytes = 0; // 0: never
  bool grpc_tls = false;
  std::string grpc_ca_file;
  std::string grpc_certificate_file;
  std::string grpc_key_file;
  bool grpc_allow_insecure = false;
  Duration grpc_connect_timeout = std::chrono::seconds(30);
  Duration grpc_ack_timeout = std::chrono::minutes(5);
};

struct CredentialSettings {
  std::string master_key_file;   // or a directory of them; empty: none but those named elsewhere
  std::string applications_file; // applications.h; empty: no OAuth
};

struct LogSettings {
  std::string level = "info";
  std::string format = "logfmt";
};

struct WorkerConfig {
  sync::EngineOptions engine;
  HttpSettings http;
  StateSettings state;
  ServerSettings server;
  SinkSettings sinks;
  CredentialSettings credentials;
  LogSettings log;
};

// One setting, as text: what the file and the environment say, and what documentation shows.
struct Setting {
  std::string key;     // "engine.batch_max_size"
  std::string allowed; // "1KiB to 64MiB"
  // INVALID SETTING_MALFORMED or SETTING_OUT_OF_RANGE; the configuration is then as before.
  std::function<Result<void>(WorkerConfig&, std::string_view)> set;
  std::function<std::string(const WorkerConfig&)> get;

  std::string environment_name() const; // "CIRCUIT_FEEDS_ENGINE_BATCH_MAX_SIZE"
};

// In the order of default.yaml.
const std::vector<Setting>& settings();
const Setting* find_setting(std::string_view key);
// "engine", "http", ...
std::vector<std::string> section_names();

// What no setting shows alone: settings that contradict each other. INVALID SETTINGS_CONFLICT.
Result<void> check_consistency(const WorkerConfig& config);

} // namespace circuit::config
