#include "ingest/sync/run_records.h"

#include <utility>

#include "ingest/state/records.h"
#include "ingest/sync/run_status.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;

void put_run(state::Batch& batch, const circuit::feeds::v1::Sync& sync) {
  st::RunRecord record;
  *record.mutable_sync() = sync;
  state::put_record(batch, state::run_key(sync.name()), std::move(record));
  batch.put(state::Table::kRunsByFeed,
            state::run_by_feed_key(sync.feed(), from_timestamp(sync.created_at()), sync.name()), "");
}

Task<void> prune_runs(EngineSeams& seams, const EngineOptions& options, std::string feed,
                      state::Batch* batch) {
  constexpr size_t kSome = 16; // as many as one sync more can have left behind, and then some
  state::ScanRequest request{state::Table::kRunsByFeed, state::run_by_feed_prefix(feed), "",
                             options.runs_kept_per_feed + kSome};
  auto rows = co_await seams.store.scan(std::move(request));
  if (!rows) {
    seams.observer.warning(rows.error());
    co_return;
  }
  for (size_t i = options.runs_kept_per_feed; i < rows->size(); ++i) {
    const auto key = state::read_run_by_feed_key((*rows)[i].key);
    if (key) batch->erase(state::Table::kRuns, state::run_key(key->sync));
    batch->erase(state::Table::kRunsByFeed, std::move((*rows)[i].key));
  }
}

} // namespace circuit::sync
