#include "ingest/sync/run.h"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

// Changes that may await one commit; beyond it the engine commits by itself, with the cursor as it is.
constexpr size_t kMaxUncommittedChanges = 4096;

Error stopped_error() {
  return make_error(ErrorClass::kCancelled, "SYNC_STOPPED", "The sync was stopped",
                    "Start it again to go on from the last checkpoint.");
}

Error document_too_large(uint64_t bytes, uint64_t limit) {
  return make_error(
             ErrorClass::kInvalid, "DOCUMENT_TOO_LARGE",
             "The document takes " + std::to_string(bytes) + " bytes; the limit is " + std::to_string(limit),
             "Raise engine.max_document_size, or leave the item out of the selection.")
      .with("bytes", std::to_string(bytes));
}

} // namespace

Run::Run(RunSeams seams, const v1::Feed& settings, const v1::Connection& connection, FeedState state,
         std::shared_ptr<RunStatus> status)
    : seams_(std::move(seams)),
      settings_(settings),
      connection_(connection),
      committed_(std::move(state)),
      deliveries_(committed_.deliveries()),
      status_(std::move(status)),
      manifest_(seams_.store, settings_.name(), committed_.epoch()),
      delivery_(seams_.executor, seams_.delivery_credit,
                {seams_.options.batch_max_changes, seams_.options.batch_max_bytes,
                 seams_.options.batches_in_flight},
                seams_.open_sink,
                [this](std::shared_ptr<const DeliverBatch> batch, bool takes_back) {
                  return announce(std::move(batch), takes_back);
                }),
      started_at_(seams_.clock.now()),
      payer_(seams_.body_credit) {}

Run::~Run() = default;

Task<std::optional<Error>> Run::execute(Feed& feed) {
  std::optional<Error> error;
  try {
    if (committed_.in_doubt()) co_await take_over_doubts();
    co_await feed.pull(*this);
    co_await commit(nullptr, Commit::kEnd);
  } catch (const Failure& failure) {
    error = failure.error();
  } catch (const boost::system::system_error& stopped) {
    if (stopped.code() == boost::asio::error::operation_aborted) {
      error = stopped_error();
    } else {
      error = make_error(ErrorClass::kInternal, "UNEXPECTED_ERROR", stopped.what(), "Report this defect.");
    }
  } catch (const std::exception& defect) {
    error = make_error(ErrorClass::kInternal, "UNEXPECTED_ERROR", defect.what(), "Report this defect.");
  }
  body_claims_.clear();
  if (delivery_.is_unused()) co_return error;
  // A cancelled coroutine may await nothing until this; what is in flight has still to be seen out.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  co_await delivery_.abandon();
  count_delivered(Counted::kAcknowledged);
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  co_return error;
}

bool Run::request_stop() {
  stop_requested_ = true;
  // Nothing delivered since the last commit: a checkpoint would save nothing, so there is nothing to wait
  // for.
  return next_sequence_ == 0 || (manifest_.pending() == 0 && rejected_.empty() && !committing_);
}

void Run::check_stop() const {
  if (stop_requested_) throw Failure(stopped_error());
}

bool Run::reread_all() const {
  return status_->sync.mode() == v1::FULL || status_->sync.mode() == v1::RESEND ||
         committed_.retry_dead_letters();
}

Task<std::vector<bool>> Run::select_changed(std::vector<ItemStamp> stamps) {
  std::vector<std::string> ids;
  ids.reserve(stamps.size());
  for (const auto& stamp : stamps) ids.push_back(stamp.external_id);
  auto loaded = co_await manifest_.load(std::move(ids));
  if (!loaded) throw Failure(std::move(loaded).error());
  std::vector<bool> wanted(stamps.size(), true);
  for (size_t i = 0; i < stamps.size(); ++i) {
    auto known = co_await manifest_.find(stamps[i].external_id);
    if (!known) throw Failure(std::move(known).error());
    const bool same =
        *known != nullptr && !stamps[i].version.empty() && (*known)->version() == stamps[i].version;
    if (!same || reread_all()) continue;
    wanted[i] = false;
    counts().set_listed(counts().listed() + 1);
    counts().set_unchanged(counts().unchanged() + 1);
    mark_listed(stamps[i].external_id);
  }
  co_return wanted;
}

Task<std::vector<bool>> Run::is_delivered(std::vector<std::string> external_ids) {
  auto loaded = co_await manifest_.load(external_ids);
  if (!loaded) throw Failure(std::move(loaded).error());
  std::vector<bool> delivered;
  for (const std::string& id : external_ids) {
    auto known = co_await manifest_.find(id);
    if (!known) throw Failure(std::move(known).error());
    bool is_delivered = *known != nullptr && !Manifest::is_in_doubt(**known);
    // A receiver that lost data has what this sync sent, and perhaps nothing else.
    if (status_->sync.mode() == v1::RESEND) is_delivered = sent_again_.contains(std::hash<std::string>()(id));
    delivered.push_back(is_delivered);
  }
  co_return delivered;
}

Task<void> Run::upsert_encoded(EncodedDocument document) {
  if (document.external_id.empty()) {
    co_await reject("",
                    make_error(ErrorClass::kInvalid, "ITEM_WITHOUT_IDENTITY", "The item has no identity",
                               "Report it to the source; without an identity it cannot be kept up to date."));
    co_return;
  }
  const std::string& id = document.external_id;
  const std::string& hash = document.content_hash;
  if (document.document_bytes > seams_.options.max_document_bytes) {
    co_await reject(id, document_too_large(document.document_bytes, seams_.options.max_document_bytes));
    co_return;
  }
  if (manifest_.is_in_flight(id)) co_await settle();
  auto known = co_await manifest_.find(id);
  if (!known) throw Failure(std::move(known).error());
  counts().set_listed(counts().listed() + 1);

  Manifest::Record record;
  record.set_version(document.version);
  record.set_content_hash(hash);
  const Manifest::Record* old = *known;
  if (old != nullptr && old->has_scope()) record.set_scope(old->scope());
  const bool same = old != nullptr && old->content_hash() == hash;
  if (same && status_->sync.mode() != v1::RESEND) {
    counts().set_unchanged(counts().unchanged() + 1);
    if (old->version() != record.version()) manifest_.put(id, std::move(record));
    mark_listed(id);
    co_await clear_dead_letter(id);
    co_return;
  }
  if (co_await was_refused(id, hash)) {
    counts().set_rejected(counts().rejected() + 1);
    co_await mark_seen(id); // what the sink has of it is not to be swept away
    co_return;
  }
  v1::Change head;
  head.set_kind(v1::Change::UPSERT);
  head.set_external_id(id);
  if (status_->sync.mode() == v1::RESEND) sent_again_.insert(std::hash<std::string>()(id));
  manifest_.put(id, std::move(record));
  mark_listed(id);
  co_await deliver(std::move(head), std::move(document.change));
}

Task<void> Run::remove(std::string external_id, std::string reason) {
  if (manifest_.is_in_flight(external_id)) co_await settle();
  co_await clear_dead_letter(external_id); // there is nothing to deliver any more
  auto known = co_await manifest_.find(external_id);
  if (!known) throw Failure(std::move(known).error());
  if (*known == nullptr) co_return;
  v1::Change head;
  head.set_kind(v1::Change::REMOVE);
  head.set_external_id(external_id);
  head.set_removal_reason(std::move(reason));
  manifest_.erase(external_id);
  co_await deliver(std::move(head), {});
}

Task<void> Run::deliver(v1::Change head, std::string document) {
  if (next_sequence_ == 0) { // durable before the first of them leaves: announce()
    deliveries_ = committed_.deliveries() + 1;
    next_sequence_ = (deliveries_ << 32) + 1;
  }
  head.set_feed(settings_.name());
  head.set_epoch(committed_.epoch());
  head.set_sequence(next_sequence_++);
  manifest_.sent(head.external_id());
  OutgoingChange change{head.kind(), head.external_id(), std::move(document)};
  head.AppendToString(&change.wire); // which merges the two
  co_await delivery_.add(std::move(change));
  counts().set_bytes_delivered(static_cast<int64_t>(delivery_.bytes()));
  count_delivered(Counted::kAcknowledged);
  status_->publish();
  if (manifest_.pending() >= kMaxUncommittedChanges) co_await commit(nullptr);
}

void Run::count_delivered(Counted what) {
  const DeliveredCounts more = delivery_.take_delivered(what == Counted::kCommitted);
  counts().set_delivered(counts().delivered() + more.upserts);
  counts().set_removed(counts().removed() + more.removals);
}

Task<void> Run::reject(std::string external_id, Error error) {
  counts().set_listed(counts().listed() + 1);
  counts().set_rejected(counts().rejected() + 1);
  if (!external_id.empty()) co_await mark_seen(external_id);
  rejected_.push_back({std::move(external_id), std::move(error), {}});
  status_->publish();
}

// An item that is there, whether or not it was delivered: a sweep must not take it away.
Task<void> Run::mark_seen(std::string external_id) {
  if (!enumerating_) co_return;
  auto known = co_await manifest_.find(external_id);
  if (!known) throw Failure(std::move(known).error());
  mark_listed(external_id);
}

void Run::mark_listed(const std::string& external_id) {
  if (enumerating_) manifest_.mark(external_id, enumerating_->scope, enumerating_->generation);
}

Task<void> Run::checkpoint(st::Cursor cursor) {
  co_await commit(&cursor);
  check_stop();
}

void Run::progress(std::string activity) {
  status_->sync.set_activity(std::move(activity));
  status_->publish();
}

void Run::incomplete(std::string reason) {
  incomplete_ = true;
  status_->sync.set_incomplete_reason(std::move(reason));
}

} // namespace circuit::sync
