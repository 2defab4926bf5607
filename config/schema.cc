#include "config/schema.h"

#include <algorithm>

#include "config/setting_kinds.h"
#include "config/units.h"

namespace circuit::config {
namespace {

template <class Section, class Value>
struct Place {
  Section WorkerConfig::*section;
  Value Section::*member;

  Value& in(WorkerConfig& config) const { return config.*section.*member; }
  const Value& in(const WorkerConfig& config) const { return config.*section.*member; }
};

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t kKiB = 1ull << 10;
constexpr uint64_t kMiB = 1ull << 20;
constexpr uint64_t kGiB = 1ull << 30;

// `read` returns a Result of the member's type; `print` its text.
template <class Section, class Value, class Read, class Print>
Setting make(std::string key, std::string allowed, Place<Section, Value> place, Read read, Print print) {
  Setting setting;
  setting.key = std::move(key);
  setting.allowed = std::move(allowed);
  setting.set = [place, read](WorkerConfig& config, std::string_view text) -> Result<void> {
    auto value = read(text);
    if (!value) return std::move(value).error();
    place.in(config) = *std::move(value);
    return {};
  };
  setting.get = [place, print](const WorkerConfig& config) { return print(place.in(config)); };
  return setting;
}

template <class S>
Setting count(std::string key, S WorkerConfig::*section, uint64_t S::*member, uint64_t min, uint64_t max) {
  return make(
      std::move(key), std::to_string(min) + " to " + std::to_string(max), Place<S, uint64_t>{section, member},
      [min, max](std::string_view text) { return read_count(text, min, max); },
      [](uint64_t value) { return std::to_string(value); });
}

// A number of threads, or as many as the machine has.
template <class S>
Setting threads(std::string key, S WorkerConfig::*section, std::optional<uint64_t> S::*member, uint64_t max) {
  return make(
      std::move(key), "auto, or 0 to " + std::to_string(max),
      Place<S, std::optional<uint64_t>>{section, member},
      [max](std::string_view text) -> Result<std::optional<uint64_t>> {
        if (text == "auto") return std::optional<uint64_t>();
        auto number = read_count(text, 0, max);
        if (!number) return std::move(number).error();
        return std::optional<uint64_t>(*number);
      },
      [](std::optional<uint64_t> value) { return value ? std::to_string(*value) : std::string("auto"); });
}

template <class S>
Setting bytes(std::string key, S WorkerConfig::*section, uint64_t S::*member, uint64_t min, uint64_t max) {
  return make(
      std::move(key), format_bytes(min) + " to " + format_bytes(max), Place<S, uint64_t>{section, member},
      [min, max](std::string_view text) { return read_bytes(text, min, max); }, format_bytes);
}

template <class S>
Setting duration(std::string key, S WorkerConfig::*section, Duration S::*member, Duration min, Duration max) {
  return make(
      std::move(key), format_duration(min) + " to " + format_duration(max),
      Place<S, Duration>{section, member},
      [min, max](std::string_view text) { return read_duration(text, min, max); }, format_duration);
}

template <class S>
Setting share(std::string key, S WorkerConfig::*section, double S::*member) {
  return make(std::move(key), "above 0, at most 1", Place<S, double>{section, member}, read_share,
              print_share);
}

template <class S>
Setting onoff(std::string key, S WorkerConfig::*section, bool S::*member) {
  return make(std::move(key), "true or false", Place<S, bool>{section, member}, read_switch,
              [](bool value) -> std::string { return value ? "true" : "false"; });
}

template <class S>
Setting choice(std::string key, S WorkerConfig::*section, std::string S::*member,
               std::vector<std::string> choices) {
  return make(
      std::move(key), join_choices(choices), Place<S, std::string>{section, member},
      [choices](std::string_view text) { return read_choice(text, choices); },
      [](const std::string& value) { return value; });
}

template <class S>
Setting text(std::string key, std::string allowed, S WorkerConfig::*section, std::string S::*member) {
  return make(std::move(key), std::move(allowed), Place<S, std::string>{section, member}, read_text,
              [](const std::string& value) { return value; });
}

std::vector<Setting> engine_settings() {
  using E = sync::EngineOptions;
  const auto at = &WorkerConfig::engine;
  return {
      bytes("engine.delivery_credit", at, &E::delivery_credit_bytes, kMiB, 1024 * kGiB),
      bytes("engine.body_credit", at, &E::body_credit_bytes, kMiB, 1024 * kGiB),
      count("engine.max_running_syncs", at, &E::max_running_syncs, 1, 100'000),
      count("engine.max_running_per_key", at, &E::max_running_per_key, 1, 100'000),
      threads("engine.compute_threads", at, &E::compute_threads, 256),
      count("engine.batch_max_changes", at, &E::batch_max_changes, 1, 100'000),
      bytes("engine.batch_max_size", at, &E::batch_max_bytes, kKiB, 256 * kMiB),
      count("engine.batches_in_flight", at, &E::batches_in_flight, 1, 1'000),
      bytes("engine.max_document_size", at, &E::max_document_bytes, kKiB, 1024 * kMiB),
      share("engine.max_removal_share", at, &E::max_removal_share),
      count("engine.removals_always_allowed", at, &E::removals_always_allowed, 0, 1'000'000'000),
      count("engine.sweep_page", at, &E::sweep_page, 1, 100'000),
      duration("engine.max_park", at, &E::max_park, seconds(0), hours(24)),
      duration("engine.heartbeat_interval", at, &E::heartbeat_interval, milliseconds(100), seconds(10)),
      duration("engine.failure_backoff_min", at, &E::failure_backoff_min, seconds(1), hours(24)),
      duration("engine.failure_backoff_max", at, &E::failure_backoff_max, seconds(1), hours(24 * 7)),
      duration("engine.max_poll_interval", at, &E::max_poll_interval, minutes(1), hours(24 * 31)),
      count("engine.runs_kept_per_feed", at, &E::runs_kept_per_feed, 1, 10'000),
      duration("engine.request_ids_kept", at, &E::request_ids_kept, minutes(1), hours(24 * 31)),
      duration("engine.shutdown_grace", at, &E::shutdown_grace, seconds(0), minutes(10)),
      text("engine.default_sink", "jsonl:PATH, jsonl:- or grpc:HOST:PORT; empty: each feed names its own", at,
           &E::default_sink),
  };
}

std::vector<Setting> http_settings() {
  using H = HttpSettings;
  const auto at = &WorkerConfig::http;
  return {
      text("http.proxy",
           "http://HOST:PORT, socks5h://HOST:PORT or none; empty: as http_proxy and its like say", at,
           &H::proxy),
      text("http.ca_file", "a PEM file; empty: the system's authorities", at, &H::ca_file),
      text("http.user_agent", "one line; empty: circuit-feeds/VERSION", at, &H::user_agent),
      onoff("http.allow_private", at, &H::allow_private),
      onoff("http.http2", at, &H::http2),
      count("http.max_connections", at, &H::max_connections, 1, 100'000),
      count("http.max_connections_per_host", at, &H::max_connections_per_host, 1, 10'000),
      count("http.max_requests_per_second", at, &H::max_requests_per_second, 0, 1'000'000),
      count("http.max_concurrent_requests", at, &H::max_concurrent_requests, 0, 10'000),
      count("http.max_idle_connections", at, &H::max_idle_connections, 1, 100'000),
      count("http.retry_attempts", at, &H::retry_attempts, 1, 20),
      duration("http.retry_backoff_first", at, &H::retry_backoff_first, milliseconds(1), minutes(1)),
      duration("http.retry_backoff_max", at, &H::retry_backoff_max, milliseconds(1), minutes(15)),
      duration("http.retry_total", at, &H::retry_total, seconds(0), hours(1)),
      duration("http.patience", at, &H::patience, seconds(0), minutes(15)),
  };
}

std::vector<Setting> server_settings() {
  using S = ServerSettings;
  const auto at = &WorkerConfig::server;
  return {
      text("server.address", "HOST:PORT; port 0 takes a free one", at, &S::address),
      text("server.tls_certificate_file", "a PEM chain; empty: no TLS", at, &S::tls_certificate_file),
      text("server.tls_key_file", "a PEM key", at, &S::tls_key_file),
      text("server.tls_client_ca_file", "a PEM bundle; set: clients must show a certificate of it", at,
           &S::tls_client_ca_file),
      onoff("server.allow_insecure", at, &S::allow_insecure),
      onoff("server.reflection", at, &S::reflection),
  };
}

std::vector<Setting> sink_settings() {
  using S = SinkSettings;
  const auto at = &WorkerConfig::sinks;
  return {
      bytes("sinks.jsonl_rotate_size", at, &S::jsonl_rotate_bytes, 0, 1024 * kGiB),
      onoff("sinks.grpc_tls", at, &S::grpc_tls),
      text("sinks.grpc_ca_file", "a PEM file; empty: the system's authorities", at, &S::grpc_ca_file),
      text("sinks.grpc_certificate_file", "a PEM chain to show to receivers; empty: none", at,
           &S::grpc_certificate_file),
      text("sinks.grpc_key_file", "a PEM key", at, &S::grpc_key_file),
      onoff("sinks.grpc_allow_insecure", at, &S::grpc_allow_insecure),
      duration("sinks.grpc_connect_timeout", at, &S::grpc_connect_timeout, seconds(1), hours(1)),
      duration("sinks.grpc_ack_timeout", at, &S::grpc_ack_timeout, seconds(1), hours(24)),
  };
}

std::vector<Setting> other_settings() {
  return {
      text("state.data_dir", "a folder; empty: $XDG_STATE_HOME/circuit-feeds or ~/.local/state/circuit-feeds",
           &WorkerConfig::state, &StateSettings::data_dir),
      text("credentials.master_key_file",
           "a key file, or a directory as Kubernetes mounts a secret; empty: without connections",
           &WorkerConfig::credentials, &CredentialSettings::master_key_file),
      text("credentials.applications_file", "a YAML file; empty: without OAuth", &WorkerConfig::credentials,
           &CredentialSettings::applications_file),
      choice("log.level", &WorkerConfig::log, &LogSettings::level, {"debug", "info", "warning", "error"}),
      choice("log.format", &WorkerConfig::log, &LogSettings::format, {"logfmt", "json"}),
  };
}

std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  for (auto part :
       {engine_settings(), http_settings(), server_settings(), sink_settings(), other_settings()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

Error conflict(std::string message, std::string next_step) {
  return make_error(ErrorClass::kInvalid, "SETTINGS_CONFLICT", std::move(message), std::move(next_step));
}

} // namespace

std::string Setting::environment_name() const {
  std::string name = "CIRCUIT_FEEDS_" + key;
  for (char& c : name) {
    if (c == '.') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = all_settings();
  return all;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(settings(), key, &Setting::key);
  return found == settings().end() ? nullptr : &*found;
}

std::vector<std::string> section_names() {
  std::vector<std::string> names;
  for (const auto& setting : settings()) {
    const std::string section = setting.key.substr(0, setting.key.find('.'));
    if (std::ranges::find(names, section) == names.end()) names.push_back(section);
  }
  return names;
}

Result<void> check_consistency(const WorkerConfig& config) {
  const auto& engine = config.engine;
  if (engine.failure_backoff_min > engine.failure_backoff_max) {
    return conflict("engine.failure_backoff_min is longer than engine.failure_backoff_max",
                    "Make the first the shorter one.");
  }
  if (config.http.retry_backoff_first > config.http.retry_backoff_max) {
    return conflict("http.retry_backoff_first is longer than http.retry_backoff_max",
                    "Make the first the shorter one.");
  }
  if (engine.batch_max_bytes > engine.delivery_credit_bytes) {
    return conflict("engine.batch_max_size is larger than engine.delivery_credit",
                    "Give deliveries at least the room of one batch.");
  }
  if (config.server.tls_certificate_file.empty() != config.server.tls_key_file.empty()) {
    return conflict("server.tls_certificate_file and server.tls_key_file need each other",
                    "Set both, or neither.");
  }
  if (!config.server.tls_client_ca_file.empty() && config.server.tls_certificate_file.empty()) {
    return conflict("server.tls_client_ca_file is set, but TLS is off",
                    "Set server.tls_certificate_file and server.tls_key_file too.");
  }
  if (config.sinks.grpc_certificate_file.empty() != config.sinks.grpc_key_file.empty()) {
    return conflict("sinks.grpc_certificate_file and sinks.grpc_key_file need each other",
                    "Set both, or neither.");
  }
  if (!config.sinks.grpc_tls &&
      (!config.sinks.grpc_ca_file.empty() || !config.sinks.grpc_certificate_file.empty())) {
    return conflict("certificates for receivers are set, but sinks.grpc_tls is off",
                    "Set sinks.grpc_tls: true.");
  }
  return {};
}

} // namespace circuit::config
