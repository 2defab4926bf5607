#pragma once
// Waiting for something that another coroutine of the same loop does. All for one loop's thread.

#include <cstdint>
#include <list>
#include <memory>

#include "ingest/runtime/pending.h"
#include "ingest/runtime/task.h"

namespace circuit {

// Coroutines wait until somebody notifies. No memory: check your condition before and after.
class Event {
 public:
  Task<void> wait(); // cancellable
  void notify_one();
  void notify_all();
  bool has_waiters() const { return !waiting_.empty(); }

 private:
  struct Entry {
    uint64_t id;
    std::unique_ptr<PendingWait> wait;
  };
  std::list<Entry> waiting_;
  uint64_t next_id_ = 0;
};

// A bounded amount of something (bytes, places), handed out first come, first served. An amount larger than
// the whole is granted when nothing else is out, so that nothing waits for ever.
class Credit {
 public:
  explicit Credit(uint64_t capacity) : capacity_(capacity) {}

  // Whether `amount` was there at once, with nobody waiting before.
  bool try_acquire(uint64_t amount);
  Task<void> acquire(uint64_t amount); // cancellable: nothing is taken then
  void release(uint64_t amount);
  void set_capacity(uint64_t capacity);

  uint64_t in_use() const { return in_use_; }
  uint64_t peak() const { return peak_; }
  uint64_t capacity() const { return capacity_; }

 private:
  bool fits(uint64_t amount) const { return in_use_ == 0 || in_use_ + amount <= capacity_; }
  void take(uint64_t amount);

  uint64_t capacity_;
  uint64_t in_use_ = 0;
  uint64_t peak_ = 0;
  uint64_t next_ticket_ = 0;
  std::list<uint64_t> line_; // tickets of those who wait, in order
  Event changed_;
};

// Credit taken for the life of a scope.
class CreditHold {
 public:
  CreditHold() = default;
  CreditHold(Credit& credit, uint64_t amount)
      : credit_(&credit), amount_(amount) {} // takes over what was acquired
  CreditHold(CreditHold&& other) noexcept { *this = std::move(other); }
  CreditHold& operator=(CreditHold&& other) noexcept {
    std::swap(credit_, other.credit_);
    std::swap(amount_, other.amount_);
    return *this;
  }
  ~CreditHold() { release(); }
  void release() {
    if (credit_ != nullptr) std::exchange(credit_, nullptr)->release(amount_);
  }
  uint64_t amount() const { return credit_ != nullptr ? amount_ : 0; }

 private:
  Credit* credit_ = nullptr;
  uint64_t amount_ = 0;
};

} // namespace circuit
