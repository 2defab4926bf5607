#pragma once
// What a gRPC sink has accepted and the receiver has not acknowledged: in which order it is sent, within
// which credit, what is sent again, and when patience ends. All decisions and no I/O, so that tests can drive
// it by hand.
//
// Rules:
// - Parts are sent in the order of their ids, within the credit; one larger than the credit when nothing else
// is out.
// - A lost stream makes every part unsent again, with its id.
// - A part that the receiver refuses for now waits for a backoff; later parts of its feed wait behind it.
// - A part that fails takes the rest of its session with it: nothing of a feed may arrive after a gap.
// - What a forgotten or failed session has on the wire keeps its credit until it is acknowledged or the
// stream is lost.
//
// Not thread-safe; the stream locks. Outcomes are set from within: that only posts to the waiter's loop.

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "circuit/feeds/v1/sink.pb.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/random.h"
#include "ingest/sync/sink.h"
#include "sinks/backoff.h"
#include "sinks/batch_wire.h"
#include "sinks/completion.h"

namespace circuit::sinks {

using SessionNumber = uint64_t;
using PartOutcome = std::shared_ptr<Completion<Result<sync::DeliverAck>>>;

// A part of a batch on its way. Shared with the thread that writes it.
struct PartInFlight {
  SessionNumber session = 0;
  std::string feed;
  std::shared_ptr<const sync::DeliverBatch> batch;
  BatchPart part;
  PartOutcome outcome;
};

class DeliveryWindow {
 public:
  struct Limits {
    Duration batch_deadline = std::chrono::minutes(5);
    BackoffLimits backoff;
  };
  struct ToSend {
    int64_t batch_id;
    std::shared_ptr<const PartInFlight> part;
    bool more; // another part could follow at once
  };

  DeliveryWindow(std::string address, Limits limits, Random* random)
      : address_(std::move(address)), limits_(limits), random_(random) {}

  // Parts of one session in the order of the calls. A session that failed before fails this too.
  void add(PartInFlight part, SteadyTime now);
  // Nobody waits for this session any more.
  void forget(SessionNumber session);

  void grant(int64_t credit_bytes) { credit_bytes_ = credit_bytes; }
  // Whether there is a part that may be sent now, but for the credit.
  bool has_next(SteadyTime now) const { return next_unsent(now) != unsent_.end(); }
  // The next part that may be sent now, taken as sent. `elsewhere`: what else of the credit is in use.
  std::optional<ToSend> take_next(SteadyTime now, uint64_t elsewhere = 0);
  void acknowledge(const circuit::feeds::v1::Ack& ack, SteadyTime now);
  // All that was sent and not acknowledged is to be sent again. The credit is gone until the next grant.
  void stream_lost();

  // Fails what has waited too long. True if some of it was sent: the stream is then stuck and worth
  // replacing.
  bool expire(SteadyTime now);
  void fail_all(const Error& error);
  // The receiver said that a message is too large: that can only be the largest part on the wire.
  void fail_largest_sent(const Error& error);

  // The next time that expire() or take_next() may have something to do.
  std::optional<SteadyTime> due(SteadyTime now) const;
  bool empty() const { return waiting_.empty(); }
  uint64_t sent_bytes() const { return sent_bytes_; }
  uint64_t credit_bytes() const { return credit_bytes_ > 0 ? static_cast<uint64_t>(credit_bytes_) : 0; }
  void note_progress(SteadyTime now) { last_progress_ = now; } // of what shares the credit

 private:
  struct Waiting {
    std::shared_ptr<const PartInFlight> part;
    SteadyTime added;
    std::optional<SteadyTime> sent;
    std::optional<SteadyTime> not_before; // refused for now
    std::optional<SteadyTime> first_refusal;
    int refusals = 0;
  };
  using Entry = std::map<int64_t, Waiting>::iterator;

  SteadyTime deadline(const Waiting& waiting) const;
  std::set<int64_t>::const_iterator next_unsent(SteadyTime now) const;
  bool blocked(int64_t batch_id, const Waiting& waiting, SteadyTime now) const;
  void refuse(Entry entry, const circuit::feeds::v1::SyncError& error, SteadyTime now);
  void fail_session(SessionNumber session, const Error& error);
  Entry erase(Entry entry);

  const std::string address_;
  const Limits limits_;
  Random* const random_;

  std::map<int64_t, Waiting> waiting_; // by batch id, which is the order
  std::set<int64_t> unsent_;
  std::map<std::string, std::set<int64_t>> refused_; // by feed
  std::unordered_map<int64_t, size_t> sent_;         // on this stream, with the credit that it holds
  uint64_t sent_bytes_ = 0;
  int64_t credit_bytes_ = 0;
  int64_t next_batch_id_ = 1;
  SteadyTime last_progress_{};
  std::map<SessionNumber, Error> failed_;
};

} // namespace circuit::sinks
