#include "tests/providers/rss/command.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "tests/providers/faulty_provider.h"
#include "tests/providers/rss/control.h"
#include "tests/providers/rss/simulator.h"
#include "tests/providers/rss/world.h"

namespace circuit::providers::rss {
namespace {

struct Flags {
  size_t feeds = 6;
  size_t items = 20;
  size_t item_bytes = 600;
  size_t page_size = 100;
  uint64_t seed = 1;
  double faults = 0;
  bool real = false;
  std::string kinds = "mixed";
  ServerOptions server;
};

void populate(World& world, const Flags& flags) {
  if (flags.real) return world.add_demonstration_feeds();
  for (size_t i = 0; i < flags.feeds; ++i) {
    if (flags.kinds == "drawn") {
      world.add_drawn_feed(flags.items);
      continue;
    }
    const auto format = static_cast<Format>(flags.kinds == "plain" ? 0 : i % kFormatCount);
    FeedTraits traits = plain_traits(format);
    traits.item_bytes = flags.item_bytes;
    traits.window = std::max<size_t>(1, flags.items);
    if (flags.kinds == "paged") {
      traits.format = Format::kAtom10;
      traits.history = History::kPaged;
      traits.window = traits.page_size = flags.page_size;
    }
    world.add_feed(std::move(traits), flags.items);
  }
}

int serve_feeds(const Flags& flags) {
  WorldOptions options;
  options.seed = flags.seed;
  // Prose reads as if it were new; anything else is to be the same after a restart.
  if (flags.real)
    options.start = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  World world(options);
  populate(world, flags);

  RssSimulator simulator(world, {});
  FaultPlan faults(flags.seed, FaultRates::uniform(flags.faults).set(Fault::kStalled, 0));
  FaultyProvider faulty(simulator, faults);
  RssControl control(world, simulator, faulty, faults);
  return serve(control, flags.server, "",
               [&simulator](const std::string& base_url) { simulator.set_base_url(base_url); });
}

} // namespace

Command add_command(CLI::App& program) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand("rss", "RSS, RDF, Atom and JSON feeds");
  command->add_option("--feeds", flags->feeds, "How many feeds")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  command->add_option("--items", flags->items, "Items in each feed")
      ->capture_default_str()
      ->check(CLI::Range(0, 10'000'000));
  command->add_option("--item-bytes", flags->item_bytes, "HTML in each item, about")->capture_default_str();
  command
      ->add_option("--kinds", flags->kinds,
                   "plain: RSS 2.0; mixed: four formats in turn; paged: Atom in pages; drawn: all kinds of "
                   "feeds, by seed")
      ->capture_default_str()
      ->check(CLI::IsMember({"plain", "mixed", "paged", "drawn"}));
  command->add_option("--page-size", flags->page_size, "Items on a page, of paged feeds")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command->add_option("--seed", flags->seed, "The same seed makes the same feeds")->capture_default_str();
  command
      ->add_option("--faults", flags->faults,
                   "Share of requests that go wrong, in all ways but minutes of silence")
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("--real", flags->real, "Six feeds with prose to read, instead of --feeds");
  add_server_options(*command, flags->server);
  return {command, [flags] { return serve_feeds(*flags); }};
}

} // namespace circuit::providers::rss
