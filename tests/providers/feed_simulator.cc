// feed-simulator: serves a provider's model over HTTP on a loopback address, for end-to-end tests, benchmarks
// and the quickstart. "feed-simulator rss --help" lists the options; control.h of each provider says how to
// steer it while it runs.

#include <CLI/CLI.hpp>

#include "tests/providers/azure_blob/command.h"
#include "tests/providers/github/command.h"
#include "tests/providers/hubspot_forms/command.h"
#include "tests/providers/rss/command.h"

int main(int argc, char** argv) {
  using namespace circuit::providers;
  CLI::App app("Simulated providers, served on loopback", "feed-simulator");
  app.require_subcommand(1);
  const Command commands[] = {rss::add_command(app), hubspot_forms::add_command(app),
                              azure_blob::add_command(app), github::add_command(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  for (const auto& command : commands) {
    if (command.app->parsed()) return command.serve();
  }
  return 2;
}
