#include "tests/providers/hubspot_forms/command.h"

#include <memory>
#include <string>
#include <utility>

#include "tests/providers/hubspot_forms/control.h"
#include "tests/providers/hubspot_forms/simulator.h"

namespace circuit::providers::hubspot_forms {
namespace {

struct Flags {
  size_t forms = 6;
  size_t items = 20;
  std::string token_file;
  SimulatorOptions simulator{};
  ServerOptions server;
};

int serve_forms(const Flags& flags) {
  SimulatorOptions simulated = flags.simulator;
  const auto token = read_line(flags.token_file, "token");
  if (!token) return 1;
  simulated.token = *token;
  World world(1);
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (size_t form = 0; form < flags.forms; ++form) {
    world.add_form(form % 2 == 0 ? "hubspot" : "captured");
    for (size_t i = 0; i < flags.items; ++i) world.add_submission(form, now - std::chrono::hours(i));
  }
  HubSpotSimulator simulator(world, std::move(simulated));
  HubSpotControl control(world, simulator);
  return serve(control, flags.server);
}

} // namespace

Command add_command(CLI::App& program) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("hubspot-forms", "Submissions of HubSpot forms");
  command->add_option("--forms", flags->forms, "How many forms")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  command->add_option("--items", flags->items, "Submissions of each form")
      ->capture_default_str()
      ->check(CLI::Range(0, 10'000'000));
  command->add_option("--token-file", flags->token_file, "The token that requests have to carry")->required();
  command
      ->add_option("--requests-per-ten-seconds", flags->simulator.requests_per_ten_seconds,
                   "Answered; those beyond are 429")
      ->capture_default_str();
  command->add_option("--requests-per-day", flags->simulator.requests_per_day, "The same for a day of UTC")
      ->capture_default_str();
  add_server_options(*command, flags->server);
  return {command, [flags] { return serve_forms(*flags); }};
}

} // namespace circuit::providers::hubspot_forms
