#include "sinks/delivery_window.h"

#include <algorithm>
#include <utility>

#include "sinks/receiver_errors.h"

namespace circuit::sinks {

namespace v1 = circuit::feeds::v1;

void DeliveryWindow::add(PartInFlight part, SteadyTime now) {
  if (const auto failed = failed_.find(part.session); failed != failed_.end()) {
    return part.outcome->set(failed->second);
  }
  const int64_t batch_id = next_batch_id_++;
  unsent_.insert(batch_id);
  waiting_.emplace(batch_id, Waiting{std::make_shared<const PartInFlight>(std::move(part)), now, {}, {}, {}});
}

void DeliveryWindow::forget(SessionNumber session) {
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    entry = entry->second.part->session == session ? erase(entry) : std::next(entry);
  }
  failed_.erase(session);
}

// A batch of another feed may overtake one that was refused for now; one of the same feed may not.
bool DeliveryWindow::blocked(int64_t batch_id, const Waiting& waiting, SteadyTime now) const {
  if (waiting.not_before && *waiting.not_before > now) return true;
  const auto refused = refused_.find(waiting.part->feed);
  return refused != refused_.end() && *refused->second.begin() < batch_id;
}

std::set<int64_t>::const_iterator DeliveryWindow::next_unsent(SteadyTime now) const {
  return std::find_if(unsent_.begin(), unsent_.end(),
                      [&](int64_t id) { return !blocked(id, waiting_.at(id), now); });
}

std::optional<DeliveryWindow::ToSend> DeliveryWindow::take_next(SteadyTime now, uint64_t elsewhere) {
  const auto next = next_unsent(now);
  if (next == unsent_.end()) return std::nullopt;
  const int64_t batch_id = *next;
  Waiting& waiting = waiting_.at(batch_id);
  const uint64_t bytes = waiting.part->part.bytes;
  const uint64_t in_use = sent_bytes_ + elsewhere;
  if (in_use != 0 && in_use + bytes > credit_bytes()) return std::nullopt;
  if (credit_bytes() == 0) return std::nullopt; // a grant of nothing is a pause
  unsent_.erase(next);
  waiting.sent = now;
  waiting.not_before.reset();
  sent_.emplace(batch_id, bytes);
  sent_bytes_ += bytes;
  return ToSend{batch_id, waiting.part, !unsent_.empty()};
}

void DeliveryWindow::acknowledge(const v1::Ack& ack, SteadyTime now) {
  last_progress_ = now;
  if (const auto sent = sent_.find(ack.batch_id()); sent != sent_.end()) {
    sent_bytes_ -= sent->second;
    sent_.erase(sent);
  }
  const auto entry = waiting_.find(ack.batch_id());
  if (entry == waiting_.end()) return; // forgotten, failed, or acknowledged twice
  if (ack.has_error()) return refuse(entry, ack.error(), now);
  const auto part = entry->second.part;
  auto result = rejections_of(address_, ack, part->part.first, part->part.count);
  if (!result) return fail_session(part->session, result.error());
  erase(entry);
  part->outcome->set(std::move(result));
}

void DeliveryWindow::refuse(Entry entry, const v1::SyncError& said, SteadyTime now) {
  auto& [batch_id, waiting] = *entry;
  const Error error = refused_batch(address_, waiting.part->feed, said);
  if (!waiting.first_refusal) waiting.first_refusal = now;
  const Duration delay = backoff_delay(limits_.backoff, waiting.refusals++, random_->uniform());
  const bool patient = now + delay < *waiting.first_refusal + limits_.batch_deadline;
  if (!is_retryable(error) || !patient) return fail_session(waiting.part->session, error);
  waiting.sent.reset();
  waiting.not_before = now + delay;
  unsent_.insert(batch_id);
  refused_[waiting.part->feed].insert(batch_id);
}

void DeliveryWindow::stream_lost() {
  sent_.clear();
  sent_bytes_ = 0;
  credit_bytes_ = 0;
  for (auto& [batch_id, waiting] : waiting_) {
    waiting.sent.reset();
    unsent_.insert(batch_id);
  }
}

// A part that was sent must be answered in time; one that waits behind others only while nothing moves.
SteadyTime DeliveryWindow::deadline(const Waiting& waiting) const {
  if (waiting.sent) return *waiting.sent + limits_.batch_deadline;
  return std::max(waiting.added, last_progress_) + limits_.batch_deadline;
}

bool DeliveryWindow::expire(SteadyTime now) {
  bool stuck = false;
  std::vector<std::pair<SessionNumber, Error>> late;
  for (const auto& [batch_id, waiting] : waiting_) {
    if (deadline(waiting) > now) continue;
    stuck = stuck || waiting.sent.has_value();
    late.emplace_back(waiting.part->session, timed_out(address_, waiting.part->feed, limits_.batch_deadline));
  }
  for (const auto& [session, error] : late) fail_session(session, error);
  return stuck;
}

void DeliveryWindow::fail_session(SessionNumber session, const Error& error) {
  failed_.emplace(session, error);
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    if (entry->second.part->session != session) {
      ++entry;
      continue;
    }
    entry->second.part->outcome->set(error);
    entry = erase(entry);
  }
}

void DeliveryWindow::fail_all(const Error& error) {
  while (!waiting_.empty()) fail_session(waiting_.begin()->second.part->session, error);
}

void DeliveryWindow::fail_largest_sent(const Error& error) {
  const Waiting* largest = nullptr;
  for (const auto& [batch_id, waiting] : waiting_) {
    if (!waiting.sent) continue;
    if (largest == nullptr || waiting.part->part.bytes > largest->part->part.bytes) largest = &waiting;
  }
  if (largest != nullptr) fail_session(largest->part->session, error);
}

std::optional<SteadyTime> DeliveryWindow::due(SteadyTime now) const {
  std::optional<SteadyTime> earliest;
  for (const auto& [batch_id, waiting] : waiting_) {
    const bool held_back = waiting.not_before && *waiting.not_before > now;
    const SteadyTime at = held_back ? *waiting.not_before : deadline(waiting);
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

DeliveryWindow::Entry DeliveryWindow::erase(Entry entry) {
  const int64_t batch_id = entry->first;
  unsent_.erase(batch_id);
  if (const auto refused = refused_.find(entry->second.part->feed); refused != refused_.end()) {
    refused->second.erase(batch_id);
    if (refused->second.empty()) refused_.erase(refused);
  }
  return waiting_.erase(entry);
}

} // namespace circuit::sinks
