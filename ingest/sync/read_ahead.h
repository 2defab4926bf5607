#pragma once
// Read-ahead: what a feed delivers next is read while it delivers. Reads begin in the order in which they are
// added, several side by side, and their items are handed over in that order, or as they are ready. On the
// loop of its Api.
//
//   TaskGroup readers(executor);
//   ReadAhead<Page> pages(pull, readers, limits);
//   co_await run_beside(readers, deliver_all(pages)); // stops what is under way when that ends
//
// A read fetches, parses, and does nothing else of the Pull: the other calls come one after another, from
// whoever delivers. So a checkpoint knows nothing of what was read ahead, and must not: move the cursor when
// an item is delivered, and not when it is read.
//
// Errors: what a read throws is thrown by next() in its turn, when all before it is handed over; after it no
// further read begins, and next() throws it again. Errors that are part of the item are the feed's.
//
// Memory: bounded by the limits, and counted. The bodies that a read fetches hold their credit
// (http/body_credit.h) until the item that was made of them is delivered, which the next call of next() says.
//
// Why nobody waits for ever:
//
//   a read waits      for an answer, for the provider's patience, or in the line for body credit. While it
//                     waits for one of the latter two, what the feed gathers beside it leaves for the sink
//                     all the same (fetch.cc): it holds no delivery credit that its sync does not also give
//                     back
//   the feed waits    in next() for a read that has begun: reads begin in order, and the first that is not
//                     handed over is never kept back by the limits; or in a delivery for delivery credit,
//                     which comes back when sinks take what is on its way, and needs no body credit
//   body credit       that items hold while a read of the same sync waits for more is the case of "with
//                     other bodies" in body_credit.h: the oldest such sync goes beyond the capacity, by no
//                     more than its limits here

#include <algorithm>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <list>
#include <optional>
#include <utility>

#include "ingest/runtime/event.h"
#include "ingest/runtime/task_group.h"
#include "ingest/sync/held_bodies.h"
#include "ingest/sync/pull.h"

namespace circuit::sync {

struct ReadAheadLimits {
  size_t at_once = 1; // reads under way
  size_t held = 1;    // under way, or ready and not handed over
  // What these hold, and the item that was handed over last; a larger one is read when nothing else is.
  uint64_t held_bytes = std::numeric_limits<uint64_t>::max();
};

enum class HandOver { kInOrder, kAsReady };

template <class Item>
class ReadAhead {
 public:
  // A coroutine of what it is given by value: `api` is its own, and there as long as it runs.
  using Read = std::function<Task<Item>(Api& api)>;

  // The group's tasks have to have ended before this goes.
  ReadAhead(Api& api, TaskGroup& readers, ReadAheadLimits limits = {}, HandOver order = HandOver::kInOrder)
      : api_(api), readers_(readers), limits_(limits), order_(order) {}

  // Begins when the limits let it. `bytes`: what the item will take in memory, as far as is known.
  void add(uint64_t bytes, Read read) {
    const auto added = reads_.emplace(reads_.end(), api_, bytes, std::move(read));
    if (to_begin_ == reads_.end()) to_begin_ = added;
    begin_reads();
  }

  // Added and not handed over.
  size_t left() const { return reads_.size(); }

  // The next item; there has to be one left. Whoever calls is done with the one before.
  Task<Item> next() {
    if (failure_) std::rethrow_exception(failure_);
    if (!delivered_.empty()) held_bytes_ -= delivered_.front().bytes;
    delivered_.clear();
    begin_reads();
    while (!is_next_ready()) co_await changed_.wait();
    const auto entry = order_ == HandOver::kInOrder ? reads_.begin() : ready_.front();
    if (order_ == HandOver::kAsReady) ready_.pop_front();
    --held_;
    delivered_.splice(delivered_.begin(), reads_, entry);
    begin_reads();
    failure_ = entry->error;
    if (failure_) std::rethrow_exception(failure_);
    co_return *std::move(entry->item);
  }

 private:
  struct Entry {
    Entry(Api& api, uint64_t size, Read how) : bytes(size), read(std::move(how)), bodies(api) {}
    uint64_t bytes;
    Read read;
    HeldBodies bodies;
    std::optional<Item> item{};
    std::exception_ptr error{};
    bool has_ended = false;
  };
  using Entries = std::list<Entry>;

  bool is_next_ready() const {
    return order_ == HandOver::kInOrder ? reads_.front().has_ended : !ready_.empty();
  }

  bool may_begin(uint64_t bytes) const {
    if (failed_ || under_way_ >= limits_.at_once || held_ >= limits_.held) return false;
    return held_bytes_ == 0 || bytes <= limits_.held_bytes - std::min(held_bytes_, limits_.held_bytes);
  }

  void begin_reads() {
    while (to_begin_ != reads_.end() && may_begin(to_begin_->bytes)) {
      const auto entry = to_begin_++;
      ++under_way_;
      ++held_;
      held_bytes_ += entry->bytes;
      readers_.spawn(run(entry));
    }
  }

  Task<void> run(typename Entries::iterator entry) {
    try {
      auto reading = entry->read(entry->bodies);
      entry->item.emplace(co_await std::move(reading));
    } catch (...) { // thrown by next(): nobody would wait for an item that does not come
      entry->error = std::current_exception();
      failed_ = true;
    }
    entry->has_ended = true;
    --under_way_;
    if (order_ == HandOver::kAsReady) ready_.push_back(entry);
    begin_reads();
    changed_.notify_all();
  }

  Api& api_;
  TaskGroup& readers_;
  const ReadAheadLimits limits_;
  const HandOver order_;
  Entries reads_;
  typename Entries::iterator to_begin_ = reads_.end(); // those before it have begun
  Entries delivered_;                                  // the one that was handed over last
  std::deque<typename Entries::iterator> ready_;       // kAsReady alone
  size_t under_way_ = 0, held_ = 0;
  uint64_t held_bytes_ = 0;
  bool failed_ = false;
  std::exception_ptr failure_; // that was thrown
  Event changed_;
};

} // namespace circuit::sync
