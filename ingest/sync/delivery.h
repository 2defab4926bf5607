#pragma once
// From changes to acknowledged batches: gathers changes, pays for them with byte credit, keeps a few batches
// in flight, and knows when all of them have been acknowledged. Used by one run.
//
// Everything throws Failure once the sink has failed, and lets cancellation pass.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ingest/runtime/event.h"
#include "ingest/runtime/task_group.h"
#include "ingest/sync/failure.h"
#include "ingest/sync/sink.h"

namespace circuit::sync {

struct DeliveryLimits {
  uint64_t batch_max_changes;
  uint64_t batch_max_bytes;
  uint64_t batches_in_flight;
};

// A change that the sink will never take.
struct RefusedChange {
  circuit::feeds::v1::Change::Kind kind;
  std::string external_id;
  Error error;
};

// Changes that the sink has and will keep, the refused ones not among them.
struct DeliveredCounts {
  int64_t upserts = 0;
  int64_t removals = 0;
};

class Delivery {
 public:
  // `open` is called before the first batch, and not at all when there is none.
  using Open = std::function<Task<Result<std::unique_ptr<SinkSession>>>()>;
  // Called before each batch leaves, which waits for it; `takes_back` is the session's. Throws Failure to
  // stop the sync, and lets cancellation pass: the batch leaves with a later call then.
  using Announce = std::function<Task<void>(std::shared_ptr<const DeliverBatch> batch, bool takes_back)>;

  Delivery(boost::asio::any_io_executor executor, Credit& credit, DeliveryLimits limits, Open open,
           Announce announce);

  // Takes the change over; suspends while the credit is spent.
  Task<void> add(OutgoingChange change);
  // Hands an original to the sink, and returns when it is there. One at a time.
  Task<Result<circuit::feeds::v1::RawContent>> deliver_content(ContentSource& source);
  // Sends what is gathered, without waiting for its acknowledgement: before a wait in which others may want
  // its credit. Also while another call of this object is under way.
  Task<void> flush() { return send(); }
  // Sends what is gathered and waits until everything is acknowledged. What was refused since the last time.
  Task<std::vector<RefusedChange>> settle();
  // Waits for what is in flight, whatever becomes of it. Call before this goes.
  Task<void> abandon();

  // What was acknowledged since the last call. Of a session that takes back what was not committed, nothing
  // before `committed`.
  DeliveredCounts take_delivered(bool committed);
  // Whether the session would take back what was acknowledged, if it were not committed.
  bool awaits_commit() const { return takes_back_ && (delivered_.upserts != 0 || delivered_.removals != 0); }

  // Whether nothing was sent so far, and nothing is to be: there is nothing to settle and nothing to abandon.
  bool is_unused() const {
    return !session_ && gathering_->changes.empty() && sending_.in_use() == 0 && in_flight_.running() == 0;
  }

  // The session, once something was sent.
  SinkSession* session() { return session_.get(); }
  uint64_t bytes() const { return bytes_; }

 private:
  Task<void> open();
  Task<void> send();
  void put_back(DeliverBatch& batch);
  Task<void> deliver(std::shared_ptr<const DeliverBatch> batch, CreditHold hold);
  int64_t& count_of(const OutgoingChange& change);

  boost::asio::any_io_executor executor_;
  Credit& credit_;
  DeliveryLimits limits_;
  Open open_;
  Announce announce_;
  std::unique_ptr<SinkSession> session_;
  std::shared_ptr<DeliverBatch> gathering_;
  std::vector<RefusedChange> refused_;
  DeliveredCounts delivered_;
  bool takes_back_ = false; // the session's word, which outlives it
  uint64_t bytes_ = 0;
  Credit sending_{1};   // one send at a time: batches leave in order, and one session is opened
  TaskGroup in_flight_; // last: its tasks use the rest
};

} // namespace circuit::sync
