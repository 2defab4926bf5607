#include "ingest/state/committer.h"

#include <utility>

#include "ingest/runtime/pending.h"
#include "ingest/state/store_errors.h"

namespace circuit::state {
namespace {

size_t bytes_of(const Batch& batch) {
  size_t bytes = 0;
  for (const auto& write : batch.writes) bytes += write.key.size() + (write.value ? write.value->size() : 0);
  for (const auto& [table, prefix] : batch.delete_prefixes) bytes += prefix.size();
  return bytes;
}

Error stalled(std::chrono::milliseconds limit) {
  return make_error(
      ErrorClass::kCorrupt, "STORE_STALLED",
      "The disk did not finish a commit within " + std::to_string(limit.count()) +
          " ms, so whether it is stored is unknown",
      "Check the disk under the data directory, then restart the worker: it goes on from what is "
      "stored.");
}

} // namespace

struct Committer::Entry {
  explicit Entry(Batch b) : batch(std::move(b)), bytes(bytes_of(batch)) {}

  Batch batch;
  size_t bytes;
  Result<void> outcome;
  std::unique_ptr<PendingWait> wait;
};

// Due once every commit that was queued before it is written.
struct Committer::PurgeEntry {
  std::vector<Table> tables;
  uint64_t after = 0;
  Result<void> outcome;
  std::unique_ptr<PendingWait> wait;
};

Committer::Committer(WriteGroup write_group, CommitLimits limits, Purge purge)
    : write_group_(std::move(write_group)), limits_(limits), purge_(std::move(purge)) {
  writer_ = std::thread([this] { work(); });
  watcher_ = std::thread([this] { watch_for_stall(); });
}

Committer::~Committer() { stop(); }

Task<Result<void>> Committer::commit(Batch batch) {
  auto entry = std::make_shared<Entry>(std::move(batch));
  auto written = enqueue(entry);
  co_await std::move(written);
  co_return std::move(entry->outcome);
}

Task<Result<void>> Committer::purge(std::vector<Table> tables) {
  auto entry = std::make_shared<PurgeEntry>();
  entry->tables = std::move(tables);
  auto purged = enqueue(entry);
  co_await std::move(purged);
  co_return std::move(entry->outcome);
}

template <class AnyEntry>
Task<void> Committer::enqueue(std::shared_ptr<AnyEntry> entry) {
  const auto start = [this, entry](std::unique_ptr<PendingWait> wait) {
    entry->wait = std::move(wait);
    const std::lock_guard lock(mutex_);
    if (refusal_) {
      settle(std::vector{entry}, *refusal_);
    } else {
      admit(entry);
      wake_.notify_one();
    }
    return 0;
  };
  // What may be written already cannot be taken back.
  const auto cancel = [](int) { return std::unique_ptr<PendingWait>(); };
  return suspend(start, cancel);
}

void Committer::admit(std::shared_ptr<Entry> entry) {
  queue_.push_back(std::move(entry));
  ++enqueued_;
}

void Committer::admit(std::shared_ptr<PurgeEntry> entry) {
  entry->after = enqueued_;
  purges_.push_back(std::move(entry));
}

void Committer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty() || !purges_.empty(); });
    if (queue_.empty() && purges_.empty()) return;
    if (auto due = take_due_purges(); !due.empty()) {
      run_purges(std::move(due), lock);
    } else {
      write_group(lock);
    }
  }
}

void Committer::write_group(std::unique_lock<std::mutex>& lock) {
  // A copy keeps the batches alive while they are written, whatever the watcher does.
  const Entries group = take_group();
  std::vector<const Batch*> batches;
  batches.reserve(group.size());
  for (const auto& entry : group) batches.push_back(&entry->batch);
  lock.unlock();
  const Result<void> outcome = write_group_(batches);
  lock.lock();
  count(outcome);
  const bool unknown = !outcome && outcome.error().cls == ErrorClass::kCorrupt;
  const Entries settled = unknown ? refuse_all(outcome.error()) : std::exchange(group_, {});
  lock.unlock(); // whom it resumes may come back at once
  settle(settled, outcome);
  lock.lock();
}

Committer::PurgeEntries Committer::take_due_purges() {
  PurgeEntries due;
  while (!purges_.empty() && purges_.front()->after <= taken_) {
    due.push_back(std::move(purges_.front()));
    purges_.pop_front();
  }
  return due;
}

void Committer::run_purges(PurgeEntries due, std::unique_lock<std::mutex>& lock) {
  std::set<Table> tables;
  for (const auto& entry : due) tables.insert(entry->tables.begin(), entry->tables.end());
  lock.unlock();
  const Result<void> outcome = purge_(tables);
  lock.lock();
  if (outcome) ++stats_.purges;
  lock.unlock();
  settle(due, outcome);
  lock.lock();
}

Committer::Entries Committer::take_group() {
  size_t bytes = 0;
  while (!queue_.empty() && group_.size() < limits_.group_batches_max) {
    bytes += queue_.front()->bytes;
    if (!group_.empty() && bytes > limits_.group_bytes_max) break;
    group_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  taken_ += group_.size();
  group_began_ = std::chrono::steady_clock::now();
  return group_;
}

void Committer::count(const Result<void>& outcome) {
  if (outcome) {
    ++stats_.groups;
    stats_.batches += group_.size();
  } else {
    ++stats_.failed_groups;
  }
}

void Committer::watch_for_stall() {
  std::unique_lock lock(mutex_);
  while (!drained_) {
    watch_.wait_for(lock, limits_.stall_max / 4);
    const auto taken = std::chrono::steady_clock::now() - group_began_;
    if (group_.empty() || taken < limits_.stall_max) continue;
    const Error error = stalled(limits_.stall_max);
    settle(refuse_all(error), error);
  }
}

// Everyone who waits, now and from now on. The caller settles them; purges settle by themselves.
Committer::Entries Committer::refuse_all(const Error& error) {
  refusal_ = error;
  taken_ += queue_.size(); // no purge waits for those any more
  Entries all = std::exchange(group_, {});
  all.insert(all.end(), queue_.begin(), queue_.end());
  queue_.clear();
  return all;
}

template <class AnyEntries>
void Committer::settle(const AnyEntries& entries, const Result<void>& outcome) {
  for (const auto& entry : entries) {
    entry->outcome = outcome;
    std::exchange(entry->wait, nullptr)->complete({});
  }
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    if (!refusal_) refusal_ = store_closed();
    wake_.notify_all();
  }
  writer_.join();
  {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    watch_.notify_all();
  }
  watcher_.join();
}

CommitStats Committer::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

} // namespace circuit::state
