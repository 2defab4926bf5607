#include "ingest/state/memory_store.h"

#include <algorithm>

#include "ingest/runtime/pending.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {
namespace {

bool begins_with(std::string_view bytes, std::string_view prefix) {
  return bytes.substr(0, prefix.size()) == prefix;
}

} // namespace

void MemoryDisk::crash(Random& random) {
  const uint64_t kept = random.below(unsynced_.size() + 1);
  const uint64_t lost = unsynced_.size() - kept;
  sync_up_to(synced_ + kept);
  unsynced_.clear();
  synced_ += lost;
}

uint64_t MemoryDisk::write(Batch batch) {
  unsynced_.push_back(std::move(batch));
  return synced_ + unsynced_.size();
}

void MemoryDisk::sync_up_to(uint64_t ticket) {
  for (; synced_ < ticket; ++synced_) {
    apply(unsynced_.front());
    unsynced_.pop_front();
  }
}

void MemoryDisk::apply(const Batch& batch) {
  for (const auto& [table, prefix] : batch.delete_prefixes) {
    auto& rows = tables_.at(static_cast<size_t>(table));
    auto end = rows.lower_bound(prefix);
    while (end != rows.end() && begins_with(end->first, prefix)) end = rows.erase(end);
  }
  for (const auto& write : batch.writes) {
    auto& rows = tables_.at(static_cast<size_t>(write.table));
    if (write.value) {
      rows.insert_or_assign(write.key, *write.value);
    } else {
      rows.erase(write.key);
    }
  }
}

MemoryStore::MemoryStore(MemoryDisk& disk, Loop& loop, Random& random, MemoryFaults faults)
    : disk_(disk), loop_(loop), random_(random), faults_(faults) {}

Task<Result<std::optional<std::string>>> MemoryStore::get(Table table, std::string key) {
  auto ready = co_await before_read();
  if (!ready) co_return std::move(ready).error();
  const auto& rows = disk_.rows(table);
  const auto found = rows.find(key);
  if (found == rows.end()) co_return std::optional<std::string>();
  co_return std::optional<std::string>(found->second);
}

Task<Result<std::vector<std::optional<std::string>>>> MemoryStore::multi_get(Table table,
                                                                             std::vector<std::string> keys) {
  auto ready = co_await before_read();
  if (!ready) co_return std::move(ready).error();
  const auto& rows = disk_.rows(table);
  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto found = rows.find(keys[i]);
    if (found != rows.end()) values[i] = found->second;
  }
  co_return values;
}

Task<Result<std::vector<Row>>> MemoryStore::scan(ScanRequest request) {
  auto ready = co_await before_read();
  if (!ready) co_return std::move(ready).error();
  const auto& rows = disk_.rows(request.table);
  const bool from_start = request.after.empty() || request.after < request.prefix;
  auto at = from_start ? rows.lower_bound(request.prefix) : rows.upper_bound(request.after);
  std::vector<Row> page;
  for (; at != rows.end() && page.size() < request.limit && begins_with(at->first, request.prefix); ++at) {
    page.push_back({at->first, at->second});
  }
  co_return page;
}

Task<Result<void>> MemoryStore::commit(Batch batch) {
  if (auto invalid = check_batch(batch); !invalid) co_return std::move(invalid).error();
  if (auto refused = refuse_commit()) co_return *std::move(refused);
  const bool unknown = random_.chance(faults_.commit_unknown);
  if (unknown) outcome_unknown_ = true;
  const uint64_t ticket = unknown && random_.chance(0.5) ? 0 : disk_.write(std::move(batch));
  // Not cancellable, as in RocksDbStore: who asked for a commit learns its outcome.
  auto synced = wait(between(faults_.commit_latency_min, faults_.commit_latency_max));
  co_await std::move(synced);
  disk_.sync_up_to(ticket);
  if (unknown) co_return outcome_unknown("simulated failure of a sync");
  co_return Result<void>();
}

// Rows that were overwritten or deleted are gone at once here; what can fail is what a commit can.
Task<Result<void>> MemoryStore::purge(std::vector<Table> /*tables*/) {
  if (auto refused = refuse_commit()) co_return *std::move(refused);
  auto done = wait(between(faults_.commit_latency_min, faults_.commit_latency_max));
  co_await std::move(done);
  co_return Result<void>();
}

std::optional<Error> MemoryStore::refuse_commit() {
  if (outcome_unknown_) return outcome_unknown("simulated failure of an earlier sync");
  if (faults_.disk_full) return disk_full("simulated");
  if (random_.chance(faults_.commit_error)) return io_failed("simulated failure of a write");
  return std::nullopt;
}

Task<Result<void>> MemoryStore::before_read() {
  if (faults_.read_latency_max > Duration(0)) {
    auto read = wait(between(Duration(0), faults_.read_latency_max));
    co_await std::move(read);
  }
  if (random_.chance(faults_.read_error)) co_return io_failed("simulated failure of a read");
  co_return Result<void>();
}

Duration MemoryStore::between(Duration low, Duration high) {
  if (high <= low) return low;
  return low +
         Duration(static_cast<Duration::rep>(random_.below(static_cast<uint64_t>((high - low).count()) + 1)));
}

Task<void> MemoryStore::wait(Duration duration) {
  TimerHeap& timers = loop_.timers();
  const SteadyTime due = loop_.clock().steady_now() + duration;
  const auto start = [&timers, due](std::unique_ptr<PendingWait> wait) {
    timers.add(due, std::move(wait));
    return 0;
  };
  return suspend(start, [](int) { return std::unique_ptr<PendingWait>(); });
}

} // namespace circuit::state
