#include "tests/providers/github/command.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "tests/providers/github/control.h"
#include "tests/providers/github/population.h"

namespace circuit::providers::github {
namespace {

struct Flags {
  Population population;
  std::string token_file;
  ServerOptions server;
};

int serve_repositories(const Flags& flags) {
  SimulatorOptions simulated;
  const auto token = read_line(flags.token_file, "token");
  if (!token) return 1;
  simulated.token = *token;
  // What the time waits for is tested in virtual time.
  simulated.requests_per_hour = simulated.requests_per_minute = std::numeric_limits<uint32_t>::max();
  World world;
  populate(world, flags.population,
           std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  GitHubSimulator simulator(world, std::move(simulated));
  GitHubControl control(world, simulator);
  return serve(control, flags.server, "",
               [&simulator](const std::string& base_url) { simulator.options().base = base_url; });
}

} // namespace

Command add_command(CLI::App& program) {
  constexpr int kMost = 1'000'000;
  const auto flags = std::make_shared<Flags>();
  Population& population = flags->population;
  CLI::App* command = program.add_subcommand("github", "Repositories with files, issues and comments");
  command
      ->add_option("--repositories", population.repositories,
                   "How many: octocat/repository-0 and so on; github/control.h says how to change them")
      ->capture_default_str()
      ->check(CLI::Range(1, kMost));
  command->add_option("--files", population.files, "Files in each")
      ->capture_default_str()
      ->check(CLI::Range(0, kMost));
  command->add_option("--file-bytes", population.file_bytes, "Text in each, about")->capture_default_str();
  command
      ->add_option("--issues", population.issues,
                   "Issues in each, with a comment each; every fourth is a pull request")
      ->capture_default_str()
      ->check(CLI::Range(0, kMost));
  command->add_option("--visibility", population.visibility, "Of all repositories")
      ->capture_default_str()
      ->check(CLI::IsMember({"public", "private", "internal"}));
  command->add_option("--token-file", flags->token_file, "The token that requests have to carry")->required();
  add_server_options(*command, flags->server);
  return {command, [flags] { return serve_repositories(*flags); }};
}

} // namespace circuit::providers::github
