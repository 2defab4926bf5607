#include "tests/providers/azure_blob/command.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "ingest/runtime/random.h"
#include "tests/providers/azure_blob/signature_check.h"
#include "tests/providers/azure_blob/simulator.h"
#include "tests/providers/serve.h"

namespace circuit::providers::azure_blob {
namespace {

constexpr size_t kLongestBlob = 256 << 20;

struct Flags {
  std::string container = "docs";
  size_t blobs = 100;
  size_t bytes_min = 1 << 10;
  size_t bytes_max = 10 << 10;
  uint64_t seed = 1;
  std::string account = SimulatorOptions{}.account;
  std::string key_file;
  ServerOptions server;
};

std::string text_of_size(size_t size, Random& random) {
  constexpr std::string_view kWords[] = {"archive ", "and ",     "of ",   "quarterly ", "report ", "the ",
                                         "signed ",  "invoice ", ".\n",   "page ",      "draft ",  "to ",
                                         "in ",      "review ",  "copy ", "number "};
  std::string text;
  text.reserve(size + 16);
  while (text.size() < size) {
    uint64_t drawn = random.next();
    for (int i = 0; i < 16 && text.size() < size; ++i, drawn >>= 4) text += kWords[drawn & 15];
  }
  text.resize(size);
  return text;
}

void populate(World& world, const Flags& flags) {
  world.add_container(flags.container);
  SeededRandom random(flags.seed);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  for (size_t i = 0; i < flags.blobs; ++i) {
    const size_t size = flags.bytes_min + random.below(flags.bytes_max - flags.bytes_min + 1);
    SimBlob& blob = world.put(flags.container, served_name(i), text_of_size(size, random), now);
    blob.content_md5 = md5_base64(blob.content); // worked out once, and not whenever it is listed
  }
}

int serve(const Flags& flags) {
  SimulatorOptions options;
  options.account = flags.account;
  options.account_in_path = true;
  std::ifstream key(flags.key_file);
  if (!std::getline(key, options.key) || decode_base64(options.key).empty()) {
    std::cerr << "feed-simulator: " << flags.key_file << " holds no key in base64\n";
    return 1;
  }
  if (flags.bytes_min > flags.bytes_max) {
    std::cerr << "feed-simulator: --bytes-min is more than --bytes-max\n";
    return 1;
  }
  World world;
  populate(world, flags);
  AzureBlobSimulator simulator(world, std::move(options));
  auto server = ProviderServer::listen(simulator, flags.server);
  if (!server) {
    std::cerr << "feed-simulator: " << server.error().to_string() << '\n';
    return 1;
  }
  (*server)->stop_on_signals();
  std::cout << "listening on " << (*server)->base_url() << "/" << flags.account << std::endl;
  (*server)->run();
  return 0;
}

} // namespace

Command add_command(CLI::App& program) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_subcommand(
      "azure-blob", "Blobs of a storage account, with its name in the path as emulators have it");
  command->add_option("--container", flags->container, "The container that they are in")
      ->capture_default_str();
  command->add_option("--blobs", flags->blobs, "How many")
      ->capture_default_str()
      ->check(CLI::Range(0, 10'000'000));
  command->add_option("--bytes-min", flags->bytes_min, "Size of the smallest")
      ->capture_default_str()
      ->check(CLI::Range(size_t{0}, kLongestBlob));
  command->add_option("--bytes-max", flags->bytes_max, "Size of the largest")
      ->capture_default_str()
      ->check(CLI::Range(size_t{0}, kLongestBlob));
  command->add_option("--seed", flags->seed, "The same seed makes the same blobs")->capture_default_str();
  command->add_option("--account", flags->account, "The account's name")->capture_default_str();
  command->add_option("--key-file", flags->key_file, "Its key in base64, with which requests are signed")
      ->required();
  command->add_option("--port", flags->server.port, "0 takes a free one")->capture_default_str();
  command->add_option("--bind", flags->server.address, "A loopback address")->capture_default_str();
  return {command, [flags] { return serve(*flags); }};
}

} // namespace circuit::providers::azure_blob
