#include "tests/providers/simulated_body.h"

#include <algorithm>

#include "tests/providers/gzip.h"
#include "tests/providers/transport_errors.h"

namespace circuit::providers {

SimulatedBody::SimulatedBody(Clock& clock, std::shared_ptr<void> hold, const SimResponse& response,
                             std::unique_ptr<BodyPieces> pieces, bool gzipped, BodyLimits limits)
    : clock_(clock),
      hold_(std::move(hold)),
      body_(response.body),
      pieces_(std::move(pieces)),
      delivery_(response.delivery),
      gzipped_(gzipped),
      limits_(std::move(limits)) {
  if (limits_.head) {
    body_ = nullptr;
    pieces_ = nullptr;
  }
}

Task<Result<std::string>> SimulatedBody::read() {
  if (cut_) co_return truncated();
  if (ended_) co_return std::string();
  std::string piece;
  if (pieces_) {
    piece = pieces_->next();
    ended_ = piece.empty();
    if (delivery_.cut_after) { // a cut in a body of unknown length is in its first piece
      piece.resize(std::min<size_t>(piece.size(), *delivery_.cut_after));
      cut_ = true;
    }
    wire_bytes_ += piece.size();
    const Result<void> arrived = co_await travel(piece.size());
    if (!arrived) co_return arrived.error();
  } else {
    ended_ = true;
    Result<std::string> whole = whole_piece();
    const Result<void> arrived = co_await travel(wire_bytes_);
    if (!arrived) co_return arrived.error();
    if (!whole) co_return whole.error();
    piece = std::move(*whole);
  }
  read_bytes_ += piece.size();
  if (read_bytes_ > limits_.max_bytes) co_return body_too_large(limits_.url, limits_.max_bytes);
  if (cut_ && piece.empty()) co_return truncated();
  co_return std::move(piece);
}

Result<std::string> SimulatedBody::whole_piece() {
  if (!body_) return std::string();
  const uint64_t arriving = std::min<uint64_t>(delivery_.cut_after.value_or(body_->size()), body_->size());
  cut_ = arriving < body_->size();
  wire_bytes_ = arriving;
  const std::string_view bytes = std::string_view(*body_).substr(0, arriving);
  if (!gzipped_) return std::string(bytes);
  Gunzipped plain = gunzip(bytes, limits_.max_bytes);
  switch (plain.end) {
    case GunzipEnd::kTooLarge:
      return body_too_large(limits_.url, limits_.max_bytes);
    case GunzipEnd::kInvalid:
      if (limits_.status_counts) break;
      return bad_encoding(limits_.url);
    // A stream without its end, though every byte came, is as broken as one of which they did not.
    case GunzipEnd::kTruncated:
      if (limits_.status_counts && !cut_) break;
      coding_cut_ = !cut_;
      cut_ = !body_->empty();
      break;
    case GunzipEnd::kWhole:
      break;
  }
  return std::move(plain.bytes);
}

Error SimulatedBody::truncated() const {
  return coding_cut_ ? coding_truncated(limits_.url) : body_truncated(limits_.url);
}

Task<Result<void>> SimulatedBody::travel(uint64_t bytes) {
  if (delivery_.bytes_per_second == 0 || bytes == 0) co_return Result<void>();
  const uint64_t rate = delivery_.bytes_per_second;
  const Duration takes(
      static_cast<Duration::rep>(1'000'000.0 * static_cast<double>(bytes) / static_cast<double>(rate)));
  const Duration first_byte(static_cast<Duration::rep>(1'000'000 / rate));
  const SteadyTime arrives = clock_.steady_now() + takes;
  const bool idles = first_byte > limits_.idle_timeout;
  if (!idles && arrives <= limits_.deadline) {
    co_await clock_.sleep_until(arrives);
    co_return Result<void>();
  }
  const SteadyTime patience_ends = clock_.steady_now() + limits_.idle_timeout;
  co_await clock_.sleep_until(idles ? std::min(patience_ends, limits_.deadline) : limits_.deadline);
  co_return timed_out(limits_.url);
}

} // namespace circuit::providers
