#include "sinks/content_window.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sinks/receiver_errors.h"

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

namespace {

Error interrupted(const std::string& address, const std::string& feed) {
  return make_error(ErrorClass::kTransient, "CONTENT_INTERRUPTED",
                    "the stream to the receiver at " + address + " broke while an original of " + feed +
                        " was on its way",
                    "Sync again: the original is fetched and sent from its start")
      .with("address", address);
}

} // namespace

ContentNumber ContentWindow::begin(std::string feed) {
  contents_[next_number_].feed = std::move(feed);
  return next_number_++;
}

void ContentWindow::give(ContentNumber number, ContentPiece piece, ContentOutcome outcome, SteadyTime now) {
  Content& content = contents_.at(number);
  if (content.failure) return outcome->set(*content.failure);
  content.piece = std::make_shared<const ContentPiece>(std::move(piece));
  content.outcome = std::move(outcome);
  content.is_sent = false;
  content.moved = now;
  ready_.push_back(number);
}

void ContentWindow::end(ContentNumber number) {
  const auto entry = contents_.find(number);
  if (entry == contents_.end()) return;
  Content& content = entry->second;
  if (content.id != 0) aborted_.push_back({content.id, content.feed, content.sent, nullptr});
  forget_sent(content);
  std::erase(ready_, number);
  contents_.erase(entry);
}

std::optional<ContentWindow::ToSend> ContentWindow::take_abort() {
  if (aborted_.empty()) return std::nullopt;
  ToSend next = std::move(aborted_.front());
  aborted_.pop_front();
  return next;
}

std::optional<ContentWindow::ToSend> ContentWindow::take_next(uint64_t room, SteadyTime now) {
  if (ready_.empty()) return std::nullopt;
  const ContentNumber number = ready_.front();
  Content& content = contents_.at(number);
  const uint64_t bytes = content.piece->data.size();
  if (bytes > room) return std::nullopt;
  ready_.pop_front();
  if (content.id == 0) {
    content.id = next_id_++;
    by_id_.emplace(content.id, number);
  }
  ToSend next{content.id, content.feed, content.sent, content.piece};
  content.sent += static_cast<int64_t>(bytes);
  content.is_sent = true;
  content.moved = now;
  outstanding_bytes_ += bytes;
  if (!content.piece->finished) { // its source may be read on
    content.piece.reset();
    std::exchange(content.outcome, nullptr)->set({});
  }
  return next;
}

ContentWindow::Entry ContentWindow::find(int64_t content_id) {
  const auto known = by_id_.find(content_id);
  return known == by_id_.end() ? contents_.end() : contents_.find(known->second);
}

void ContentWindow::progress(const v1::ContentProgress& progress, SteadyTime now) {
  last_progress_ = now;
  const auto entry = find(progress.content_id());
  if (entry == contents_.end()) return; // ended meanwhile
  Content& content = entry->second;
  const int64_t consumed = std::clamp(progress.offset(), content.consumed, content.sent);
  outstanding_bytes_ -= static_cast<uint64_t>(consumed - content.consumed);
  content.consumed = consumed;
  content.moved = now;
}

void ContentWindow::acknowledge(const v1::ContentAck& ack, SteadyTime now) {
  last_progress_ = now;
  const auto entry = find(ack.content_id());
  if (entry == contents_.end()) return; // ended, or acknowledged twice
  Content& content = entry->second;
  const bool was_finished = content.piece && content.is_sent && content.piece->finished;
  forget_sent(content);
  if (ack.has_error())
    return fail(entry->first, content, refused_content(address_, content.feed, ack.error()));
  if (!was_finished) return fail(entry->first, content, acknowledged_early(address_, content.feed));
  content.is_durable = true;
  content.piece.reset();
  std::exchange(content.outcome, nullptr)->set({});
}

// The receiver has nothing of it any more, or is told so.
void ContentWindow::forget_sent(Content& content) {
  outstanding_bytes_ -= static_cast<uint64_t>(content.sent - content.consumed);
  if (content.id != 0) by_id_.erase(content.id);
  content.id = 0;
  content.sent = content.consumed = 0;
}

void ContentWindow::stream_lost() {
  aborted_.clear();
  by_id_.clear();
  outstanding_bytes_ = 0;
  for (auto& [number, content] : contents_) {
    if (content.id == 0) continue;
    const bool whole_in_hand =
        content.piece && content.is_sent && content.sent == static_cast<int64_t>(content.piece->data.size());
    content.id = 0;
    content.sent = content.consumed = 0;
    if (whole_in_hand) {
      content.is_sent = false;
      ready_.push_back(number);
    } else {
      fail(number, content, interrupted(address_, content.feed));
    }
  }
}

void ContentWindow::fail(ContentNumber number, Content& content, const Error& error) {
  if (content.failure || content.is_durable) return;
  if (content.id != 0) aborted_.push_back({content.id, content.feed, content.sent, nullptr});
  forget_sent(content);
  std::erase(ready_, number);
  content.failure = error;
  content.piece.reset();
  if (content.outcome) std::exchange(content.outcome, nullptr)->set(error);
}

void ContentWindow::fail_all(const Error& error) {
  for (auto& [number, content] : contents_) fail(number, content, error);
}

// As of a batch: what was sent has to be consumed in time, what waits behind others only while nothing moves.
SteadyTime ContentWindow::deadline(const Content& content) const {
  const bool is_out = content.sent > content.consumed || (content.piece && content.is_sent);
  return (is_out ? content.moved : std::max(content.moved, last_progress_)) + deadline_;
}

bool ContentWindow::expire(SteadyTime now) {
  bool stuck = false;
  for (auto& [number, content] : contents_) {
    if (!waits(content) || deadline(content) > now) continue;
    stuck = stuck || content.id != 0;
    fail(number, content, timed_out(address_, content.feed, deadline_));
  }
  return stuck;
}

std::optional<SteadyTime> ContentWindow::due() const {
  std::optional<SteadyTime> earliest;
  for (const auto& [number, content] : contents_) {
    if (!waits(content)) continue;
    const SteadyTime at = deadline(content);
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

} // namespace circuit::sinks
