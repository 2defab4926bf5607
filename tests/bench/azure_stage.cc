#include "tests/bench/azure_stage.h"

#include <filesystem>
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

} // namespace

std::string rclone_program() {
  constexpr const char* kProgram = "/usr/bin/rclone";
  return std::filesystem::exists(kProgram) ? kProgram : "";
}

AzureStage::AzureStage(const BlobFlags& flags) : flags_(flags), stage_(kKey) {
  stage_.serve({"azure-blob", "--port", "0", "--account", kAccount, "--key-file", stage_.path("secret"),
                "--blobs", std::to_string(flags.blobs), "--bytes-min", std::to_string(flags.bytes_min),
                "--bytes-max", std::to_string(flags.bytes_max)});
  stage_.connect({"azure-blob", "--name", "bench", "--method", "shared-key", "--param",
                  std::string("account=") + kAccount, "--param", "base_url=" + stage_.simulator(), "--secret",
                  "key=@" + stage_.path("secret"), "--no-check"});
}

testing::Finished AzureStage::first_sync(const std::string& content) {
  stage_.start_over();
  ++started_over_;
  return sync(content);
}

testing::Finished AzureStage::sync(const std::string& content) {
  const std::string file = "documents-" + std::to_string(started_over_) + ".jsonl";
  return stage_
      .run({"sync", "azure-blob", "--connection", "bench", "--container", "docs", "--content", content,
            "--sink", "jsonl:" + stage_.path(file)},
           kPatience)
      .program;
}

testing::Finished AzureStage::rclone(const std::string& target) {
  testing::Process process(rclone_program(),
                           {"copy", ":azureblob:docs", stage_.path(target), "--transfers", "16", "--checkers",
                            "16", "--azureblob-no-head-object"},
                           {{"RCLONE_CONFIG", "/dev/null"},
                            {"RCLONE_AZUREBLOB_USE_EMULATOR", "true"},
                            {"RCLONE_AZUREBLOB_ENDPOINT", stage_.simulator()}});
  auto finished = process.finish(kPatience);
  if (finished.code != 0)
    throw std::runtime_error("rclone ended with code " + std::to_string(finished.code) + ": " +
                             finished.err.substr(0, 2000));
  return finished;
}

std::vector<Peer> AzureStage::signed_blobs() const {
  std::vector<Peer> peers;
  for (size_t i = 0; i < flags_.blobs; ++i) {
    http::Request request;
    request.url = stage_.simulator() + "/docs/" + providers::azure_blob::served_name(i);
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto is_signed = feeds::azure_blob::sign(request, kAccount, kKey, now);
    if (!is_signed) throw std::runtime_error(is_signed.error().message);
    Peer peer{request.url};
    for (const auto& [field, value] : request.headers.fields()) peer.headers.push_back(field + ": " + value);
    peers.push_back(std::move(peer));
  }
  return peers;
}

} // namespace circuit::bench
