// Idempotency: the same request_id within a day gets the answer that it got before.

#include "ingest/state/request_ids.h"
#include "ingest/state/records.h"
#include "ingest/sync/core.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;

Task<Result<std::optional<std::string>>> find_request(Core& core, std::string request_id,
                                                      std::string request_hash) {
  return state::find_request(core.seams.store, {std::move(request_id), std::move(request_hash)}, core.now(),
                             core.options.request_ids_kept);
}

void put_request(Core& core, state::Batch& batch, const std::string& request_id,
                 const std::string& request_hash, const std::string& resource) {
  state::put_request(batch, {request_id, request_hash}, resource, core.now());
}

Task<void> expire_requests(Core& core) {
  constexpr Duration kEvery = std::chrono::hours(1);
  constexpr size_t kPage = 500;
  for (;;) {
    co_await core.seams.loop.clock().sleep_for(kEvery);
    std::string after;
    do {
      auto page = co_await state::scan_records<st::RequestRecord>(core.seams.store, "", after, kPage);
      if (!page) {
        core.seams.observer.warning(page.error());
        break;
      }
      state::Batch batch;
      for (auto& row : *page) {
        if (from_timestamp(row.record.made_at()) + core.options.request_ids_kept < core.now()) {
          batch.erase(state::Table::kRequests, row.key);
        }
      }
      after = page->size() == kPage ? page->back().key : "";
      if (batch.empty()) continue;
      auto written = co_await core.seams.store.commit(std::move(batch));
      if (!written) core.seams.observer.warning(written.error());
    } while (!after.empty());
  }
}

} // namespace circuit::sync
