#pragma once
// The RPCs that a server has open: where gRPC's threads and the loop meet. A call is posted to the loop, runs
// there as a coroutine that its client can cancel, and is finished from there, exactly once.

#include <grpcpp/support/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <boost/asio/cancellation_signal.hpp>

#include "ingest/runtime/event.h"
#include "ingest/runtime/loop.h"
#include "ingest/runtime/result.h"

namespace circuit::api {

class Calls : public std::enable_shared_from_this<Calls> {
 public:
  using Id = uint64_t;
  using Work = std::function<Task<grpc::Status>()>;
  using Finish = std::function<void(grpc::Status)>;
  enum class Kind {
    kUnary,
    kStream, // has no end of its own in sight: ended when the server stops
  };

  Calls(Loop& loop, size_t max_open) : loop_(loop), max_open_(max_open) {}

  Loop& loop() { return loop_; }

  // Any thread. Makes and runs `work` on the loop, then calls `finish` with what it returned. Where the call
  // is refused (too many, or stopping), `finish` is called at once with the reason.
  Id open(Kind kind, Work work, Finish finish);
  // Any thread. Nothing happens if the call has ended.
  void cancel(Id id);

  // From here on, on the loop.

  // No new calls; streams end with WORKER_STOPPING.
  void refuse_new();
  void cancel_all();
  // Waits until no call is open; false when `limit` passed first.
  Task<bool> drained(Duration limit);

  // Finishes every call with CANCELLED. Only when the loop will not run again.
  void abandon();

 private:
  struct Entry {
    Entry(Kind k, Work w, Finish f) : kind(k), work(std::move(w)), finish(std::move(f)) {}
    const Kind kind;
    Work work;
    Finish finish;
    boost::asio::cancellation_signal stop;
  };
  using EntryPtr = std::shared_ptr<Entry>;

  void begin(Id id);
  void ended(Id id, std::exception_ptr failure, grpc::Status status);
  grpc::Status status_of(std::exception_ptr failure, Kind kind) const;
  EntryPtr find(Id id) const;
  EntryPtr take(Id id);
  Task<Result<void>> until_empty();

  Loop& loop_;
  const size_t max_open_;
  Event changed_; // on the loop

  // Guards the rest; refusing_ is written on the loop, which reads it without.
  mutable std::mutex mutex_;
  std::unordered_map<Id, EntryPtr> open_;
  Id next_id_ = 1;
  bool refusing_ = false;
};

} // namespace circuit::api
