// Whole syncs of a storage account by the real program, as a process: 10,000 blobs of 1 to 10 KiB; against
// rclone, which does the same, and against bare libcurl fetching the same signed requests. What rclone writes
// are files, what a sync writes is a file of documents and its state; both are of the same bytes.

#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "tests/bench/azure_stage.h"
#include "tests/bench/cases.h"
#include "tests/bench/libraries.h"

namespace circuit::bench {
namespace {

constexpr size_t kBlobs = 10'000;
constexpr int kRounds = 3;

// What is read for the first time: a new data directory, or a new folder, each time.
class FirstSyncs {
 public:
  FirstSyncs() : stage_({kBlobs}) {}
  double sync() {
    const auto ended = stage_.first_sync("text");
    std::fprintf(stderr, "azure_first_sync: %.3f ms of CPU a document, peak %.1f MiB\n",
                 ended.cpu_seconds * 1000 / kBlobs, ended.peak_mib);
    return kBlobs;
  }
  double rclone() {
    const auto ended = stage_.rclone("copy-" + std::to_string(next_copy_++));
    std::fprintf(stderr, "azure_first_sync: rclone %.3f ms of CPU a blob, peak %.1f MiB\n",
                 ended.cpu_seconds * 1000 / kBlobs, ended.peak_mib);
    return kBlobs;
  }
  double fetch() {
    if (peers_.empty()) peers_ = stage_.signed_blobs();
    fetch_all(peers_, false);
    return kBlobs;
  }
  // What every worker does with these blobs, by libraries alone, on one core beside the one that fetches.
  void report_libraries() {
    constexpr size_t kMeanBytes = 11 << 9;
    const std::string text(kMeanBytes, 't'), key(64, 'k'), to_sign(300, 's');
    Libraries libraries(stage_.path("libraries"));
    std::ofstream file(stage_.path("libraries.out"), std::ios::binary);
    const double kept = seconds_of([&] {
      for (size_t i = 0; i < kBlobs; ++i) {
        sign_and_check(key, to_sign, text);
        file << libraries.keep("container/blob-" + std::to_string(i), text);
      }
      file.flush();
    });
    fetch();
    const double fetched = seconds_of([&] { fetch(); });
    std::fprintf(
        stderr,
        "azure_first_sync_http: bare fetching %.2f s; HMAC, MD5, SHA-256, protobuf, rows and a file of the "
        "same bytes by libraries alone %.2f s\n",
        fetched, kept);
  }

 private:
  AzureStage stage_;
  std::vector<Peer> peers_;
  int next_copy_ = 0;
};

// What was read before.
class NothingNew {
 public:
  NothingNew() : stage_({kBlobs}) {
    stage_.first_sync("text");
    stage_.rclone("copy");
  }
  double sync() {
    const auto ended = stage_.sync("text");
    std::fprintf(stderr, "azure_nothing_new: %.2f s of CPU, peak %.1f MiB\n", ended.cpu_seconds,
                 ended.peak_mib);
    return kBlobs;
  }
  double rclone() {
    const auto ended = stage_.rclone("copy");
    std::fprintf(stderr, "azure_nothing_new: rclone %.2f s of CPU, peak %.1f MiB\n", ended.cpu_seconds,
                 ended.peak_mib);
    return kBlobs;
  }

 private:
  AzureStage stage_;
};

template <class Scene>
Case against_rclone(const std::string& name, double target, Cost cost) {
  return {
      name, [name, target, cost] {
        if (rclone_program().empty()) throw Skipped("no rclone; deploy/packages-bench.txt names it");
        const auto scene = std::make_shared<Scene>();
        return Comparison{
            name,    "blobs", target, [scene] { return scene->sync(); }, [scene] { return scene->rclone(); },
            kRounds, cost};
      }};
}

Comparison against_libcurl(const std::string& name, Cost cost) {
  const auto scene = std::make_shared<FirstSyncs>();
  in_a_process_of_its_own([&] { scene->report_libraries(); });
  return {name,    "blobs", 0.7, [scene] { return scene->sync(); }, [scene] { return scene->fetch(); },
          kRounds, cost};
}

// The manifest of a million blobs is on disk, and a page of the listing at a time in memory.
constexpr double kMillionBoundMib = 256;

Peak million_blobs(bool read_before) {
  AzureStage stage({1'000'000, 0, 0});
  auto ended = stage.first_sync("none");
  if (read_before) ended = stage.sync("none");
  std::fprintf(stderr, "a million blobs: %.1f s of CPU\n", ended.cpu_seconds);
  return {ended.peak_mib, kMillionBoundMib};
}

} // namespace

std::vector<MemoryCase> azure_memory_cases() {
  return {{"memory_million_blobs", [] { return million_blobs(false); }},
          {"memory_million_blobs_nothing_new", [] { return million_blobs(true); }}};
}

std::vector<Case> azure_cases() {
  return {against_rclone<FirstSyncs>("azure_first_sync", 1, Cost::kTime),
          against_rclone<FirstSyncs>("azure_first_sync_cpu", 2, Cost::kProcessor),
          {"azure_first_sync_http", [] { return against_libcurl("azure_first_sync_http", Cost::kTime); }},
          {"azure_first_sync_http_cpu",
           [] { return against_libcurl("azure_first_sync_http_cpu", Cost::kProcessor); }},
          against_rclone<NothingNew>("azure_nothing_new", 1, Cost::kTime),
          against_rclone<NothingNew>("azure_nothing_new_cpu", 2, Cost::kProcessor)};
}

} // namespace circuit::bench
