#include "tests/simulation/oracle.h"

#include <algorithm>
#include <set>

#include "ingest/state/key.h"
#include "ingest/state/layout.h"
#include "ingest/state/records.h"

namespace circuit::simulation {

namespace st = circuit::feeds::state::v1;
using state::Table;

namespace {

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

template <class Record>
std::optional<Record> read(const state::MemoryDisk& disk, Table table, const std::string& key) {
  const auto& rows = disk.rows(table);
  const auto found = rows.find(key);
  Record record;
  if (found == rows.end() || !record.ParseFromString(found->second)) return std::nullopt;
  return record;
}

} // namespace

void Oracle::add_feed(const std::string& name, const FeedPlan& plan, Source& source) {
  FeedView& view = feeds_[name];
  view.plan = &plan;
  view.source = &source;
}

void Oracle::note(const std::string& what) { trace_.line(clock_->steady_now(), what); }

void Oracle::violated(const std::string& what) {
  note("VIOLATED: " + what);
  violations_.push_back(what);
}

std::optional<st::FeedStateRecord> Oracle::stored_state(const std::string& feed) const {
  return read<st::FeedStateRecord>(disk_, Table::kFeedStates, state::feed_key(feed));
}

std::map<std::string, std::string> Oracle::stored_manifest(const std::string& feed) const {
  std::map<std::string, std::string> out;
  const auto stored = stored_state(feed);
  if (!stored) return out;
  const std::string prefix = state::manifest_prefix(feed, stored->epoch());
  const auto& rows = disk_.rows(Table::kManifest);
  for (auto at = rows.lower_bound(prefix); at != rows.end() && at->first.starts_with(prefix); ++at) {
    st::ManifestRecord record;
    record.ParseFromString(at->second);
    out[std::string(*state::manifest_external_id(at->first))] = hex(record.content_hash());
  }
  return out;
}

void Oracle::check_marks(const std::string& feed) {
  const auto stored = stored_state(feed);
  if (!stored) return;
  std::set<std::string> wanted, marked;
  const std::string documents = state::manifest_prefix(feed, stored->epoch());
  const auto& manifest = disk_.rows(Table::kManifest);
  for (auto at = manifest.lower_bound(documents); at != manifest.end() && at->first.starts_with(documents);
       ++at) {
    st::ManifestRecord record;
    record.ParseFromString(at->second);
    const auto id = *state::manifest_external_id(at->first);
    if (record.has_scope()) wanted.insert(state::seen_key(feed, stored->epoch(), record.scope(), id));
  }
  const std::string prefix = state::seen_prefix(feed);
  const auto& marks = disk_.rows(Table::kSeen);
  for (auto at = marks.lower_bound(prefix); at != marks.end() && at->first.starts_with(prefix); ++at) {
    marked.insert(at->first);
  }
  for (const auto& key : wanted) {
    if (!marked.contains(key)) violated("not marked: " + state::printable_key(Table::kSeen, key));
  }
  for (const auto& key : marked) {
    if (!wanted.contains(key)) violated("marked in vain: " + state::printable_key(Table::kSeen, key));
  }
  const auto& doubts = disk_.rows(Table::kDoubts);
  const auto left = doubts.lower_bound(prefix);
  if (left != doubts.end() && left->first.starts_with(prefix))
    violated("doubts were left: " + state::printable_key(Table::kDoubts, left->first));
}

std::string Oracle::stored_position(const std::string& sink) const {
  const auto record = read<st::SinkRecord>(disk_, Table::kSinks, state::sink_key(sink));
  return record ? record->position() : std::string();
}

// Sink.

std::optional<std::string> Oracle::stored_hash(const v1::Change& change) const {
  const auto key = state::manifest_key(change.feed(), change.epoch(), change.external_id());
  const auto record = read<st::ManifestRecord>(disk_, Table::kManifest, key);
  if (!record) return std::nullopt;
  return hex(record->content_hash());
}

void Oracle::arrives(const v1::Change& change) {
  const auto known = feeds_.find(change.feed());
  if (known == feeds_.end()) return violated("a change of no feed: " + change.feed());
  FeedView& view = known->second;
  const std::string what = change.feed() + " " + change.external_id() + " epoch " +
                           std::to_string(change.epoch()) + " sequence " + std::to_string(change.sequence());
  if (change.epoch() < view.epoch) violated("the epoch went back: " + what);
  if (change.epoch() > view.epoch) {
    view.epoch = change.epoch();
    view.sequence = 0;
    view.versions.clear();
    view.lost.clear();
  }
  if (change.sequence() <= view.sequence) {
    violated("a sequence number that is not higher than " + std::to_string(view.sequence) + ": " + what);
  }
  view.sequence = change.sequence();
  const auto stored = stored_state(change.feed());
  if (!stored || stored->deliveries() < change.sequence() >> 32) {
    violated("a change left before its delivery number was durable: " + what);
  }
  if (change.kind() == v1::Change::REMOVE) return removed(view, change);

  const std::string impossible = view.source->impossible(change.document());
  if (!impossible.empty()) violated(impossible + ": " + what);
  if (change.document().feed() != change.feed() || change.document().external_id() != change.external_id()) {
    violated("a change and its document name different things: " + what);
  }
  if (view.mode != v1::RESEND && stored_hash(change) == change.document().content_hash()) {
    violated("what is committed was delivered again: " + what);
  }
  const uint64_t version = view.source->version_number(change.document());
  uint64_t& highest = view.versions[change.external_id()];
  if (version != 0 && version < highest) violated("an older version after a newer one: " + what);
  highest = std::max(highest, version);
}

void Oracle::removed(FeedView& view, const v1::Change& change) {
  const std::string what = change.feed() + " " + change.external_id() + " (" + change.removal_reason() + ")";
  if (!view.source->may_remove(*view.plan, change.external_id())) {
    violated("a document that is there was removed: " + what);
  }
  if (!stored_hash(change) && !view.held.contains(change.external_id())) {
    const auto acknowledged = view.acknowledged.find(change.external_id());
    const bool delivered_now = acknowledged != view.acknowledged.end() || view.unanswered > 0;
    if (!delivered_now) violated("what was never delivered was removed: " + what);
  }
  if (change.removal_reason() == "NOT_LISTED") check_sweep(view, change);
}

void Oracle::check_sweep(FeedView& view, const v1::Change& change) {
  if (view.swept_of < 0) view.swept_of = static_cast<int64_t>(stored_manifest(change.feed()).size());
  ++view.swept;
  const auto stored = stored_state(change.feed());
  const auto always = static_cast<int64_t>(scenario_.engine.removals_always_allowed);
  const double share = scenario_.engine.max_removal_share * static_cast<double>(view.swept_of);
  const bool allowed = view.swept <= always || static_cast<double>(view.swept) <= share ||
                       (stored && view.swept <= stored->confirmed_removals());
  if (!allowed) {
    violated("a sweep of " + std::to_string(view.swept) + " of " + std::to_string(view.swept_of) +
             " was not held: " + change.feed());
  }
}

void Oracle::session_began(const std::string& feed) {
  FeedView& view = feeds_.at(feed);
  view.unanswered = 0;
  view.acknowledged.clear();
}

void Oracle::sent(const std::string& feed, const sync::DeliverBatch& batch) {
  feeds_.at(feed).unanswered += batch.changes.size();
  for (const sync::OutgoingChange& change : batch.changes) {
    largest_change_ = std::max<uint64_t>(largest_change_, change.wire.size() + 8);
  }
}

void Oracle::answered(const v1::Change& change) {
  FeedView& view = feeds_.at(change.feed());
  const bool upsert = change.kind() == v1::Change::UPSERT;
  std::optional<std::string> hash;
  if (upsert) hash = change.document().content_hash();
  view.acknowledged[change.external_id()] = hash;
  ++(upsert ? view.upserts : view.removals);
}

// Store.

void Oracle::commits(const state::Batch& batch) {
  for (const state::Write& write : batch.writes) {
    if (write.table == Table::kManifest) commits_manifest(write);
    if (write.table == Table::kFeedStates) commits_state(write);
    if (write.table == Table::kEnumerations) commits_enumeration(write);
  }
}

bool Oracle::ends_listing(const state::Batch& batch) const {
  for (const state::Write& write : batch.writes) {
    if (write.table != Table::kEnumerations || !write.value) continue;
    const auto stored = read<st::EnumerationRecord>(disk_, Table::kEnumerations, write.key);
    st::EnumerationRecord next;
    next.ParseFromString(*write.value);
    if (stored && stored->in_progress() && !next.in_progress()) return true;
  }
  return false;
}

void Oracle::commits_manifest(const state::Write& write) {
  state::KeyReader key(write.key);
  const std::string feed(key.string().value_or(""));
  const std::string id(*state::manifest_external_id(write.key));
  const auto known = feeds_.find(feed);
  if (known == feeds_.end()) return violated("a manifest of no feed: " + feed);
  const auto stored = read<st::ManifestRecord>(disk_, Table::kManifest, write.key);
  std::optional<std::string> wanted;
  if (write.value) {
    st::ManifestRecord record;
    record.ParseFromString(*write.value);
    wanted = hex(record.content_hash());
  }
  if (wanted && wanted->empty()) return; // in doubt: an earlier sync had sent it
  if (wanted && stored && hex(stored->content_hash()) == *wanted)
    return; // a mark, or a new version of the same
  const auto acknowledged = known->second.acknowledged.find(id);
  const bool agrees = acknowledged != known->second.acknowledged.end() && acknowledged->second == wanted;
  if (!agrees) violated("the manifest says what the sink has not acknowledged: " + feed + " " + id);
}

void Oracle::commits_state(const state::Write& write) {
  state::KeyReader key(write.key);
  const std::string feed(key.string().value_or(""));
  const auto known = feeds_.find(feed);
  if (!write.value || known == feeds_.end()) return;
  FeedView& view = known->second;
  st::FeedStateRecord next;
  next.ParseFromString(*write.value);
  const auto stored = stored_state(feed);
  const bool moves = !stored || state::serialize(stored->cursor()) != state::serialize(next.cursor());
  if (moves && next.has_cursor() && view.unanswered > 0) {
    violated("the cursor moved past " + std::to_string(view.unanswered) + " changes under way: " + feed);
  }
  if (stored && next.epoch() < stored->epoch()) violated("a feed's epoch went back: " + feed);
  // Nobody should be asked to confirm what would be wrong.
  const std::string held_before = stored ? stored->held().token() : "";
  if (next.has_held() && next.held().token() != held_before) {
    for (const std::string& id : next.held().examples()) {
      if (!view.source->may_remove(*view.plan, id))
        violated("a sweep that was held would remove a document that is there: " + feed + " " + id);
    }
  }
}

void Oracle::commits_enumeration(const state::Write& write) {
  state::KeyReader key(write.key);
  const std::string feed(key.string().value_or(""));
  const auto known = feeds_.find(feed);
  if (!write.value || known == feeds_.end()) return;
  FeedView& view = known->second;
  st::EnumerationRecord next;
  next.ParseFromString(*write.value);
  int64_t& generation = view.generations[write.key];
  if (generation == next.generation()) return;
  generation = next.generation();
  view.swept = 0;
  view.swept_of = -1;
}

// Engine.

void Oracle::sync_started(const v1::Sync& sync) {
  note("sync started " + sync.name() + " " + sync.feed() + " " + v1::SyncMode_Name(sync.mode()));
  FeedView& view = feeds_.at(sync.feed());
  if (!view.sync.empty()) violated("two syncs of one feed at a time: " + view.sync + " and " + sync.name());
  view.sync = sync.name();
  view.mode = sync.mode();
  view.upserts = view.removals = 0;
  view.unanswered = 0;
  view.swept = 0;
  view.swept_of = -1;
  view.counted_from_start = sync.counts().listed() == 0;
}

void Oracle::sync_ended(const v1::Sync& sync) {
  const v1::SyncCounts& counts = sync.counts();
  note("sync ended " + sync.name() + " " + sync.feed() + " " + v1::Sync::State_Name(sync.state()) + " " +
       sync.error().reason() + " " + sync.incomplete_reason() + " listed " + std::to_string(counts.listed()) +
       " delivered " + std::to_string(counts.delivered()) + " unchanged " +
       std::to_string(counts.unchanged()) + " removed " + std::to_string(counts.removed()) + " rejected " +
       std::to_string(counts.rejected()) + " requests " + std::to_string(counts.requests()));
  FeedView& view = feeds_.at(sync.feed());
  const bool ran = view.sync == sync.name();
  view.sync.clear();
  if (sync.error().error_class() == "INTERNAL") violated("INTERNAL: " + sync.error().message());
  if (ran && view.counted_from_start &&
      (counts.delivered() > view.upserts || counts.removed() > view.removals)) {
    violated("counted more changes than the sink took: " + sync.name());
  }
  if (!ran || sync.state() != v1::Sync::SUCCEEDED) return;
  ++view.ended_syncs;
  view.mode = v1::INCREMENTAL;
  const int64_t accounted = counts.delivered() + counts.unchanged() + counts.rejected();
  if (sync.complete() && counts.listed() != accounted) {
    violated("listed " + std::to_string(counts.listed()) + ", accounted for " + std::to_string(accounted) +
             ": " + sync.name());
  }
  if (counts.delivered() != view.upserts || counts.removed() != view.removals) {
    violated("counted " + std::to_string(counts.delivered()) + " and " + std::to_string(counts.removed()) +
             " changes, the sink took " + std::to_string(view.upserts) + " and " +
             std::to_string(view.removals) + ": " + sync.name());
  }
}

void Oracle::worker_stopped() {
  for (auto& [name, view] : feeds_) {
    view.sync.clear();
    view.unanswered = 0;
  }
}

} // namespace circuit::simulation
