// The barrier: what makes a sync durable, and in which order.
//
//   every change acknowledged  ->  one atomic write: manifest, cursor, counts, dead letters, sink position ->
//   sink told
//
// A crash before the write repeats the changes; a crash after it repeats nothing.

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "ingest/state/records.h"
#include "ingest/sync/content_hash.h"
#include "ingest/sync/run.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;
using state::Table;

namespace {

// A commit under way cannot be taken back: cancellation waits until its outcome is known.
Task<void> shield() {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
}

Task<void> unshield() {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
}

} // namespace

// Makes this sync's sequence numbers its own before the first of them leaves the process.
Task<void> Run::begin_delivering() {
  FeedState next = committed_;
  next.set_deliveries(next.deliveries() + 1);
  state::Batch batch;
  state::put_record(batch, state::feed_key(settings_.name()), next);
  co_await shield();
  auto written = co_await seams_.store.commit(std::move(batch));
  co_await unshield();
  if (!written) throw Failure(std::move(written).error());
  committed_ = next;
  working_.set_deliveries(next.deliveries());
  next_sequence_ = (next.deliveries() << 32) + 1;
}

Task<void> Run::commit(const st::Cursor* cursor) {
  auto refused = co_await delivery_.settle();
  for (auto& item : refused) {
    const bool upsert = item.change.kind() == v1::Change::UPSERT;
    manifest_.revert(item.change.external_id());
    counts().set_rejected(counts().rejected() + 1);
    if (upsert) counts().set_delivered(counts().delivered() - 1);
    if (!upsert) counts().set_removed(counts().removed() - 1);
    const std::string hash = upsert ? item.change.document().content_hash() : "";
    rejected_.push_back({item.change.external_id(), std::move(item.error), hash});
  }

  FeedState next = working_;
  if (cursor != nullptr) *next.mutable_cursor() = *cursor;
  state::Batch batch;
  next.set_document_count(next.document_count() + manifest_.write_to(batch));
  co_await write_dead_letters(batch, next);
  if (batch.empty() && state::serialize(committed_) == state::serialize(next))
    co_return; // nothing to remember
  state::put_record(batch, state::feed_key(settings_.name()), next);

  committing_ = true;
  co_await shield();
  SinkSession* session = delivery_.session();
  if (session != nullptr) {
    auto position = co_await session->prepare();
    if (!position) {
      co_await unshield();
      throw Failure(std::move(position).error());
    }
    if (!position->empty()) {
      st::SinkRecord record;
      record.set_position(std::move(*position));
      state::put_record(batch, state::sink_key(seams_.sink_uri), std::move(record));
    }
  }
  auto written = co_await seams_.store.commit(std::move(batch));
  if (written && session != nullptr) co_await session->committed();
  co_await unshield();
  committing_ = false;
  if (!written) throw Failure(std::move(written).error());

  committed_ = next;
  working_ = std::move(next);
  manifest_.committed();
  rejected_.clear();
  recovered_.clear();
  counts().set_checkpoints(counts().checkpoints() + 1);
  status_->publish();
  if (abandoned_) check_stop(); // the cancellation met the shield
}

Task<void> Run::write_dead_letters(state::Batch& batch, FeedState& next) {
  int64_t count = next.dead_letter_count();
  for (const auto& id : recovered_) {
    const bool failed_again = std::any_of(rejected_.begin(), rejected_.end(),
                                          [&id](const RejectedItem& item) { return item.external_id == id; });
    if (failed_again) continue;
    batch.erase(Table::kDeadLetters, state::dead_letter_key(settings_.name(), id));
    --count;
  }
  for (const auto& item : rejected_) {
    auto key = state::dead_letter_key(settings_.name(), item.external_id);
    auto stored = co_await seams_.store.get(Table::kDeadLetters, key);
    if (!stored) throw Failure(std::move(stored).error());
    st::DeadLetterRecord record;
    if (*stored) {
      auto parsed = state::parse_record<st::DeadLetterRecord>(Table::kDeadLetters, key, **stored);
      if (!parsed) throw Failure(std::move(parsed).error());
      record = std::move(*parsed);
    } else {
      *record.mutable_letter()->mutable_first_failed_at() = to_timestamp(seams_.clock.now());
      ++count;
    }
    auto& letter = *record.mutable_letter();
    letter.set_feed(settings_.name());
    letter.set_external_id(item.external_id);
    *letter.mutable_error() = to_sync_error(item.error);
    *letter.mutable_last_failed_at() = to_timestamp(seams_.clock.now());
    letter.set_attempts(letter.attempts() + 1);
    record.set_content_hash(item.content_hash);
    state::put_record(batch, std::move(key), std::move(record));
  }
  next.set_dead_letter_count(std::max<int64_t>(count, 0));
}

// Delivered or found unchanged: if it was a dead letter, it is none any more.
Task<void> Run::clear_dead_letter(std::string external_id) {
  if (committed_.dead_letter_count() == 0) co_return;
  auto stored =
      co_await seams_.store.get(Table::kDeadLetters, state::dead_letter_key(settings_.name(), external_id));
  if (!stored) throw Failure(std::move(stored).error());
  if (*stored) recovered_.push_back(std::move(external_id));
}

// Whether the sink refused this very content before. Retrying dead letters offers it again.
Task<bool> Run::was_refused(std::string external_id, std::string hash) {
  if (committed_.dead_letter_count() == 0) co_return false;
  auto key = state::dead_letter_key(settings_.name(), external_id);
  auto stored = co_await seams_.store.get(Table::kDeadLetters, key);
  if (!stored) throw Failure(std::move(stored).error());
  if (!*stored) co_return false;
  auto record = state::parse_record<st::DeadLetterRecord>(Table::kDeadLetters, key, **stored);
  if (!record) throw Failure(std::move(record).error());
  if (record->content_hash() == to_hex(hash) && !reread_all()) co_return true;
  recovered_.push_back(std::move(external_id));
  co_return false;
}

} // namespace circuit::sync
