#include "sinks/receiver_stream.h"

#include <algorithm>
#include <utility>

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

ReceiverStream* ReceiverStream::start(ReceiverApplier& applier, const ReceiverOptions& options) {
  std::shared_ptr<ReceiverStream> stream(new ReceiverStream(applier, options));
  stream->self_ = stream;
  applier.count([](ReceiverStats& stats) { ++stats.streams; });
  v1::DeliverResponse grant;
  grant.mutable_grant()->set_credit_bytes(options.credit_bytes);
  stream->send(std::move(grant));
  stream->StartRead(&stream->request_);
  return stream.get();
}

void ReceiverStream::OnReadDone(bool ok) {
  if (!ok) { // the worker has finished, or is gone
    bool idle = false;
    {
      const std::lock_guard lock(mutex_);
      reading_ended_ = true;
      idle = outstanding_batches_ == 0 || options_.faults.stall;
    }
    if (idle) end(grpc::Status::OK);
    return;
  }
  if (request_.has_batch()) take(std::move(*request_.mutable_batch()));
  request_.Clear();
  StartRead(&request_);
}

void ReceiverStream::take(v1::Batch batch) {
  const auto bytes = static_cast<int64_t>(batch.ByteSizeLong());
  int64_t outstanding = 0;
  bool violation = false;
  {
    const std::lock_guard lock(mutex_);
    outstanding_bytes_ += bytes;
    outstanding = outstanding_bytes_;
    // A single batch may be larger than the credit.
    violation = ++outstanding_batches_ > 1 && outstanding_bytes_ > options_.credit_bytes;
  }
  applier_.count([&](ReceiverStats& stats) {
    ++stats.batches;
    stats.outstanding_bytes_max = std::max(stats.outstanding_bytes_max, outstanding);
    if (violation) ++stats.credit_violations;
  });
  if (violation)
    return end({grpc::StatusCode::INVALID_ARGUMENT, "more was sent than the credit that was granted"});
  if (options_.faults.stall) return;
  applier_.apply(std::move(batch),
                 [self = self_, bytes](v1::Ack ack) { self->acknowledge(std::move(ack), bytes); });
}

void ReceiverStream::acknowledge(v1::Ack ack, int64_t bytes) {
  bool cut = false;
  bool last = false;
  {
    const std::lock_guard lock(mutex_);
    outstanding_bytes_ -= bytes;
    --outstanding_batches_;
    const int64_t limit = options_.faults.disconnect_after_batches;
    cut = ++batches_ == limit;
    last = reading_ended_ && outstanding_batches_ == 0;
  }
  if (cut) return end({grpc::StatusCode::UNAVAILABLE, "the receiver was told to disconnect here"});
  v1::DeliverResponse response;
  *response.mutable_ack() = std::move(ack);
  send(std::move(response));
  if (last) end(grpc::Status::OK);
}

void ReceiverStream::send(v1::DeliverResponse response) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    responses_.push_back(std::move(response));
    if (std::exchange(writing_, true)) return;
  }
  write_next();
}

void ReceiverStream::write_next() { StartWrite(&responses_.front()); }

void ReceiverStream::OnWriteDone(bool ok) {
  bool finish = false;
  {
    const std::lock_guard lock(mutex_);
    responses_.pop_front();
    if (!ok) responses_.clear(); // the worker is gone; the read ends as well
    // An orderly end lets the acknowledgements out first.
    const bool drained = responses_.empty() || !final_status_.ok();
    finish = ended_ && drained;
    writing_ = !finish && !responses_.empty();
    if (!finish && !writing_) return;
  }
  if (finish) return Finish(final_status_);
  write_next();
}

void ReceiverStream::end(grpc::Status status) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
    final_status_ = std::move(status);
    if (writing_) return; // OnWriteDone finishes
  }
  Finish(final_status_);
}

} // namespace circuit::sinks
