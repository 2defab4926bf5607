#include "ingest/state/request_ids.h"

#include "ingest/state/records.h"
#include "ingest/state/timestamp.h"

namespace circuit::state {

using circuit::feeds::state::v1::RequestRecord;

Result<void> check_request_id(const std::string& id) {
  constexpr size_t kMaxRequestId = 128;
  if (id.size() <= kMaxRequestId) return {};
  return make_error(ErrorClass::kInvalid, "REQUEST_ID_TOO_LONG", "The request id is longer than 128 bytes",
                    "Use a UUID.");
}

Task<Result<std::optional<std::string>>> find_request(StateStore& store, IdentifiedRequest request,
                                                      SystemTime now, Duration kept) {
  if (request.id.empty()) co_return std::optional<std::string>();
  auto record = co_await load_record<RequestRecord>(store, request_key(request.id));
  if (!record) co_return std::move(record).error();
  if (!*record || from_timestamp((*record)->made_at()) + kept < now) co_return std::optional<std::string>();
  if ((*record)->request_hash() != request.hash) {
    co_return make_error(ErrorClass::kConflict, "REQUEST_ID_REUSED",
                         "This request_id came with another request before",
                         "Make a new request_id for each request.");
  }
  co_return std::optional<std::string>((*record)->resource());
}

void put_request(Batch& batch, const IdentifiedRequest& request, const std::string& resource,
                 SystemTime now) {
  if (request.id.empty()) return;
  RequestRecord record;
  record.set_resource(resource);
  record.set_request_hash(request.hash);
  *record.mutable_made_at() = to_timestamp(now);
  put_record(batch, request_key(request.id), std::move(record));
}

} // namespace circuit::state
