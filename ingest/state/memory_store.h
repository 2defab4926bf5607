#pragma once
// The StateStore of a simulated world: the same promises as RocksDbStore, kept or broken by seed.
//
// A MemoryDisk survives a crash, a MemoryStore does not. A commit is first written, then, after a latency,
// synced; only then can it be read, and only then does its caller resume. What is written and not synced when
// the world stops is settled by MemoryDisk::crash: as in a log, some first part of it was kept whole, the
// rest is gone whole.
//
// All for one loop's thread. The disk outlives its stores; the loop outlives them too.

#include <array>
#include <deque>
#include <map>
#include <string>

#include "ingest/runtime/loop.h"
#include "ingest/runtime/random.h"
#include "ingest/state/store.h"

namespace circuit::state {

class MemoryDisk {
 public:
  using Rows = std::map<std::string, std::string, std::less<>>;

  // Power is lost: chance decides how many of the unsynced commits, oldest first, had reached the disk.
  void crash(Random& random);

  const Rows& rows(Table table) const { return tables_.at(static_cast<size_t>(table)); }
  size_t unsynced() const { return unsynced_.size(); }
  bool operator==(const MemoryDisk& other) const { return tables_ == other.tables_; }

 private:
  friend class MemoryStore;

  uint64_t write(Batch batch); // its ticket
  void sync_up_to(uint64_t ticket);
  void apply(const Batch& batch);

  std::array<Rows, kTableCount> tables_;
  std::deque<Batch> unsynced_;
  uint64_t synced_ = 0; // tickets below it are in the tables, or were lost
};

// Probabilities per call. May be changed at any time.
struct MemoryFaults {
  double read_error = 0;   // TRANSIENT STORE_IO
  double commit_error = 0; // TRANSIENT STORE_IO, not applied
  double commit_unknown =
      0; // CORRUPT STORE_OUTCOME_UNKNOWN, applied or not; later commits are refused the same way
  bool disk_full = false; // EXHAUSTED DISK_FULL, not applied
  Duration read_latency_max{0};
  Duration commit_latency_min{100};
  Duration commit_latency_max{5'000};
};

class MemoryStore final : public StateStore {
 public:
  MemoryStore(MemoryDisk& disk, Loop& loop, Random& random, MemoryFaults faults = {});

  MemoryFaults& faults() { return faults_; }

  Task<Result<std::optional<std::string>>> get(Table table, std::string key) override;
  Task<Result<std::vector<std::optional<std::string>>>> multi_get(Table table,
                                                                  std::vector<std::string> keys) override;
  Task<Result<std::vector<Row>>> scan(ScanRequest request) override;
  Task<Result<void>> commit(Batch batch) override;
  Task<Result<void>> purge(std::vector<Table> tables) override;

 private:
  Task<Result<void>> before_read();
  std::optional<Error> refuse_commit();
  Duration between(Duration low, Duration high);
  Task<void> wait(Duration duration);

  MemoryDisk& disk_;
  Loop& loop_;
  Random& random_;
  MemoryFaults faults_;
  bool outcome_unknown_ = false;
};

} // namespace circuit::state
