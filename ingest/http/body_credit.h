#pragma once
// Memory for response bodies, all syncs together, counted from their first byte until they are worked up.
//
// A body counts kTimes its size, which is what it and what is made of it (tree, documents) take in the end.
// It pays that while it arrives, block by block, so that one that is complete needs nothing more: nobody has
// to wait with a whole body in hand. What a transport holds of a body is a BodyClaim, which the sync makes
// and keeps: handing the body over changes no account.
//
// Who waits for what, and why not for ever:
//
//   before a request   in line, first come, first served, without an end, and with nothing of this request in
//                      hand: no place in a throttle's lane, no connection. What the sync has gathered has
//                      left for its sink before (Delivery::flush), since others may need the credit that it
//                      holds
//   while it arrives   with the transfer paused, before all those that have nothing yet (what arrives gives
//                      back in the end), for kPatience at most. Then the transfer is given up
//                      (BODY_CREDIT_SPENT): it lets go of its lane, its connection and its credit, and is
//                      sent again when the line has given the sync the length that was announced, or twice
//                      what had come. On a connection that others share (HTTP/2) it is given up at once:
//                      libcurl holds up all of them while one is paused
//   with other bodies  a sync that reads several side by side needs all of them before it can deliver any. Of
//                      the syncs that hold a body and wait for another, the oldest is exempt: it takes what
//                      it needs beyond the capacity, and nobody else does before that has come back
//
// So whoever waits without an end holds no credit, or waits for one sync that does not wait here; and whoever
// holds credit and does not wait here waits for a server, a sink, the store, a timer, or a lane or connection
// that a paused transfer has for kPatience at most. A body that is larger than the whole is let through when
// no other sync holds anything.
//
// In use is therefore at most the capacity, or what one sync needs alone, whichever is more; and besides,
// while a sync is exempt, what that one reads side by side (its feed bounds it: engine.body_credit in
// docs/configuration.md).
//
// All of it belongs to one loop.

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "ingest/runtime/clock.h"
#include "ingest/runtime/error.h"
#include "ingest/runtime/pending.h"
#include "ingest/runtime/task.h"

namespace circuit::http {

class BodyClaim;
class BodyPayer;

class BodyCredit {
 public:
  static constexpr uint64_t kTimes = 4;
  // A transfer that is paused holds its place in a lane and its connection. Short of every server's own
  // patience.
  static constexpr Duration kPatience = std::chrono::seconds(5);

  BodyCredit(Clock& clock, uint64_t capacity);
  // Destroys whoever waits.
  ~BodyCredit();
  BodyCredit(const BodyCredit&) = delete;
  BodyCredit& operator=(const BodyCredit&) = delete;

  uint64_t in_use() const { return in_use_; }
  uint64_t peak() const { return peak_; }
  uint64_t capacity() const { return capacity_; }
  size_t waiting() const { return line_.size(); }
  // What is taken at a time, in bytes of the body: what libcurl hands over at once, and less where that would
  // be a large part of the whole.
  uint64_t block() const { return block_; }

 private:
  friend class BodyClaim;
  friend class BodyPayer;

  struct Waiter {
    BodyClaim* claim;
    uint64_t amount;
    std::unique_ptr<PendingWait> wait{};
  };
  using Line = std::list<Waiter>;

  bool may_take(const BodyPayer& payer, uint64_t amount) const;
  void take(BodyClaim& claim, uint64_t amount);
  void give_back(BodyClaim& claim, uint64_t amount);
  // Adds the claim to the line, and returns when it has got `amount`.
  Task<void> wait_in_line(BodyClaim* claim, uint64_t amount);
  std::unique_ptr<PendingWait> leave(const BodyClaim* claim);
  const BodyPayer* oldest_that_holds_and_waits() const;
  void serve();
  Line::iterator grant(Line::iterator waiter);

  Clock& clock_;
  const uint64_t capacity_;
  const uint64_t block_;
  uint64_t in_use_ = 0;
  uint64_t peak_ = 0;
  uint64_t payers_ = 0; // that there ever were
  Line line_;
  const BodyPayer* exempt_ = nullptr;
  bool closing_ = false;
};

// A sync. The older of two is the one that was made first. Outlives its claims.
class BodyPayer {
 public:
  explicit BodyPayer(BodyCredit& credit) : credit_(credit), age_(credit.payers_++) {}
  BodyPayer(const BodyPayer&) = delete;
  BodyPayer& operator=(const BodyPayer&) = delete;

 private:
  friend class BodyCredit;
  friend class BodyClaim;

  BodyCredit& credit_;
  const uint64_t age_;
  uint64_t held_ = 0;
};

// What is held for one body. Given back when it goes; whoever still waits for it is destroyed.
class BodyClaim {
 public:
  explicit BodyClaim(BodyPayer& payer) : payer_(payer) {}
  ~BodyClaim();
  BodyClaim(const BodyClaim&) = delete;
  BodyClaim& operator=(const BodyClaim&) = delete;

  // Before a request: room for `bytes` of its body, a block at least; whether it was there at once.
  bool reserve_now(uint64_t bytes);
  // The same, in line. Cancellable.
  Task<void> reserve(uint64_t bytes);

  // For transports, before they keep what makes it `bytes` of the body in all; whether that is paid for. If
  // it is not, keep nothing and cover().
  bool cover_now(uint64_t bytes) { return bytes <= covered_ || extend(bytes); }
  // How many bytes of the body are paid for: who makes them by decoding need not make more than that.
  uint64_t covered() const { return covered_; }
  // Waits for it, kPatience at most; false: give the transfer up with body_credit_spent(). Cancellable.
  Task<bool> cover(uint64_t bytes);
  // The length that was announced (of what is compressed, the least that comes), so that a transfer that is
  // given up waits for the whole.
  void expect(uint64_t bytes) { expected_ = bytes; }

  // The body is here and has so many bytes: what was held beyond that is given back. What a transport that
  // does not count has left unpaid is taken, and never waits.
  void settle(uint64_t bytes);
  // How much to reserve after BODY_CREDIT_SPENT.
  uint64_t needed() const;
  bool holds() const { return held_ > 0; }
  void release();

 private:
  friend class BodyCredit;

  bool extend(uint64_t bytes);
  uint64_t missing(uint64_t bytes) const;

  BodyPayer& payer_;
  uint64_t held_ = 0;
  uint64_t covered_ = 0; // bytes of the body that `held_` pays for
  uint64_t refused_ = 0; // the most that was asked for and not there
  uint64_t expected_ = 0;
};

// EXHAUSTED. Between a transport and the sync, which sends the request again; nobody else sees it.
extern const char* const kBodyCreditSpent;
Error body_credit_spent();

} // namespace circuit::http
