// How many durable commits a second: one caller, 64 callers that share fsyncs, and the machine's own ceiling,
// a loop of synced writes to a bare RocksDB in the same directory.
//
//   state_commit_bench [DIRECTORY] [SECONDS]

#include <rocksdb/db.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "ingest/runtime/task_group.h"
#include "ingest/state/rocksdb_store.h"
#include "tests/ingest/state/running.h"

namespace circuit::state {
namespace {

using SteadyClock = std::chrono::steady_clock;

// What a checkpoint writes: a feed's state, and the manifest rows of a page.
constexpr int kRows = 10;
constexpr size_t kRowBytes = 120;
constexpr size_t kStateBytes = 600;

Batch checkpoint(const std::string& feed, uint64_t number) {
  Batch batch;
  for (int row = 0; row < kRows; ++row) {
    batch.put(Table::kManifest, feed + std::to_string(number * kRows + static_cast<uint64_t>(row)),
              std::string(kRowBytes, 'm'));
  }
  batch.put(Table::kFeedStates, feed, std::string(kStateBytes, 's'));
  return batch;
}

Task<void> commit_until(RocksDbStore* store, std::string feed, SteadyClock::time_point end,
                        uint64_t* commits) {
  for (uint64_t number = 0; SteadyClock::now() < end; ++number) {
    auto committed = co_await store->commit(checkpoint(feed, number));
    if (!committed) {
      std::fprintf(stderr, "%s\n", committed.error().to_string().c_str());
      std::exit(1);
    }
    ++*commits;
  }
}

Task<int> commit_with(RocksDbStore* store, SystemLoop* loop, int callers, SteadyClock::time_point end,
                      uint64_t* commits) {
  TaskGroup group(loop->executor());
  for (int caller = 0; caller < callers; ++caller) {
    group.spawn(commit_until(store, "feeds/" + std::to_string(caller), end, commits));
  }
  co_await group.join();
  co_return callers;
}

void measure(RocksDbStore& store, int callers, std::chrono::seconds duration) {
  SystemLoop loop;
  const auto before = store.commit_stats();
  const auto began = SteadyClock::now();
  uint64_t commits = 0;
  testing::run(loop, commit_with(&store, &loop, callers, began + duration, &commits));
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  const double groups = static_cast<double>(store.commit_stats().groups - before.groups);
  std::printf("%3d callers: %8.0f commits/s, %7.0f fsyncs/s, %.1f commits a group\n", callers,
              static_cast<double>(commits) / seconds, groups / seconds,
              static_cast<double>(commits) / groups);
}

void measure_bare(const std::filesystem::path& path, std::chrono::seconds duration) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(options, path.string(), &opened);
  if (!status.ok()) std::abort();
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  uint64_t commits = 0;
  const auto began = SteadyClock::now();
  for (; SteadyClock::now() < began + duration; ++commits) {
    rocksdb::WriteBatch group;
    for (const auto& write : checkpoint("feeds/0", commits).writes) group.Put(write.key, *write.value);
    if (!db->Write(durable, &group).ok()) std::abort();
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  std::printf("bare RocksDB: %7.0f synced writes/s\n", static_cast<double>(commits) / seconds);
}

} // namespace
} // namespace circuit::state

int main(int argc, char** argv) {
  namespace state = circuit::state;
  const std::filesystem::path directory =
      std::filesystem::path(argc > 1 ? argv[1] : std::filesystem::temp_directory_path()) /
      "circuit-commit-bench";
  const std::chrono::seconds duration(argc > 2 ? std::stoi(argv[2]) : 3);
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  state::measure_bare(directory / "bare", duration);
  auto opened = state::RocksDbStore::open(directory / "store");
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().to_string().c_str());
    return 1;
  }
  for (const int callers : {1, 8, 64, 512}) state::measure(**opened, callers, duration);
  opened->reset();
  std::filesystem::remove_all(directory);
}
