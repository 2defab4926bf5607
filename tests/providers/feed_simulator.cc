// feed-simulator: serves a provider's model over HTTP on a loopback address, for end-to-end tests, benchmarks
// and the quickstart. "feed-simulator rss --help" lists the options; rss/control.h and
// hubspot_forms/control.h say how to steer it while it runs.

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>

#include "tests/providers/azure_blob/command.h"
#include "tests/providers/faulty_provider.h"
#include "tests/providers/github/control.h"
#include "tests/providers/github/population.h"
#include "tests/providers/hubspot_forms/control.h"
#include "tests/providers/hubspot_forms/simulator.h"
#include "tests/providers/rss/control.h"
#include "tests/providers/rss/simulator.h"
#include "tests/providers/rss/world.h"
#include "tests/providers/serve.h"

namespace {

using circuit::providers::FaultPlan;
using circuit::providers::FaultRates;
using circuit::providers::FaultyProvider;
using circuit::providers::ProviderServer;
namespace github = circuit::providers::github;
namespace hubspot_forms = circuit::providers::hubspot_forms;
namespace rss = circuit::providers::rss;

struct Options {
  size_t feeds = 6;
  size_t items = 20;
  size_t item_bytes = 600;
  size_t page_size = 100;
  uint64_t seed = 1;
  double faults = 0;
  int latency_ms = 0;
  bool real = false;
  std::string kinds = "mixed";
  std::string token_file;
  github::Population github;
  hubspot_forms::SimulatorOptions hubspot{};
  circuit::providers::ServerOptions server;
};

void add_rss_options(CLI::App& command, Options& options) {
  command.add_option("--feeds", options.feeds, "How many feeds")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  command.add_option("--items", options.items, "Items in each feed")
      ->capture_default_str()
      ->check(CLI::Range(0, 10'000'000));
  command.add_option("--item-bytes", options.item_bytes, "HTML in each item, about")->capture_default_str();
  command
      .add_option("--kinds", options.kinds,
                  "plain: RSS 2.0; mixed: four formats in turn; paged: Atom in pages; drawn: all kinds of "
                  "feeds, by seed")
      ->capture_default_str()
      ->check(CLI::IsMember({"plain", "mixed", "paged", "drawn"}));
  command.add_option("--page-size", options.page_size, "Items on a page, of paged feeds")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command.add_option("--seed", options.seed, "The same seed makes the same feeds")->capture_default_str();
  command
      .add_option("--faults", options.faults,
                  "Share of requests that go wrong, in all ways but minutes of silence")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--latency-ms", options.latency_ms, "Added to each response")
      ->check(CLI::Range(0, 600'000));
  command.add_flag("--real", options.real, "Six feeds with prose to read, instead of --feeds");
  command.add_option("--port", options.server.port, "0 takes a free one")->capture_default_str();
  command.add_option("--bind", options.server.address, "A loopback address")->capture_default_str();
}

void populate(rss::World& world, const Options& options) {
  if (options.real) return world.add_demonstration_feeds();
  for (size_t i = 0; i < options.feeds; ++i) {
    if (options.kinds == "drawn") {
      world.add_drawn_feed(options.items);
      continue;
    }
    const auto format = static_cast<rss::Format>(options.kinds == "plain" ? 0 : i % rss::kFormatCount);
    rss::FeedTraits traits = rss::plain_traits(format);
    traits.item_bytes = options.item_bytes;
    traits.window = std::max<size_t>(1, options.items);
    if (options.kinds == "paged") {
      traits.format = rss::Format::kAtom10;
      traits.history = rss::History::kPaged;
      traits.window = traits.page_size = options.page_size;
    }
    world.add_feed(std::move(traits), options.items);
  }
}

int serve_rss(Options options) {
  options.server.latency = std::chrono::milliseconds(options.latency_ms);
  rss::WorldOptions world_options;
  world_options.seed = options.seed;
  // Prose reads as if it were new; anything else is to be the same after a restart.
  if (options.real)
    world_options.start = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  rss::World world(world_options);
  populate(world, options);

  rss::RssSimulator simulator(world, {});
  FaultPlan faults(options.seed,
                   FaultRates::uniform(options.faults).set(circuit::providers::Fault::kStalled, 0));
  FaultyProvider faulty(simulator, faults);
  rss::RssControl control(world, simulator, faulty, faults);
  auto server = ProviderServer::listen(control, options.server);
  if (!server) {
    std::cerr << "feed-simulator: " << server.error().to_string() << '\n';
    return 1;
  }
  simulator.set_base_url((*server)->base_url());
  (*server)->stop_on_signals();
  std::cout << "listening on " << (*server)->base_url() << std::endl;
  (*server)->run();
  return 0;
}

void add_hubspot_forms_options(CLI::App& command, Options& options) {
  command.add_option("--forms", options.feeds, "How many forms")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  command.add_option("--items", options.items, "Submissions of each form")
      ->capture_default_str()
      ->check(CLI::Range(0, 10'000'000));
  command.add_option("--token-file", options.token_file, "The token that requests have to carry")->required();
  command
      .add_option("--requests-per-ten-seconds", options.hubspot.requests_per_ten_seconds,
                  "Answered; those beyond are 429")
      ->capture_default_str();
  command.add_option("--requests-per-day", options.hubspot.requests_per_day, "The same for a day of UTC")
      ->capture_default_str();
  command.add_option("--latency-ms", options.latency_ms, "Added to each response")
      ->check(CLI::Range(0, 600'000));
  command.add_option("--port", options.server.port, "0 takes a free one")->capture_default_str();
  command.add_option("--bind", options.server.address, "A loopback address")->capture_default_str();
}

int serve_hubspot_forms(Options options) {
  options.server.latency = std::chrono::milliseconds(options.latency_ms);
  hubspot_forms::SimulatorOptions simulated = options.hubspot;
  std::ifstream token(options.token_file);
  if (!std::getline(token, simulated.token)) {
    std::cerr << "feed-simulator: " << options.token_file << " holds no token\n";
    return 1;
  }
  hubspot_forms::World world(options.seed);
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  for (size_t form = 0; form < options.feeds; ++form) {
    world.add_form(form % 2 == 0 ? "hubspot" : "captured");
    for (size_t i = 0; i < options.items; ++i) world.add_submission(form, now - std::chrono::hours(i));
  }
  hubspot_forms::HubSpotSimulator simulator(world, std::move(simulated));
  hubspot_forms::HubSpotControl control(world, simulator);
  auto server = ProviderServer::listen(control, options.server);
  if (!server) {
    std::cerr << "feed-simulator: " << server.error().to_string() << '\n';
    return 1;
  }
  (*server)->stop_on_signals();
  std::cout << "listening on " << (*server)->base_url() << std::endl;
  (*server)->run();
  return 0;
}

void add_github_options(CLI::App& command, Options& options) {
  constexpr int kMost = 1'000'000;
  command
      .add_option("--repositories", options.github.repositories,
                  "How many: octocat/repository-0 and so on; github/control.h says how to change them")
      ->capture_default_str()
      ->check(CLI::Range(1, kMost));
  command.add_option("--files", options.github.files, "Files in each")
      ->capture_default_str()
      ->check(CLI::Range(0, kMost));
  command.add_option("--file-bytes", options.github.file_bytes, "Text in each, about")->capture_default_str();
  command
      .add_option("--issues", options.github.issues,
                  "Issues in each, with a comment each; every fourth is a pull request")
      ->capture_default_str()
      ->check(CLI::Range(0, kMost));
  command.add_option("--visibility", options.github.visibility, "Of all repositories")
      ->capture_default_str()
      ->check(CLI::IsMember({"public", "private", "internal"}));
  command.add_option("--token-file", options.token_file, "The token that requests have to carry")->required();
  command.add_option("--port", options.server.port, "0 takes a free one")->capture_default_str();
  command.add_option("--bind", options.server.address, "A loopback address")->capture_default_str();
}

int serve_github(const Options& options) {
  github::SimulatorOptions simulated;
  std::ifstream token(options.token_file);
  if (!std::getline(token, simulated.token)) {
    std::cerr << "feed-simulator: " << options.token_file << " holds no token\n";
    return 1;
  }
  // What the time waits for is tested in virtual time.
  simulated.requests_per_hour = simulated.requests_per_minute = std::numeric_limits<uint32_t>::max();
  github::World world;
  github::populate(world, options.github,
                   std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
  github::GitHubSimulator simulator(world, std::move(simulated));
  github::GitHubControl control(world, simulator);
  auto server = ProviderServer::listen(control, options.server);
  if (!server) {
    std::cerr << "feed-simulator: " << server.error().to_string() << '\n';
    return 1;
  }
  simulator.options().base = (*server)->base_url();
  (*server)->stop_on_signals();
  std::cout << "listening on " << (*server)->base_url() << std::endl;
  (*server)->run();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Simulated providers, served on loopback", "feed-simulator");
  app.require_subcommand(1);
  Options options;
  CLI::App* rss_command = app.add_subcommand("rss", "RSS, RDF, Atom and JSON feeds");
  add_rss_options(*rss_command, options);
  CLI::App* forms_command = app.add_subcommand("hubspot-forms", "Submissions of HubSpot forms");
  add_hubspot_forms_options(*forms_command, options);
  const auto azure_blob = circuit::providers::azure_blob::add_command(app);
  CLI::App* github_command = app.add_subcommand("github", "Repositories with files, issues and comments");
  add_github_options(*github_command, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  if (azure_blob.app->parsed()) return azure_blob.serve();
  if (github_command->parsed()) return serve_github(options);
  return forms_command->parsed() ? serve_hubspot_forms(options) : serve_rss(options);
}
