// The barrier: what makes a sync durable, and in which order.
//
//   what a batch may change is taken down  ->  it leaves  ->  every change acknowledged  ->
//   one atomic write: manifest, cursor, counts, dead letters, sink position  ->  sink told
//
// A crash before the write repeats the changes, and corrects those that the source has taken back meanwhile;
// a crash after it repeats nothing.

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <map>

#include "ingest/runtime/crash_point.h"
#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"
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

// What an earlier sync had sent and not committed is in doubt from now on.
Task<void> Run::take_over_doubts() {
  while (committed_.in_doubt()) {
    state::Batch writes;
    auto more = co_await manifest_.take_over_doubts(writes);
    if (!more) throw Failure(std::move(more).error());
    FeedState next = committed_;
    next.set_document_count(next.document_count() + *more);
    next.set_in_doubt(!writes.empty());
    state::put_record(writes, state::feed_key(settings_.name()), next);
    co_await shield();
    written_ = true;
    auto written = co_await seams_.store.commit(std::move(writes));
    crash_point("delivery.doubts.taken_over");
    co_await unshield();
    if (!written) throw Failure(std::move(written).error());
    committed_ = std::move(next);
  }
}

// Before a batch leaves the process: this sync's sequence numbers become its own, and where the sink takes
// nothing back, the documents of the batch are in doubt until the checkpoint. For a sync of one batch both
// are one commit.
Task<void> Run::announce(std::shared_ptr<const DeliverBatch> batch, bool takes_back) {
  co_await shield(); // from here on it is announced as a whole, or the sync fails
  state::Batch writes;
  if (!takes_back) {
    std::vector<std::string> ids;
    for (const auto& change : batch->changes) ids.push_back(change.external_id);
    manifest_.write_doubts(ids, writes);
  }
  if (writes.empty() && committed_.deliveries() == deliveries_) {
    co_await unshield();
    co_return;
  }
  FeedState next = committed_;
  next.set_deliveries(deliveries_);
  if (!writes.empty()) next.set_in_doubt(true);
  state::put_record(writes, state::feed_key(settings_.name()), next);
  written_ = true;
  crash_point("delivery.number.committing");
  auto written = co_await seams_.store.commit(std::move(writes));
  crash_point("delivery.number.committed");
  co_await unshield();
  if (!written) throw Failure(std::move(written).error());
  committed_ = std::move(next);
}

// Every change so far has its answer; the manifest knows which the sink has refused.
Task<void> Run::settle() {
  auto refused = co_await delivery_.settle();
  for (auto& item : refused) {
    const std::string hash = manifest_.revert(item.external_id);
    const bool was_listed = item.kind == v1::Change::UPSERT;
    if (was_listed) counts().set_rejected(counts().rejected() + 1);
    rejected_.push_back({std::move(item.external_id), std::move(item.error), to_hex(hash)});
  }
  manifest_.settled();
  count_delivered(Counted::kAcknowledged);
}

bool Run::changes_state(const st::Cursor* cursor) const {
  if (committed_.in_doubt() || committed_.deliveries() != deliveries_ || held_ || held_is_settled_)
    return true;
  if (delivery_.awaits_commit()) return true; // what the manifest has already, sent again
  return cursor != nullptr && state::serialize(*cursor) != state::serialize(committed_.cursor());
}

Task<void> Run::commit(const st::Cursor* cursor, Commit which) {
  if (!delivery_.is_unused()) co_await settle();
  // Not so the commits that the engine makes by itself while the feed is in the middle of something.
  const bool is_checkpoint = cursor != nullptr || which == Commit::kEnd;
  state::Batch batch;
  const int64_t more = manifest_.write_to(batch);
  write_enumerations(batch, is_checkpoint);
  if (is_checkpoint) write_parts(batch);
  if (batch.empty() && rejected_.empty() && recovered_.empty() && !changes_state(cursor)) {
    manifest_.committed(); // nothing to remember
    co_return;
  }
  FeedState next = committed_;
  next.set_deliveries(deliveries_);
  next.set_in_doubt(false);
  if (cursor != nullptr) *next.mutable_cursor() = *cursor;
  if (held_is_settled_) { // an earlier one
    next.clear_held();
    next.set_confirmed_removals(0);
  }
  if (held_) *next.mutable_held() = *held_;
  next.set_document_count(next.document_count() + more);
  co_await write_dead_letters(batch, next);
  state::put_record(batch, state::feed_key(settings_.name()), next);

  crash_point("checkpoint.settled");
  committing_ = written_ = true;
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
  crash_point("checkpoint.prepared");
  auto written = co_await seams_.store.commit(std::move(batch));
  crash_point("checkpoint.committed");
  if (written && session != nullptr) co_await session->committed();
  crash_point("checkpoint.told");
  co_await unshield();
  committing_ = false;
  if (!written) throw Failure(std::move(written).error());

  committed_ = std::move(next);
  count_delivered(Counted::kCommitted);
  held_.reset();
  held_is_settled_ = false;
  manifest_.committed();
  if (is_checkpoint) changed_parts_.clear();
  rejected_.clear();
  recovered_.clear();
  counts().set_checkpoints(counts().checkpoints() + 1);
  status_->publish();
  if (abandoned_) check_stop(); // the cancellation met the shield
}

Task<void> Run::write_dead_letters(state::Batch& batch, FeedState& next) {
  int64_t count = next.dead_letter_count();
  std::sort(recovered_.begin(), recovered_.end());
  recovered_.erase(std::unique(recovered_.begin(), recovered_.end()), recovered_.end());
  for (const auto& id : recovered_) {
    const bool failed_again = std::any_of(rejected_.begin(), rejected_.end(),
                                          [&id](const RejectedItem& item) { return item.external_id == id; });
    if (failed_again) continue;
    batch.erase(Table::kDeadLetters, state::dead_letter_key(settings_.name(), id));
    --count;
  }
  // One item may be rejected several times between two commits.
  std::map<std::string, st::DeadLetterRecord> letters;
  for (const auto& item : rejected_) {
    auto known = letters.find(item.external_id);
    if (known == letters.end()) {
      auto key = state::dead_letter_key(settings_.name(), item.external_id);
      auto stored = co_await state::load_record<st::DeadLetterRecord>(seams_.store, std::move(key));
      if (!stored) throw Failure(std::move(stored).error());
      st::DeadLetterRecord record;
      if (*stored) {
        record = std::move(**stored);
      } else {
        *record.mutable_letter()->mutable_first_failed_at() = to_timestamp(seams_.clock.now());
        ++count;
      }
      known = letters.emplace(item.external_id, std::move(record)).first;
    }
    st::DeadLetterRecord& record = known->second;
    auto& letter = *record.mutable_letter();
    letter.set_feed(settings_.name());
    letter.set_external_id(item.external_id);
    *letter.mutable_error() = to_sync_error(item.error);
    *letter.mutable_last_failed_at() = to_timestamp(seams_.clock.now());
    letter.set_attempts(letter.attempts() + 1);
    record.set_content_hash(item.content_hash);
  }
  for (auto& [id, record] : letters) {
    state::put_record(batch, state::dead_letter_key(settings_.name(), id), std::move(record));
  }
  next.set_dead_letter_count(std::max<int64_t>(count, 0));
}

void Run::forget_rejection(const std::string& external_id) {
  std::erase_if(rejected_, [&](const RejectedItem& item) { return item.external_id == external_id; });
}

// Delivered or found unchanged: if it was a dead letter, it is none any more.
Task<void> Run::clear_dead_letter(std::string external_id) {
  forget_rejection(external_id);
  if (committed_.dead_letter_count() == 0) co_return;
  auto stored =
      co_await seams_.store.get(Table::kDeadLetters, state::dead_letter_key(settings_.name(), external_id));
  if (!stored) throw Failure(std::move(stored).error());
  if (*stored) recovered_.push_back(std::move(external_id));
}

// Whether the sink refused this very content before. Retrying dead letters offers it again.
Task<bool> Run::was_refused(std::string external_id, std::string hash) {
  if (committed_.dead_letter_count() == 0) {
    forget_rejection(external_id);
    co_return false;
  }
  auto key = state::dead_letter_key(settings_.name(), external_id);
  auto stored = co_await seams_.store.get(Table::kDeadLetters, key);
  if (!stored) throw Failure(std::move(stored).error());
  if (!*stored) {
    forget_rejection(external_id);
    co_return false;
  }
  auto record = state::parse_record<st::DeadLetterRecord>(Table::kDeadLetters, key, **stored);
  if (!record) throw Failure(std::move(record).error());
  if (record->content_hash() == to_hex(hash) && !reread_all()) co_return true;
  forget_rejection(external_id);
  recovered_.push_back(std::move(external_id));
  co_return false;
}

} // namespace circuit::sync
