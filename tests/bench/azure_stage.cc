#include "tests/bench/azure_stage.h"

#include <fstream>
#include <stdexcept>

#include "feeds/azure_blob/shared_key.h"
#include "tests/providers/azure_blob/world.h"

namespace circuit::bench {
namespace {

// Published with Microsoft's emulator ("Use the Azurite emulator for local Azure Storage development").
// rclone 1.60 knows the account in the path, and http, for these alone.
constexpr const char* kAccount = "devstoreaccount1";
constexpr const char* kKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
constexpr auto kPatience = std::chrono::minutes(20);

std::string bench_folder() {
  return std::filesystem::temp_directory_path() / ("circuit-bench-azure-" + std::to_string(::getpid()));
}

testing::Finished expect_success(testing::Finished finished, const std::string& what) {
  if (finished.code == 0) return finished;
  throw std::runtime_error(what + " ended with code " + std::to_string(finished.code) + ": " +
                           finished.err.substr(0, 2000));
}

} // namespace

std::string rclone_program() {
  constexpr const char* kProgram = "/usr/bin/rclone";
  return std::filesystem::exists(kProgram) ? kProgram : "";
}

AzureStage::AzureStage(const AccountFlags& flags) : flags_(flags), folder_(bench_folder()) {
  std::filesystem::create_directories(folder_);
  std::ofstream(path("account.key")) << kKey << '\n';
  server_ = std::make_unique<Child>(
      FEED_SIMULATOR, std::vector<std::string>{
                          "azure-blob", "--port", "0", "--account", kAccount, "--key-file",
                          path("account.key"), "--blobs", std::to_string(flags.blobs), "--bytes-min",
                          std::to_string(flags.bytes_min), "--bytes-max", std::to_string(flags.bytes_max)});
  // Without the politeness that a provider deserves.
  std::ofstream(path("config.yaml")) << "http:\n  allow_private: true\n  max_requests_per_second: 1000000\n"
                                        "  max_concurrent_requests: 64\n";
  expect_success(testing::run(CIRCUIT_FEEDS, {"keys", "generate", "--out", path("master.key")}),
                 "keys generate");
}

AzureStage::~AzureStage() {
  std::error_code ignored; // a leftover in /tmp is no failure
  std::filesystem::remove_all(folder_, ignored);
}

std::string AzureStage::connected() {
  const std::string data = path("data-" + std::to_string(++connected_));
  expect_success(
      testing::run(CIRCUIT_FEEDS,
                   {"connect", "azure-blob", "--name", "bench", "--method", "shared-key", "--param",
                    std::string("account=") + kAccount, "--param", "base_url=" + server_->address(),
                    "--secret", "key=@" + path("account.key"), "--no-check", "--data-dir", data,
                    "--master-key", path("master.key"), "--config", path("config.yaml")}),
      "connect");
  return data;
}

testing::Finished AzureStage::sync(const std::string& data, const std::string& content) {
  testing::Process process(
      CIRCUIT_FEEDS, {"sync", "azure-blob", "--connection", "bench", "--container", "docs", "--content",
                      content, "--sink", "jsonl:" + data + ".jsonl", "--allow-private", "--data-dir", data,
                      "--master-key", path("master.key"), "--config", path("config.yaml")});
  return expect_success(process.finish(kPatience), "sync");
}

testing::Finished AzureStage::rclone(const std::string& target) {
  testing::Process process(rclone_program(),
                           {"copy", ":azureblob:docs", path(target), "--transfers", "16", "--checkers", "16",
                            "--azureblob-no-head-object"},
                           {{"RCLONE_CONFIG", "/dev/null"},
                            {"RCLONE_AZUREBLOB_USE_EMULATOR", "true"},
                            {"RCLONE_AZUREBLOB_ENDPOINT", server_->address()}});
  return expect_success(process.finish(kPatience), "rclone");
}

std::vector<Peer> AzureStage::signed_blobs() const {
  std::vector<Peer> peers;
  for (size_t i = 0; i < flags_.blobs; ++i) {
    http::Request request;
    request.url = server_->address() + "/docs/" + providers::azure_blob::served_name(i);
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto is_signed = feeds::azure_blob::sign(request, kAccount, kKey, now);
    if (!is_signed) throw std::runtime_error(is_signed.error().message);
    Peer peer{request.url, {}, {}};
    for (const auto& [field, value] : request.headers.fields()) peer.headers.push_back(field + ": " + value);
    peers.push_back(std::move(peer));
  }
  return peers;
}

} // namespace circuit::bench
