// circuit-feeds serve

#include <unistd.h>

#include <memory>

#include "ingest/api/server.h"
#include "ingest/cli/commands.h"
#include "ingest/cli/connection_options.h"
#include "ingest/cli/exit_code.h"
#include "ingest/cli/log_observer.h"
#include "ingest/cli/master_keys.h"
#include "ingest/cli/output.h"
#include "ingest/cli/session.h"

namespace circuit::cli {
namespace {

struct ServeFlags {
  std::string config_file;
  std::string data_dir;
  std::string listen;
  std::string sink;
  std::string base_url;
  std::string log_level;
  std::string log_format;
  std::vector<std::string> master_keys;
  bool allow_private = false;
};

Result<config::WorkerConfig> configure(const ServeFlags& flags) {
  auto config = load_config(flags.config_file, flags.data_dir);
  if (!config) return config;
  if (!flags.listen.empty()) config->server.address = flags.listen;
  if (!flags.sink.empty()) config->engine.default_sink = flags.sink;
  if (!flags.log_level.empty()) config->log.level = flags.log_level;
  if (!flags.log_format.empty()) config->log.format = flags.log_format;
  if (flags.allow_private) config->http.allow_private = true;
  config->engine.default_sink = absolute_sink(config->engine.default_sink);
  return config;
}

api::ServerOptions server_options(const config::ServerSettings& settings) {
  api::ServerOptions options;
  options.address = settings.address;
  options.tls.certificate_file = settings.tls_certificate_file;
  options.tls.key_file = settings.tls_key_file;
  options.tls.client_ca_file = settings.tls_client_ca_file;
  options.allow_insecure = settings.allow_insecure;
  options.reflection = settings.reflection;
  return options;
}

struct Service {
  SystemLoop& loop;
  StopSignals& stop;
  Worker& worker;
  const config::WorkerConfig& config;
  const Log& log;
};

// Serves until a signal comes. The engine's syncs end before the last calls do, so that who watches sees how.
Task<void> serve_until_stopped(Service* service, api::Server* server) {
  constexpr Duration kCallsGrace = std::chrono::seconds(1);
  service->log.write(LogLevel::kInfo, "listening",
                     {{"address", server->address()},
                      {"data_dir", service->config.state.data_dir},
                      {"pid", std::to_string(::getpid())},
                      {"version", program_version()}});
  std::printf("listening on %s\n", server->address().c_str());
  std::fflush(stdout);
  co_await service->stop.wait();
  service->log.write(LogLevel::kInfo, "stopping", {{"signal", std::to_string(*service->stop.received())}});
  server->set_serving(false);
  co_await service->worker.stop();
  co_await server->shutdown(kCallsGrace);
}

Task<int> serve(Service* service) {
  const auto started = co_await service->worker.start();
  if (!started) {
    service->log.error(LogLevel::kError, "cannot start", started.error());
    co_await service->worker.stop();
    co_return kFailed;
  }
  auto server =
      api::Server::start(server_options(service->config.server), service->worker.control(), service->loop);
  if (!server) {
    service->log.error(LogLevel::kError, "cannot listen", server.error());
    co_await service->worker.stop();
    co_return exit_code_of(server.error());
  }
  const auto addressed = service->worker.set_address((*server)->address());
  if (!addressed) service->log.error(LogLevel::kWarning, "cannot tell others the address", addressed.error());
  (*server)->set_serving(true);
  co_await serve_until_stopped(service, server->get());
  co_return stopped_by(*service->stop.received());
}

int run_serve(const ServeFlags& flags) {
  auto config = configure(flags);
  if (!config) {
    print_error(config.error(), false);
    return exit_code_of(config.error());
  }
  const Log log(log_level(config->log.level),
                config->log.format == "json" ? LogFormat::kJson : LogFormat::kLogfmt, STDERR_FILENO);
  LogObserver observer(log);
  SystemLoop loop;
  StopSignals stop(loop);
  const auto store_warning = [&log](const std::string& warning) {
    log.write(LogLevel::kWarning, "store", {{"warning", warning}});
  };
  auto worker =
      Worker::open({*config, flags.base_url, store_warning, master_key_sources(flags.master_keys, *config)},
                   loop, observer);
  if (!worker) {
    log.error(LogLevel::kError, "cannot open", worker.error());
    return exit_code_of(worker.error());
  }
  Service service{loop, stop, **worker, *config, log};
  const int code = run_to_end(loop, serve(&service));
  const auto closed = (*worker)->close();
  if (!closed) log.error(LogLevel::kWarning, "cannot close the store", closed.error());
  log.write(LogLevel::kInfo, "stopped", {{"exit", std::to_string(code)}});
  return code;
}

} // namespace

void add_serve(Command& parent) {
  const auto flags = std::make_shared<ServeFlags>();
  parent.command("serve", "Runs a worker: serves the gRPC API, and syncs polled feeds by itself.")
      .text("--config", flags->config_file, "FILE", "Configuration file; docs/configuration.md.")
      .text("--data-dir", flags->data_dir, "DIR",
            "Where state is kept. Default: ~/.local/state/circuit-feeds.")
      .text("--listen", flags->listen, "HOST:PORT",
            "Address of the API; port 0 takes a free one. Default: 127.0.0.1:50151.")
      .text("--sink", flags->sink, "SINK", "Where documents of feeds go that name no sink.")
      .texts("--master-key", flags->master_keys, "FILE",
             "Key that seals stored credentials, or a directory of keys; the first is primary.")
      .flag("--allow-private", flags->allow_private, "Let addresses lead to private networks and loopback.")
      .text("--base-url", flags->base_url, "URL",
            "Send every request to this scheme, host and port instead, for tests and replays.")
      .choice("--log-level", flags->log_level, {"debug", "info", "warning", "error"},
              "What is logged, at least.")
      .choice("--log-format", flags->log_format, {"logfmt", "json"}, "How lines of the log look.")
      .epilogue(
          "Prints \"listening on HOST:PORT\" on stdout when it is ready, and logs to stderr.\n"
          "SIGTERM stops it after a clean checkpoint; a second one at once, with nothing lost.")
      .action([flags] { return run_serve(*flags); });
}

} // namespace circuit::cli
