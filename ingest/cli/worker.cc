#include "ingest/cli/worker.h"

#include <algorithm>
#include <array>
#include <thread>

#include "config/catalog.h"
#include "feeds/azure_blob/provider.h"
#include "feeds/github/provider.h"
#include "feeds/hubspot_forms/provider.h"
#include "feeds/rss/provider.h"
#include "ingest/api/engine_control.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/connected.h"
#include "ingest/cli/declared_provider.h"
#include "ingest/credentials/key_rotation.h"
#include "ingest/credentials/vault.h"
#include "ingest/http/curl_transport.h"
#include "ingest/http/stack.h"
#include "ingest/state/rocksdb_store.h"
#include "ingest/text/url.h"
#include "sinks/registry.h"

namespace circuit::cli {
namespace {

http::TransportOptions transport_options(const config::HttpSettings& settings) {
  http::TransportOptions options;
  options.ca_file = settings.ca_file;
  if (!settings.proxy.empty()) options.proxy = settings.proxy == "none" ? "" : settings.proxy;
  options.user_agent =
      settings.user_agent.empty() ? std::string("circuit-feeds/") + program_version() : settings.user_agent;
  options.max_connections = static_cast<int>(settings.max_connections);
  options.max_connections_per_host = static_cast<int>(settings.max_connections_per_host);
  options.max_idle_connections = static_cast<int>(settings.max_idle_connections);
  options.http2 = settings.http2;
  return options;
}

http::ThrottleLimits throttle_limits(const config::RateLimits& limits, const config::HttpSettings& settings) {
  http::ThrottleLimits throttle;
  throttle.max_concurrency = limits.concurrent_requests;
  throttle.per_second = limits.requests_per_second;
  throttle.burst = static_cast<double>(limits.burst);
  if (settings.max_concurrent_requests > 0) throttle.max_concurrency = settings.max_concurrent_requests;
  if (settings.max_requests_per_second > 0) {
    throttle.per_second = static_cast<double>(settings.max_requests_per_second);
    throttle.burst = std::max(throttle.burst, throttle.per_second);
  }
  throttle.initial_concurrency = std::min(throttle.initial_concurrency, throttle.max_concurrency);
  return throttle;
}

// For a host that several providers share.
http::ThrottleLimits stricter(http::ThrottleLimits a, const http::ThrottleLimits& b) {
  a.max_concurrency = std::min(a.max_concurrency, b.max_concurrency);
  a.initial_concurrency = std::min(a.initial_concurrency, b.initial_concurrency);
  a.per_second = std::min(a.per_second, b.per_second);
  a.burst = std::min(a.burst, b.burst);
  return a;
}

http::StackOptions stack_options(const config::HttpSettings& settings,
                                 const std::vector<config::CatalogEntry>& catalog) {
  http::StackOptions options;
  options.retry.max_attempts = static_cast<int>(settings.retry_attempts);
  options.retry.base = settings.retry_backoff_first;
  options.retry.cap = settings.retry_backoff_max;
  options.retry.total = settings.retry_total;
  options.retry.longest_retry_after = settings.patience;
  options.throttle.longest_wait = settings.patience;
  for (const auto& entry : catalog) {
    if (!entry.description.available()) continue;
    for (const auto& host : entry.description.egress_hosts()) {
      const auto limits = throttle_limits(entry.limits, settings);
      if (host == "*")
        options.throttle.limits = limits;
      else if (const auto [at, added] = options.throttle.by_host.emplace(host, limits); !added)
        at->second = stricter(at->second, limits);
    }
  }
  return options;
}

// A server's address, without what belongs to a request.
Result<void> check_base_url(const std::string& base) {
  if (base.empty()) return {};
  const auto parts = text::split_url(base);
  const bool web = parts && (parts->scheme == "http" || parts->scheme == "https") && !parts->host.empty();
  if (web && parts->query.empty() && parts->fragment.empty() && (parts->path.empty() || parts->path == "/"))
    return {};
  return make_error(ErrorClass::kInvalid, "BASE_URL_MALFORMED",
                    "--base-url " + text::loggable_url(base) + " is not the address of a server",
                    "Give scheme, host and port, such as http://127.0.0.1:8080.");
}

feeds::rss::RssOptions rss_options(const WorkerOptions& options) {
  feeds::rss::RssOptions rss;
  rss.allow_private_addresses = options.config.http.allow_private;
  rss.base_url = options.base_url;
  while (rss.base_url.ends_with('/')) rss.base_url.pop_back();
  return rss;
}

std::function<Result<std::unique_ptr<sync::Sink>>(const std::string&)> make_sinks(
    const config::SinkSettings& settings) {
  sinks::SinkOptions options;
  options.jsonl.rotate_bytes = settings.jsonl_rotate_bytes;
  options.grpc.tls.enabled = settings.grpc_tls;
  options.grpc.tls.ca_file = settings.grpc_ca_file;
  options.grpc.tls.cert_file = settings.grpc_certificate_file;
  options.grpc.tls.key_file = settings.grpc_key_file;
  options.grpc.allow_plaintext = settings.grpc_allow_insecure;
  options.grpc.connect_deadline = settings.grpc_connect_timeout;
  options.grpc.batch_deadline = settings.grpc_ack_timeout;
  return [options](const std::string& uri) { return sinks::make_sink(uri, options); };
}

std::unique_ptr<sync::Provider> make_rss(const config::CatalogEntry& entry, const WorkerOptions& options) {
  return std::make_unique<feeds::rss::RssProvider>(entry.description, rss_options(options));
}

std::unique_ptr<sync::Provider> make_azure_blob(const config::CatalogEntry& entry,
                                                const WorkerOptions& options) {
  feeds::azure_blob::AzureBlobOptions blobs;
  blobs.base_url = options.base_url;
  return std::make_unique<feeds::azure_blob::AzureBlobProvider>(entry.description, std::move(blobs));
}

std::unique_ptr<sync::Provider> make_hubspot_forms(const config::CatalogEntry& entry,
                                                   const WorkerOptions& options) {
  feeds::hubspot_forms::HubSpotFormsOptions forms;
  forms.base_url = options.base_url;
  return std::make_unique<feeds::hubspot_forms::HubSpotFormsProvider>(entry.description, std::move(forms));
}

std::unique_ptr<sync::Provider> make_github(const config::CatalogEntry& entry, const WorkerOptions& options) {
  feeds::github::GitHubOptions github;
  github.base_url = options.base_url;
  return std::make_unique<feeds::github::GitHubProvider>(entry.description, std::move(github));
}

// One line per provider that is pulled from; the others of the catalog are declared only.
struct Implementation {
  std::string_view provider;
  std::unique_ptr<sync::Provider> (*make)(const config::CatalogEntry& entry, const WorkerOptions& options);
};
constexpr Implementation kImplementations[] = {
    {"azure-blob", make_azure_blob},
    {"github", make_github},
    {"hubspot-forms", make_hubspot_forms},
    {"rss", make_rss},
};

std::vector<std::unique_ptr<sync::Provider>> make_providers(const std::vector<config::CatalogEntry>& catalog,
                                                            const WorkerOptions& options) {
  std::vector<std::unique_ptr<sync::Provider>> providers;
  for (const auto& entry : catalog) {
    const auto made =
        std::ranges::find(kImplementations, entry.description.name(), &Implementation::provider);
    if (made != std::end(kImplementations))
      providers.push_back(made->make(entry, options));
    else
      providers.push_back(std::make_unique<DeclaredProvider>(entry.description));
  }
  return providers;
}

std::unique_ptr<ComputePool> make_compute_pool(const sync::EngineOptions& options) {
  const uint64_t threads =
      options.compute_threads.value_or(std::max(1u, std::thread::hardware_concurrency()));
  return threads == 0 ? nullptr : std::make_unique<ComputePool>(threads);
}

// Without a source there is no key, which web feeds do not need; connections are refused then.
Result<credentials::Keyring> load_keys(const credentials::KeySources& sources) {
  if (sources.paths.empty() && sources.inline_key.empty()) return credentials::Keyring::none();
  return credentials::Keyring::load(sources);
}

} // namespace

std::span<const std::string_view> implemented_providers() {
  static constexpr auto names = [] {
    std::array<std::string_view, std::size(kImplementations)> all;
    for (size_t i = 0; i < all.size(); ++i) all[i] = kImplementations[i].provider;
    return all;
  }();
  return names;
}

struct Worker::Parts {
  SystemRandom random;
  std::unique_ptr<ComputePool> compute;
  credentials::Keyring keyring = credentials::Keyring::none();
  std::unique_ptr<state::RocksDbStore> store;
  std::unique_ptr<credentials::Vault> vault;
  std::unique_ptr<credentials::KeyRotation> keys;
  std::unique_ptr<http::HttpStack> http;
  std::vector<std::unique_ptr<sync::Provider>> providers;
  std::unique_ptr<sync::Engine> engine;
  std::unique_ptr<Connected> connected;
  std::unique_ptr<api::EngineControl> control;
};

Worker::Worker(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Worker::~Worker() = default;

Result<std::unique_ptr<Worker>> Worker::open(WorkerOptions options, SystemLoop& loop,
                                             sync::EngineObserver& observer) {
  auto parts = std::make_unique<Parts>();
  const auto catalog = config::load_catalog(implemented_providers());
  if (!catalog) return catalog.error();
  if (auto checked = check_base_url(options.base_url); !checked) return std::move(checked).error();
  if (auto loaded = load_keys(options.keys)) {
    parts->keyring = *std::move(loaded);
  } else {
    return std::move(loaded).error();
  }
  auto wire = http::CurlTransport::create(loop, transport_options(options.config.http));
  if (!wire) return std::move(wire).error();
  parts->http = std::make_unique<http::HttpStack>(*std::move(wire), loop.clock(), parts->random,
                                                  stack_options(options.config.http, *catalog));

  state::RocksDbOptions store_options;
  store_options.warn = std::move(options.store_warning);
  auto store = state::RocksDbStore::open(options.config.state.data_dir, std::move(store_options));
  if (!store) return std::move(store).error();
  parts->store = *std::move(store);
  parts->vault = std::make_unique<credentials::Vault>(*parts->store, parts->keyring, parts->random);
  parts->keys = std::make_unique<credentials::KeyRotation>(
      *parts->vault, parts->keyring, loop, [&observer](const Error& error) { observer.warning(error); });

  parts->providers = make_providers(*catalog, options);

  parts->compute = make_compute_pool(options.config.engine);
  sync::EngineSeams seams{
      loop,     parts->random,       *parts->store, *parts->http, {}, make_sinks(options.config.sinks),
      observer, parts->compute.get()};
  for (const auto& provider : parts->providers) seams.providers.push_back(provider.get());
  const auto providers = seams.providers;
  parts->engine = std::make_unique<sync::Engine>(std::move(seams), options.config.engine);
  auto connected =
      Connected::make({loop, parts->random, *parts->store, *parts->http, *parts->vault, *parts->engine,
                       providers, [&observer](const Error& error) { observer.warning(error); }},
                      *catalog, options.config);
  if (!connected) return std::move(connected).error();
  parts->connected = *std::move(connected);
  parts->control =
      std::make_unique<api::EngineControl>(*parts->engine, parts->connected->accounts(), *parts->keys);
  return std::unique_ptr<Worker>(new Worker(std::move(parts)));
}

Task<Result<void>> Worker::start() {
  auto keys = co_await parts_->keys->start();
  if (!keys) co_return keys;
  auto refreshing = co_await parts_->connected->start_before_engine();
  if (!refreshing) co_return refreshing;
  auto started = co_await parts_->engine->start();
  if (!started) co_return started;
  co_return co_await parts_->connected->start_after_engine();
}

Task<void> Worker::stop() {
  co_await parts_->connected->stop_before_engine();
  co_await parts_->engine->stop();
  co_await parts_->connected->stop_after_engine();
  co_await parts_->keys->stop();
}

sync::Engine& Worker::engine() { return *parts_->engine; }
api::Control& Worker::control() { return *parts_->control; }
Result<void> Worker::set_address(const std::string& address) {
  return parts_->store->set_owner_address(address);
}
Result<void> Worker::close() { return parts_->store->close(); }

} // namespace circuit::cli
