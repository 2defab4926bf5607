#pragma once
// What the commands of feed-simulator have in common. A provider's own is in its folder, in command.h.

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>

#include "tests/providers/serve.h"

namespace circuit::providers {

struct Command {
  CLI::App* app = nullptr;    // parsed() where it was asked for
  std::function<int()> serve; // until it is told to stop; the program's exit code
};

// --port, --bind and --latency-ms.
void add_server_options(CLI::App& command, ServerOptions& options);

// The first line of a file; without one, it is told that the file holds no `what`.
std::optional<std::string> read_line(const std::string& path, const std::string& what);
int fail(const std::string& problem); // tells it, and is the exit code

// Serves `provider` until it is told to stop, and prints the address with `path` when it can be reached;
// until then `listening`, if there is one, may let the provider know it.
int serve(SimulatedProvider& provider, const ServerOptions& options, const std::string& path = "",
          const std::function<void(const std::string& base_url)>& listening = {});

} // namespace circuit::providers
