#include "tests/providers/command.h"

#include <fstream>
#include <iostream>

namespace circuit::providers {

void add_server_options(CLI::App& command, ServerOptions& options) {
  command.add_option("--port", options.port, "0 takes a free one")->capture_default_str();
  command.add_option("--bind", options.address, "A loopback address")->capture_default_str();
  command
      .add_option_function<int>(
          "--latency-ms", [&options](int latency) { options.latency = std::chrono::milliseconds(latency); },
          "Added to each response")
      ->check(CLI::Range(0, 600'000));
}

int fail(const std::string& problem) {
  std::cerr << "feed-simulator: " << problem << '\n';
  return 1;
}

std::optional<std::string> read_line(const std::string& path, const std::string& what) {
  std::ifstream file(path);
  std::string line;
  if (std::getline(file, line)) return line;
  fail(path + " holds no " + what);
  return {};
}

int serve(SimulatedProvider& provider, const ServerOptions& options, const std::string& path,
          const std::function<void(const std::string& base_url)>& listening) {
  auto server = ProviderServer::listen(provider, options);
  if (!server) return fail(server.error().to_string());
  if (listening) listening((*server)->base_url());
  (*server)->stop_on_signals();
  std::cout << "listening on " << (*server)->base_url() << path << std::endl;
  (*server)->run();
  return 0;
}

} // namespace circuit::providers
