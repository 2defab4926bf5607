#include "ingest/sync/manifest.h"

#include <algorithm>
#include <cassert>

#include "ingest/state/records.h"

namespace circuit::sync {

using state::Table;

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

void Manifest::erase(const std::string& external_id) { change(external_id).current.reset(); }

int64_t Manifest::write_doubts(const std::vector<std::string>& external_ids, state::Batch& batch) {
  int64_t more = 0;
  for (const auto& id : external_ids) {
    View& view = views_.at(id);
    const bool doubted = view.doubted || (view.stored && is_in_doubt(*view.stored));
    if (doubted) continue;
    view.doubted = true;
    // Not seen by the enumeration that is going on: if it is not listed again, it is to be removed. But no
    // older than that: an earlier one, which this sync has set aside and a later sync may take up, cannot
    // have seen it.
    Record doubt;
    if (view.current) {
      doubt.set_scope(view.current->scope());
      doubt.set_seen_generation(std::max<int64_t>(view.current->seen_generation() - 1, 0));
    }
    if (view.stored) {
      doubt.set_scope(view.stored->scope());
      doubt.set_seen_generation(view.stored->seen_generation());
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

void Manifest::revert(const std::string& external_id) {
  View& view = views_.at(external_id);
  std::optional<Record> back = view.before;
  if (back && view.current) {
    back->set_seen_generation(view.current->seen_generation());
    back->set_scope(view.current->scope());
  }
  view.current = std::move(back);
}

void Manifest::settled() {
  for (auto& [id, view] : views_) {
    if (view.in_flight) view.before = view.current;
    view.in_flight = false;
  }
}

int64_t Manifest::write_to(state::Batch& batch) const {
  int64_t more = 0;
  for (const auto& [id, view] : views_) {
    if (!view.changed) continue;
    auto key = state::manifest_key(feed_, epoch_, id);
    if (view.current) {
      batch.put(Table::kManifest, std::move(key), view.current->SerializeAsString());
    } else if (view.stored) {
      batch.erase(Table::kManifest, std::move(key));
    }
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
  auto rows = co_await store_.scan(request);
  if (!rows) co_return std::move(rows).error();
  Page page;
  for (auto& row : *rows) {
    auto record = state::parse_record<Record>(Table::kManifest, row.key, row.value);
    if (!record) co_return std::move(record).error();
    const auto id = state::manifest_external_id(row.key);
    if (!id) {
      co_return make_error(ErrorClass::kCorrupt, "RECORD_CORRUPT",
                           "No manifest key: " + state::printable_key(Table::kManifest, row.key),
                           "Restore the data directory from a backup, or reset the feed.");
    }
    page.entries.push_back({std::string(*id), std::move(*record)});
  }
  if (page.entries.size() == limit) page.next = rows->back().key;
  co_return page;
}

} // namespace circuit::sync
