// What a stream sends: batches and originals in turn, within one credit.

#include <algorithm>
#include <utility>

#include "ingest/runtime/system_loop.h"
#include "sinks/grpc_stream.h"
#include "sinks/receiver_errors.h"

namespace circuit::sinks {

Result<void> GrpcStream::accepts_content() {
  const std::lock_guard lock(mutex_);
  if (!accepts_content_) return content_unsupported(address_);
  return {};
}

ContentNumber GrpcStream::begin_content(std::string feed) {
  const std::lock_guard lock(mutex_);
  return contents_.begin(std::move(feed));
}

void GrpcStream::give_content(ContentNumber content, ContentPiece piece, ContentOutcome outcome) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return outcome->set(shut_down(address_));
    const SteadyTime now = machine_steady_now();
    contents_.give(content, std::move(piece), std::move(outcome), now);
    if (contents_.has_next()) want_stream(now, deferred);
    if (!timer_at_) arm_timer(now);
  }
  carry_out(std::move(deferred));
  pump();
}

void GrpcStream::end_content(ContentNumber content) {
  Deferred deferred;
  {
    const std::lock_guard lock(mutex_);
    contents_.end(content);
    settle_close(deferred);
  }
  carry_out(std::move(deferred));
  pump(); // what is aborted is said
}

// With the lock held. Batches and originals take turns. Who waits for credit is not overtaken: what is out
// comes back, and then it fits.
GrpcStream::Message GrpcStream::take_next(SteadyTime now) {
  if (auto aborted = contents_.take_abort()) return {{}, std::move(aborted)};
  const bool has_part = window_.has_next(now);
  const bool takes_content = contents_.has_next() && (content_turn_ || !has_part);
  Message next;
  if (takes_content) {
    const uint64_t in_use = window_.sent_bytes() + contents_.outstanding_bytes();
    const uint64_t credit = window_.credit_bytes();
    const bool alone = in_use == 0 && credit > 0; // then a piece may be larger than the credit
    if (credit > 0)
      next.content = contents_.take_next(alone ? UINT64_MAX : credit - std::min(credit, in_use), now);
  } else if (has_part) {
    next.part = window_.take_next(now, contents_.outstanding_bytes());
  }
  if (next.content || next.part) content_turn_ = !takes_content;
  return next;
}

void GrpcStream::pump() {
  std::shared_ptr<GrpcCall> call;
  Message next;
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::kReady || writing_ || !call_) return;
    next = take_next(machine_steady_now());
    if (!next.part && !next.content) return;
    writing_ = true;
    call = call_;
  }
  if (next.part) {
    const auto& part = *next.part->part;
    return call->write(encode_part(*part.batch, part.part, part.feed, next.part->batch_id));
  }
  const auto& content = *next.content;
  if (!content.piece) return call->write(encode_aborted(content.content_id, content.feed));
  const ContentPiece& piece = *content.piece;
  call->write(encode_content(content.content_id, content.feed, content.offset, piece.data,
                             piece.finished ? &*piece.finished : nullptr));
}

} // namespace circuit::sinks
