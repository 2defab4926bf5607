#include "ingest/sync/delivery.h"

#include <utility>

#include "ingest/runtime/crash_point.h"

namespace circuit::sync {

Delivery::Delivery(boost::asio::any_io_executor executor, Credit& credit, DeliveryLimits limits, Open open,
                   Announce announce)
    : executor_(executor),
      credit_(credit),
      limits_(limits),
      open_(std::move(open)),
      announce_(std::move(announce)),
      gathering_(std::make_shared<DeliverBatch>()),
      in_flight_(executor) {}

Task<void> Delivery::add(OutgoingChange change) {
  const uint64_t bytes = change.wire.size() + 8;
  if (!credit_.try_acquire(bytes)) {
    // What is gathered holds credit too, and only its acknowledgement gives that back.
    co_await send();
    co_await credit_.acquire(bytes);
  }
  gathering_->changes.push_back(std::move(change));
  gathering_->bytes += bytes;
  bytes_ += bytes;
  if (gathering_->changes.size() >= limits_.batch_max_changes ||
      gathering_->bytes >= limits_.batch_max_bytes) {
    co_await send();
  }
}

// Returns when nothing is gathered and nothing is on its way out: what another call took away to send it is
// among those in flight then, and nobody takes it for acknowledged.
Task<void> Delivery::send() {
  const bool idle = gathering_->changes.empty() && sending_.in_use() == 0;
  if (idle) co_return;
  co_await sending_.acquire(1);
  const CreditHold turn(sending_, 1);
  if (gathering_->changes.empty()) co_return; // another has sent it
  co_await open();
  co_await in_flight_.wait_below(limits_.batches_in_flight);
  auto batch = std::exchange(gathering_, std::make_shared<DeliverBatch>());
  try {
    co_await announce_(batch, session_->takes_back());
  } catch (...) {
    put_back(*batch);
    throw;
  }
  CreditHold hold(credit_, batch->bytes);
  in_flight_.spawn(deliver(std::move(batch), std::move(hold)));
}

// In front of what was gathered meanwhile.
void Delivery::put_back(DeliverBatch& batch) {
  auto& changes = gathering_->changes;
  changes.insert(changes.begin(), std::make_move_iterator(batch.changes.begin()),
                 std::make_move_iterator(batch.changes.end()));
  gathering_->bytes += batch.bytes;
}

Task<void> Delivery::open() {
  if (session_) co_return;
  auto opened = co_await open_();
  if (!opened) throw Failure(std::move(opened).error());
  session_ = std::move(*opened);
  takes_back_ = session_->takes_back();
}

Task<Result<circuit::feeds::v1::RawContent>> Delivery::deliver_content(ContentSource& source) {
  {
    co_await sending_.acquire(1);
    const CreditHold turn(sending_, 1);
    co_await open();
  }
  auto delivered = co_await session_->deliver_content(source);
  if (delivered) bytes_ += static_cast<uint64_t>(delivered->size_bytes());
  co_return delivered;
}

Task<void> Delivery::deliver(std::shared_ptr<const DeliverBatch> batch, CreditHold hold) {
  crash_point("delivery.sending");
  auto ack = co_await session_->deliver(batch);
  crash_point("delivery.acknowledged");
  hold.release();
  if (!ack) throw Failure(std::move(ack).error());
  for (const OutgoingChange& change : batch->changes) ++count_of(change);
  for (auto& rejection : ack->rejections) {
    if (rejection.index >= batch->changes.size()) {
      throw Failure(make_error(ErrorClass::kInternal, "SINK_PROTOCOL",
                               "The sink rejected a change that was not in the batch",
                               "Mend the receiver: a rejection's index counts from 0 within its batch."));
    }
    const OutgoingChange& change = batch->changes[rejection.index];
    --count_of(change);
    refused_.push_back({change.kind, change.external_id, std::move(rejection.error)});
  }
}

int64_t& Delivery::count_of(const OutgoingChange& change) {
  return change.kind == circuit::feeds::v1::Change::REMOVE ? delivered_.removals : delivered_.upserts;
}

DeliveredCounts Delivery::take_delivered(bool committed) {
  if (takes_back_ && !committed) return {};
  return std::exchange(delivered_, {});
}

Task<std::vector<RefusedChange>> Delivery::settle() {
  co_await send();
  co_await in_flight_.join();
  co_return std::exchange(refused_, {});
}

Task<void> Delivery::abandon() {
  in_flight_.cancel();
  try {
    co_await in_flight_.join();
  } catch (const std::exception&) { // the run ends with an error of its own already
  }
  credit_.release(gathering_->bytes);
  gathering_ = std::make_shared<DeliverBatch>();
  session_.reset();
}

} // namespace circuit::sync
