#include "tests/providers/azure_blob/command.h"

#include <memory>
#include <string>

#include "ingest/runtime/random.h"
#include "tests/providers/azure_blob/signature_check.h"
#include "tests/providers/azure_blob/simulator.h"

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

int serve_account(const Flags& flags) {
  SimulatorOptions options;
  options.account = flags.account;
  options.account_in_path = true;
  const auto key = read_line(flags.key_file, "key");
  if (!key) return 1;
  if (decode_base64(*key).empty()) return fail(flags.key_file + " holds no key in base64");
  options.key = *key;
  if (flags.bytes_min > flags.bytes_max) return fail("--bytes-min is more than --bytes-max");
  World world;
  populate(world, flags);
  AzureBlobSimulator simulator(world, std::move(options));
  return providers::serve(simulator, flags.server, "/" + flags.account);
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
  add_server_options(*command, flags->server);
  return {command, [flags] { return serve_account(*flags); }};
}

} // namespace circuit::providers::azure_blob
