// Idempotency: the same request_id within a day gets the answer that it got before.

#include "ingest/state/records.h"
#include "ingest/sync/core.h"

namespace circuit::sync {

namespace st = circuit::feeds::state::v1;

Task<Result<std::optional<std::string>>> find_request(Core& core, std::string request_id,
                                                      std::string request_hash) {
  if (request_id.empty()) co_return std::optional<std::string>();
  auto record =
      co_await state::load_record<st::RequestRecord>(core.seams.store, state::request_key(request_id));
  if (!record) co_return std::move(record).error();
  if (!*record || from_timestamp((*record)->made_at()) + core.options.request_ids_kept < core.now()) {
    co_return std::optional<std::string>();
  }
  if ((*record)->request_hash() != request_hash) {
    co_return make_error(ErrorClass::kConflict, "REQUEST_ID_REUSED",
                         "This request_id came with another request before",
                         "Make a new request_id for each request.");
  }
  co_return std::optional<std::string>((*record)->resource());
}

void put_request(Core& core, state::Batch& batch, const std::string& request_id,
                 const std::string& request_hash, const std::string& resource) {
  if (request_id.empty()) return;
  st::RequestRecord record;
  record.set_resource(resource);
  record.set_request_hash(request_hash);
  *record.mutable_made_at() = to_timestamp(core.now());
  state::put_record(batch, state::request_key(request_id), std::move(record));
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
