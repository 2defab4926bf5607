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

Committer::Committer(WriteGroup write_group, CommitLimits limits)
    : write_group_(std::move(write_group)), limits_(limits) {
  writer_ = std::thread([this] { write_groups(); });
  watcher_ = std::thread([this] { watch_for_stall(); });
}

Committer::~Committer() { stop(); }

Task<Result<void>> Committer::commit(Batch batch) {
  auto entry = std::make_shared<Entry>(std::move(batch));
  auto written = enqueue(entry);
  co_await std::move(written);
  co_return std::move(entry->outcome);
}

Task<void> Committer::enqueue(std::shared_ptr<Entry> entry) {
  const auto start = [this, entry](std::unique_ptr<PendingWait> wait) {
    entry->wait = std::move(wait);
    const std::lock_guard lock(mutex_);
    if (refusal_) {
      settle({entry}, *refusal_);
    } else {
      queue_.push_back(entry);
      work_.notify_one();
    }
    return 0;
  };
  // What may be written already cannot be taken back.
  const auto cancel = [](int) { return std::unique_ptr<PendingWait>(); };
  return suspend(start, cancel);
}

void Committer::write_groups() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
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
}

Committer::Entries Committer::take_group() {
  size_t bytes = 0;
  while (!queue_.empty() && group_.size() < limits_.group_batches_max) {
    bytes += queue_.front()->bytes;
    if (!group_.empty() && bytes > limits_.group_bytes_max) break;
    group_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
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

// Everyone who waits, now and from now on. The caller settles them.
Committer::Entries Committer::refuse_all(const Error& error) {
  refusal_ = error;
  Entries all = std::exchange(group_, {});
  all.insert(all.end(), queue_.begin(), queue_.end());
  queue_.clear();
  return all;
}

void Committer::settle(const Entries& entries, const Result<void>& outcome) {
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
    work_.notify_all();
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
