#include "ingest/sync/manifest.h"

#include <algorithm>
#include <cassert>

#include "ingest/state/records.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;
using state::Table;

namespace {

Error no_key_of(Table table, const std::string& key) {
  return make_error(ErrorClass::kCorrupt, "RECORD_CORRUPT",
                    "No key of this table: " + state::printable_key(table, key),
                    "Restore the data directory from a backup, or reset the feed.");
}

} // namespace

Manifest::Manifest(state::StateStore& store, std::string feed, int64_t epoch)
    : store_(store), feed_(std::move(feed)), epoch_(epoch) {}

Task<Result<void>> Manifest::load(std::vector<std::string> external_ids) {
  std::vector<std::string> keys;
  std::erase_if(external_ids, [this](const std::string& id) { return views_.contains(id); });
  keys.reserve(external_ids.size());
  for (const auto& id : external_ids) keys.push_back(state::manifest_key(feed_, epoch_, id));
  if (keys.empty()) co_return Result<void>();
  auto values = co_await store_.multi_get(Table::kManifest, keys);
  if (!values) co_return std::move(values).error();
  for (size_t i = 0; i < keys.size(); ++i) {
    View view;
    if ((*values)[i]) {
      auto record = state::parse_record<Record>(Table::kManifest, keys[i], *(*values)[i]);
      if (!record) co_return std::move(record).error();
      view.stored = *record;
      view.current = std::move(*record);
    }
    views_.insert_or_assign(external_ids[i], std::move(view));
  }
  co_return Result<void>();
}

Task<Result<const Manifest::Record*>> Manifest::find(std::string external_id) {
  auto found = views_.find(external_id);
  if (found == views_.end()) {
    std::vector<std::string> ids;
    ids.push_back(external_id);
    auto loaded = co_await load(std::move(ids));
    if (!loaded) co_return std::move(loaded).error();
    found = views_.find(external_id);
  }
  const Record* record = found->second.current ? &*found->second.current : nullptr;
  co_return record;
}

Manifest::View& Manifest::change(const std::string& external_id) {
  View& view = views_.at(external_id);
  if (!view.changed) {
    ++pending_;
    view.before = view.current;
  }
  view.changed = true;
  return view;
}

void Manifest::put(const std::string& external_id, Record record) {
  change(external_id).current = std::move(record);
}

void Manifest::erase(const std::string& external_id) {
  View& view = change(external_id);
  view.current.reset();
  view.mark.reset();
}

void Manifest::mark(const std::string& external_id, const std::string& scope, int64_t generation) {
  if (!views_.at(external_id).current) return;
  View& view = change(external_id);
  view.current->set_scope(scope);
  view.mark = generation;
}

int64_t Manifest::write_doubts(const std::vector<std::string>& external_ids, state::Batch& batch) {
  int64_t more = 0;
  for (const auto& id : external_ids) {
    View& view = views_.at(id);
    const bool doubted = view.doubted || (view.stored && is_in_doubt(*view.stored));
    if (doubted) continue;
    view.doubted = true;
    // What is stored keeps its mark. What is new is not seen by the listing that is going on: if it is not
    // listed again, it is to be removed. But its mark is no older than that: an earlier listing, which this
    // sync has set aside and a later sync may take up, cannot have seen it.
    Record doubt;
    const std::optional<Record>& placed = view.stored ? view.stored : view.current;
    if (placed && placed->has_scope()) doubt.set_scope(placed->scope());
    if (!view.stored && view.mark) {
      write_mark(batch, doubt.scope(), id, std::max<int64_t>(*view.mark - 1, 0));
    }
    more += view.stored ? 0 : 1;
    batch.put(Table::kManifest, state::manifest_key(feed_, epoch_, id), doubt.SerializeAsString());
    view.stored = std::move(doubt);
  }
  return more;
}

bool Manifest::is_in_flight(const std::string& external_id) const {
  const auto found = views_.find(external_id);
  return found != views_.end() && found->second.in_flight;
}

std::string Manifest::revert(const std::string& external_id) {
  View& view = views_.at(external_id);
  std::string refused = view.current ? view.current->content_hash() : std::string();
  std::optional<Record> back = view.before;
  if (back && view.current && view.current->has_scope()) back->set_scope(view.current->scope());
  view.current = std::move(back);
  if (!view.current) view.mark.reset();
  return refused;
}

void Manifest::settled() {
  for (auto& [id, view] : views_) {
    if (view.in_flight) view.before = view.current;
    view.in_flight = false;
  }
}

void Manifest::write_mark(state::Batch& batch, const std::string& scope, const std::string& external_id,
                          int64_t generation) const {
  st::SeenRecord record;
  record.set_generation(generation);
  batch.put(Table::kSeen, state::seen_key(feed_, epoch_, scope, external_id), record.SerializeAsString());
}

int64_t Manifest::write_to(state::Batch& batch) const {
  int64_t more = 0;
  for (const auto& [id, view] : views_) {
    if (!view.changed) continue;
    auto key = state::manifest_key(feed_, epoch_, id);
    if (view.current) {
      std::string record = view.current->SerializeAsString();
      const bool same = view.stored && view.stored->SerializeAsString() == record;
      if (!same) batch.put(Table::kManifest, std::move(key), std::move(record));
      if (view.mark) write_mark(batch, view.current->scope(), id, *view.mark);
    } else if (view.stored) {
      batch.erase(Table::kManifest, std::move(key));
    }
    const bool leaves = view.stored && view.stored->has_scope() &&
                        (!view.current || view.current->scope() != view.stored->scope());
    if (leaves) batch.erase(Table::kSeen, state::seen_key(feed_, epoch_, view.stored->scope(), id));
    more += (view.current ? 1 : 0) - (view.stored ? 1 : 0);
  }
  return more;
}

void Manifest::committed() {
  views_.clear();
  pending_ = 0;
}

Task<Result<Manifest::Page>> Manifest::scan(std::string after, size_t limit) {
  assert(pending_ == 0);
  state::ScanRequest request{Table::kManifest, state::manifest_prefix(feed_, epoch_), std::move(after),
                             limit};
  auto rows = co_await store_.scan(std::move(request));
  if (!rows) co_return std::move(rows).error();
  Page page;
  for (const auto& row : *rows) {
    const auto id = state::manifest_external_id(row.key);
    if (!id) co_return no_key_of(Table::kManifest, row.key);
    page.external_ids.emplace_back(*id);
  }
  if (rows->size() == limit) page.next = rows->back().key;
  co_return page;
}

Task<Result<Manifest::MarkPage>> Manifest::scan_marks(std::string scope, std::string after, size_t limit) {
  assert(pending_ == 0);
  auto prefix = state::seen_prefix(feed_, epoch_, scope);
  auto rows =
      co_await state::scan_records<st::SeenRecord>(store_, std::move(prefix), std::move(after), limit);
  if (!rows) co_return std::move(rows).error();
  MarkPage page;
  for (const auto& row : *rows) {
    const auto id = state::seen_external_id(row.key);
    if (!id) co_return no_key_of(Table::kSeen, row.key);
    page.marks.push_back({std::string(*id), row.record.generation()});
  }
  if (rows->size() == limit) page.next = rows->back().key;
  co_return page;
}

} // namespace circuit::sync
