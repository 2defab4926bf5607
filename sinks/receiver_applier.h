#pragma once
// Applies batches of all streams on one thread: what waits at the same time shares one fsync.
//
// apply() from any thread; `done` is called on the applier's thread, after the batch is durable or has
// failed.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "circuit/feeds/v1/sink.pb.h"
#include "sinks/receiver.h"
#include "sinks/receiver_log.h"
#include "sinks/serial_thread.h"

namespace circuit::sinks {

class ReceiverApplier {
 public:
  using Done = std::function<void(circuit::feeds::v1::Ack)>;

  ReceiverApplier(std::unique_ptr<ReceiverLog> log, ReceiverFaults faults)
      : log_(std::move(log)), faults_(faults) {}

  void apply(circuit::feeds::v1::Batch batch, Done done);
  // Changes the counters under their lock.
  void count(const std::function<void(ReceiverStats&)>& change);
  ReceiverStats stats() const;

 private:
  struct Job {
    circuit::feeds::v1::Batch batch;
    Done done;
  };
  void apply_waiting();
  circuit::feeds::v1::Ack apply_one(const Job& job);
  bool refuse(const Job& job, circuit::feeds::v1::Ack& ack);

  const std::unique_ptr<ReceiverLog> log_;
  const ReceiverFaults faults_;
  int64_t batches_seen_ = 0;
  std::map<std::string, int64_t>
      refused_; // feeds that must begin again at this batch, for faults_.refuse_every

  mutable std::mutex mutex_;
  std::deque<Job> waiting_;
  ReceiverStats stats_;
  SerialThread thread_; // last: ends before what it works on
};

} // namespace circuit::sinks
