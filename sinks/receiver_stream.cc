#include "sinks/receiver_stream.h"

#include <algorithm>
#include <utility>

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

ReceiverStream* ReceiverStream::start(ReceiverApplier& applier, ReceiverContent& content,
                                      const ReceiverOptions& options) {
  std::shared_ptr<ReceiverStream> stream(new ReceiverStream(applier, content, options));
  stream->self_ = stream;
  applier.count([](ReceiverStats& stats) { ++stats.streams; });
  v1::DeliverResponse grant;
  grant.mutable_grant()->set_credit_bytes(options.credit_bytes);
  grant.mutable_grant()->set_accepts_content(options.accepts_content);
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
      idle = is_idle() || options_.faults.stall;
    }
    if (idle) end(grpc::Status::OK);
    return;
  }
  if (request_.has_batch()) take(std::move(*request_.mutable_batch()));
  if (request_.has_content()) take(std::move(*request_.mutable_content()));
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
    last = reading_ended_ && is_idle();
  }
  if (cut) return end({grpc::StatusCode::UNAVAILABLE, "the receiver was told to disconnect here"});
  v1::DeliverResponse response;
  *response.mutable_ack() = std::move(ack);
  send(std::move(response));
  if (last) end(grpc::Status::OK);
}

// Nothing is left that is to be answered; with the lock held.
bool ReceiverStream::is_idle() const {
  return outstanding_batches_ == 0 && std::none_of(originals_.begin(), originals_.end(),
                                                   [](const auto& of) { return of.second.all_came; });
}

// Whether the piece is of interest.
bool ReceiverStream::count_piece(const v1::ContentChunk& piece, int64_t& outstanding, bool& violation) {
  const auto bytes = static_cast<int64_t>(piece.data().size());
  const std::lock_guard lock(mutex_);
  if (piece.aborted()) {
    const auto known = originals_.find(piece.content_id());
    if (known == originals_.end()) return false;
    outstanding_bytes_ -= known->second.received - known->second.consumed;
    originals_.erase(known);
    return true;
  }
  if (piece.offset() != 0 && !originals_.contains(piece.content_id()))
    return false; // was on its way when refused
  Original& original = originals_[piece.content_id()];
  original.received += bytes;
  original.all_came = piece.has_finished();
  // One piece may be larger than the credit.
  violation = outstanding_bytes_ > 0 && outstanding_bytes_ + bytes > options_.credit_bytes;
  outstanding = outstanding_bytes_ += bytes;
  ++pieces_;
  return true;
}

void ReceiverStream::take(v1::ContentChunk piece) {
  bool violation = false;
  int64_t outstanding = 0;
  if (!count_piece(piece, outstanding, violation)) return;
  applier_.count([&](ReceiverStats& stats) {
    stats.pieces += piece.aborted() ? 0 : 1;
    stats.outstanding_bytes_max = std::max(stats.outstanding_bytes_max, outstanding);
    if (violation) ++stats.credit_violations;
  });
  if (violation) {
    return end({grpc::StatusCode::INVALID_ARGUMENT, "more was sent than the credit that was granted"});
  }
  if (options_.faults.stall) return;
  const bool cut = pieces_ == options_.faults.disconnect_after_pieces;
  if (cut) return end({grpc::StatusCode::UNAVAILABLE, "the receiver was told to disconnect here"});
  content_.take(number_, std::move(piece),
                [self = self_](v1::DeliverResponse response) { self->answer(std::move(response)); });
}

void ReceiverStream::answer(v1::DeliverResponse response) {
  bool last = false;
  bool is_durable = false;
  {
    const std::lock_guard lock(mutex_);
    const bool ends = response.has_content_ack();
    const auto known = originals_.find(ends ? response.content_ack().content_id()
                                            : response.content_progress().content_id());
    if (known == originals_.end()) return; // aborted meanwhile
    Original& original = known->second;
    const int64_t consumed = ends ? original.received : response.content_progress().offset();
    outstanding_bytes_ -= consumed - original.consumed;
    original.consumed = consumed;
    is_durable = ends && !response.content_ack().has_error();
    if (ends) originals_.erase(known);
  }
  if (is_durable) applier_.count([](ReceiverStats& stats) { ++stats.originals; });
  const bool ends = response.has_content_ack();
  send(std::move(response));
  if (!ends) return;
  {
    const std::lock_guard lock(mutex_);
    last = reading_ended_ && is_idle();
  }
  if (last) end(grpc::Status::OK);
}

void ReceiverStream::OnDone() {
  content_.drop(number_);
  self_.reset();
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
