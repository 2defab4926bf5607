#include "ingest/sync/sink_anew.h"

#include <utility>

#include "ingest/state/records.h"
#include "ingest/sync/sink_claims.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

// The sync goes on as what it is, under the new epoch.
Task<std::optional<Error>> begin_epoch(state::StateStore& store, StoredFeed* feed) {
  st::FeedStateRecord fresh = next_epoch(feed->state);
  fresh.set_active_sync(feed->state.active_sync());
  fresh.set_failures(feed->state.failures());
  fresh.set_ended_reason(feed->state.ended_reason());
  state::Batch batch;
  forget_progress(batch, feed->settings().name());
  state::put_record(batch, state::feed_key(feed->settings().name()), fresh);
  auto written = co_await store.commit(std::move(batch));
  if (!written) co_return std::move(written).error();
  feed->state = std::move(fresh);
  co_return std::nullopt;
}

} // namespace

Task<std::optional<Error>> meet_gone_sink(state::StateStore& store, SinkPool& sinks, std::string default_sink,
                                          v1::SyncMode mode, StoredFeed* feed) {
  const v1::Feed& settings = feed->settings();
  const std::string uri = settings.sink().empty() ? default_sink : settings.sink();
  auto gone = co_await sinks.what_is_gone(uri);
  if (!gone) co_return std::move(gone).error();
  if (!*gone) co_return std::nullopt;
  auto claims = co_await claims_on_sink(store, uri, std::move(default_sink));
  if (!claims) co_return std::move(claims).error();
  if (claims->none()) co_return std::nullopt;
  if (mode == v1::RESEND && claims->only_of(settings.name())) co_return co_await begin_epoch(store, feed);
  co_return storage_gone(std::move(**gone), *claims, settings.name());
}

} // namespace circuit::sync
