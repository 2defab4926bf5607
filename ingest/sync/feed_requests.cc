// The Feeds service's requests: settings and their life.

#include <google/protobuf/util/field_mask_util.h>

#include "ingest/runtime/crash_point.h"
#include "ingest/runtime/digest.h"
#include "ingest/state/records.h"
#include "ingest/sync/core.h"
#include "ingest/sync/feed_connections.h"
#include "ingest/sync/names.h"
#include "ingest/sync/poll_plan.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

namespace {

Error invalid(std::string reason, std::string message, std::string next_step) {
  return make_error(ErrorClass::kInvalid, std::move(reason), std::move(message), std::move(next_step));
}

Result<void> check_labels(const v1::Feed& feed) {
  constexpr int kMaxLabels = 64;
  constexpr size_t kMaxLength = 63;
  bool good = feed.labels_size() <= kMaxLabels;
  for (const auto& [key, value] : feed.labels())
    good &= key.size() <= kMaxLength && value.size() <= kMaxLength;
  if (good) return {};
  return invalid("LABELS_TOO_LARGE", "The feed has more than 64 labels, or one of more than 63 bytes",
                 "Use fewer or shorter labels.");
}

Result<void> check_poll_interval(const v1::Feed& feed) {
  if (!feed.has_poll_interval()) return {};
  const auto& interval = feed.poll_interval();
  constexpr int32_t kNanosOfASecond = 1'000'000'000;
  if (interval.seconds() < 1 || interval.nanos() < 0 || interval.nanos() >= kNanosOfASecond) {
    return invalid("POLL_INTERVAL_TOO_SHORT", "poll_interval is shorter than a second, or no duration",
                   "Use at least 1s, or leave it out for a feed that syncs only when asked.");
  }
  if (std::chrono::seconds(interval.seconds()) <= kLongestPollInterval) return {};
  return invalid("POLL_INTERVAL_TOO_LONG", "poll_interval is longer than 366 days",
                 "Use less, or leave it out for a feed that syncs only when asked.");
}

Result<void> check_content(const v1::Feed& feed) {
  if (v1::ContentPolicy_IsValid(feed.content())) return {};
  return invalid("CONTENT_POLICY_UNKNOWN", "This worker does not know that content policy",
                 "Use CONTENT_TEXT, CONTENT_RAW or CONTENT_NONE.");
}

Result<void> check_removal_share(const v1::Feed& feed) {
  if (feed.max_removal_share() >= 0 && feed.max_removal_share() <= 1) return {};
  return invalid("REMOVAL_SHARE_OUT_OF_RANGE", "max_removal_share is not between 0 and 1",
                 "Use a share such as 0.3, or 0 for the worker's default.");
}

// "feeds/x is what was asked for, but somebody changed it in between."
Result<void> check_etag(const v1::Feed& stored, const std::string& etag) {
  if (etag.empty() || etag == stored.etag()) return {};
  return make_error(ErrorClass::kConflict, "ETAG_MISMATCH", stored.name() + " was changed since it was read",
                    "Get it again, and repeat the change on what it is now.");
}

bool may_become(const Provider& provider, const v1::Feed& before, const v1::Feed& after) {
  return before.provider() == after.provider() && before.connection() == after.connection() &&
         provider.may_become(before, after);
}

v1::Feed show(const Core& core, StoredFeed feed, bool syncing) {
  core.scheduler.quiet_polls().apply_to(feed.state, feed.settings().name());
  return show_feed(feed, syncing);
}

} // namespace

Error feed_busy(const std::string& feed, const std::string& sync) {
  auto error = make_error(ErrorClass::kConflict, "FEED_BUSY", feed + " is syncing (" + sync + ")",
                          "Wait until that sync has ended, or cancel it.");
  return std::move(error).with("feed", feed).with("sync", sync);
}

Result<void> canonicalize_feed(Core& core, v1::Feed& feed) {
  keep_settings_only(feed);
  const Provider* provider = find_provider(core.seams, feed.provider());
  if (provider == nullptr) {
    return invalid("PROVIDER_UNKNOWN",
                   "This worker has no provider \"" + feed.provider().substr(0, 60) + "\"",
                   "List the providers to see what there is.");
  }
  for (const auto& check : {provider->canonicalize(feed), check_labels(feed), check_poll_interval(feed),
                            check_removal_share(feed), check_content(feed)}) {
    if (!check) return check;
  }
  if (feed.sink().empty()) feed.set_sink(core.options.default_sink);
  if (feed.sink().empty()) {
    return invalid("SINK_MISSING", "The feed names no sink, and this worker has no default one",
                   "Set sink to an address such as grpc:HOST:PORT or jsonl:PATH.");
  }
  auto sink = core.sinks.check(feed.sink());
  if (!sink) return sink;
  if (feed.name().empty()) {
    std::string identity = provider->identity(feed);
    identity += '\0' + feed.connection() + '\0' + feed.sink();
    feed.set_name(feed_name_for(feed.provider(), identity));
  }
  return check_feed_name(feed.name());
}

Task<Result<StoredFeed>> new_feed(Core& core, v1::Feed settings) {
  // What delete_feed() left of an earlier feed of this name.
  auto key = state::feed_key(settings.name());
  auto earlier = co_await state::load_record<st::FeedStateRecord>(core.seams.store, std::move(key));
  if (!earlier) co_return std::move(earlier).error();
  const int64_t last_epoch = *earlier ? (*earlier)->epoch() : 0;
  StoredFeed feed;
  settings.set_etag(settings_etag(settings));
  *settings.mutable_created_at() = to_timestamp(core.now());
  *settings.mutable_updated_at() = settings.created_at();
  *feed.record.mutable_settings() = std::move(settings);
  feed.state.set_epoch(last_epoch + 1);
  if (feed.settings().has_poll_interval()) *feed.state.mutable_next_sync_at() = to_timestamp(core.now());
  co_return feed;
}

void put_new_feed(state::Batch& batch, const StoredFeed& feed) {
  state::put_record(batch, state::feed_key(feed.settings().name()), feed.record);
  state::put_record(batch, state::feed_key(feed.settings().name()), feed.state);
}

Task<Result<v1::Feed>> create_feed(Core& core, v1::CreateFeedRequest request) {
  v1::Feed settings = request.feed();
  auto checked = canonicalize_feed(core, settings);
  if (!checked) co_return std::move(checked).error();
  checked = check_request_id(request.request_id());
  if (!checked) co_return std::move(checked).error();
  const std::string hash = sha256(state::serialize(settings));
  const auto hold = co_await core.locks.lock(settings.name());
  auto answered = co_await find_request(core, request.request_id(), hash);
  if (!answered) co_return std::move(answered).error();
  auto existing = co_await find_feed(core.seams.store, settings.name());
  if (!existing) co_return std::move(existing).error();
  if (*existing) {
    const bool same = (*existing)->settings().etag() == settings_etag(settings);
    if (*answered || same) {
      co_return show(core, **existing, core.scheduler.active_of_feed(settings.name()) != nullptr);
    }
    auto taken =
        make_error(ErrorClass::kConflict, "FEED_EXISTS", settings.name() + " exists with other settings",
                   "Update it, or choose another name.");
    co_return std::move(taken).with("feed", settings.name());
  }
  checked = co_await check_connection(core, settings);
  if (!checked) co_return std::move(checked).error();
  auto made = co_await new_feed(core, std::move(settings));
  if (!made) co_return std::move(made).error();
  const StoredFeed feed = std::move(*made);
  if (!request.validate_only()) {
    state::Batch batch;
    put_new_feed(batch, feed);
    put_request(core, batch, request.request_id(), hash, feed.settings().name());
    crash_point("feed.create.committing");
    auto written = co_await core.seams.store.commit(std::move(batch));
    if (!written) co_return std::move(written).error();
    crash_point("feed.create.committed");
    if (feed.is_polled()) {
      expect_polls(core, feed.settings());
      core.poller.plan(feed.settings().name(), core.now());
    }
  }
  co_return show(core, feed, false);
}

Task<Result<v1::Feed>> get_feed(Core& core, v1::GetFeedRequest request) {
  auto feed = co_await load_feed(core.seams.store, request.name());
  if (!feed) co_return std::move(feed).error();
  co_return show(core, *feed, core.scheduler.active_of_feed(request.name()) != nullptr);
}

Task<Result<v1::ListFeedsResponse>> list_feeds(Core& core, v1::ListFeedsRequest request) {
  constexpr std::string_view kList = "feeds";
  auto page = read_page(kList, request.page_size(), request.page_token());
  if (!page) co_return std::move(page).error();
  auto rows = co_await state::scan_records<st::FeedRecord>(core.seams.store, "", page->after, page->size);
  if (!rows) co_return std::move(rows).error();
  std::vector<std::string> keys;
  for (const auto& row : *rows) keys.push_back(row.key);
  auto states = co_await state::load_records<st::FeedStateRecord>(core.seams.store, keys);
  if (!states) co_return std::move(states).error();
  v1::ListFeedsResponse response;
  for (size_t i = 0; i < rows->size(); ++i) {
    StoredFeed feed;
    feed.record = std::move((*rows)[i].record);
    if ((*states)[i]) feed.state = std::move(*(*states)[i]);
    const bool syncing = core.scheduler.active_of_feed(feed.settings().name()) != nullptr;
    *response.add_feeds() = show(core, feed, syncing);
  }
  if (rows->size() == page->size) response.set_next_page_token(page_token_after(kList, keys.back()));
  co_return response;
}

namespace {

// A setting, or what the feed has of its provider's selection: all of it or a field.
bool is_changeable(const std::string& path, const v1::Feed& feed) {
  static const std::set<std::string> kSettings = {"sink", "poll_interval", "max_removal_share", "labels",
                                                  "content"};
  if (kSettings.contains(path)) return true;
  const auto* selection = v1::Feed::descriptor()->FindFieldByNumber(feed.selection_case());
  return selection != nullptr && path.substr(0, path.find('.')) == selection->name() &&
         google::protobuf::util::FieldMaskUtil::IsValidPath<v1::Feed>(path);
}

// The masked fields of the request's feed over `to`.
Result<void> apply_update(Core& core, const v1::UpdateFeedRequest& request, v1::Feed& to, bool& paused) {
  constexpr const char* kFields =
      "sink, poll_interval, max_removal_share, labels, content, state, or the selection of the feed's "
      "provider "
      "or a field of it, such as rss or github.kinds";
  if (request.update_mask().paths().empty()) {
    return invalid("NOTHING_TO_UPDATE", "update_mask names no field, so that nothing would change",
                   std::string("Name the fields to set: ") + kFields + ".");
  }
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "state") {
      const auto wanted = request.feed().state();
      if (wanted != v1::Feed::ACTIVE && wanted != v1::Feed::PAUSED) {
        return invalid("STATE_NOT_SETTABLE", "state can be set to ACTIVE or PAUSED alone",
                       "Use one of those.");
      }
      paused = wanted == v1::Feed::PAUSED;
      continue;
    }
    if (!is_changeable(path, to)) {
      return invalid("FIELD_NOT_CHANGEABLE",
                     "update_mask names \"" + path.substr(0, 60) + "\", which cannot be changed",
                     std::string("Use ") + kFields + ".");
    }
    google::protobuf::FieldMask one;
    one.add_paths(path);
    google::protobuf::util::FieldMaskUtil::MergeOptions replace;
    replace.set_replace_message_fields(true);
    replace.set_replace_repeated_fields(true);
    google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.feed(), one, replace, &to);
  }
  const std::string name = to.name();
  return canonicalize_feed(core, to);
}

} // namespace

Task<Result<v1::Feed>> update_feed(Core& core, v1::UpdateFeedRequest request) {
  const std::string name = request.feed().name();
  const auto hold = co_await core.locks.lock(name);
  auto feed = co_await load_feed(core.seams.store, name);
  if (!feed) co_return std::move(feed).error();
  auto checked = check_etag(feed->settings(), request.feed().etag());
  if (!checked) co_return std::move(checked).error();
  const v1::Feed before = feed->settings();
  v1::Feed after = before;
  bool paused = feed->record.paused();
  checked = apply_update(core, request, after, paused);
  if (!checked) co_return std::move(checked).error();
  if (!may_become(*find_provider(core.seams, before.provider()), before, after)) {
    co_return invalid("SELECTION_FIXED", "The update would make " + name + " another feed",
                      "Create a new feed for the other selection, and delete this one.");
  }
  const bool syncing = core.scheduler.active_of_feed(name) != nullptr;
  after.set_etag(settings_etag(after));
  *after.mutable_created_at() = before.created_at();
  *after.mutable_updated_at() = to_timestamp(core.now());
  *feed->record.mutable_settings() = std::move(after);
  feed->record.set_paused(paused);
  if (request.validate_only()) co_return show(core, *feed, syncing);

  state::Batch batch;
  state::put_record(batch, state::feed_key(name), feed->record);
  auto written = co_await core.seams.store.commit(std::move(batch));
  if (!written) co_return std::move(written).error();
  // A running sync plans the next one when it ends; one that has ended while this was written has not heard
  // of it.
  const bool still_syncing = core.scheduler.active_of_feed(name) != nullptr;
  core.scheduler.settings_changed(name);
  const bool polled = feed->is_polled();
  if (!polled) expect_no_poll(core, name);
  core.scheduler.quiet_polls().apply_to(feed->state, name);
  if (polled) expect_polls(core, feed->settings());
  if (polled && !still_syncing) {
    core.poller.plan(name, stored_plan(feed->settings(), feed->state, core.now(), core.options));
  }
  co_return show(core, *feed, syncing);
}

Task<Result<void>> delete_feed(Core& core, v1::DeleteFeedRequest request) {
  const std::string& name = request.name(); // the frame keeps the request
  const auto hold = co_await core.locks.lock(name);
  auto feed = co_await load_feed(core.seams.store, name);
  if (!feed) co_return std::move(feed).error();
  auto checked = check_etag(feed->settings(), request.etag());
  if (!checked) co_return std::move(checked).error();
  if (const auto active = core.scheduler.active_of_feed(name)) co_return feed_busy(name, active->sync.name());
  state::Batch batch;
  state::erase_record<st::FeedRecord>(batch, state::feed_key(name));
  // Receivers know the epoch: a feed of the same name that is created later must be past it.
  st::FeedStateRecord ended;
  ended.set_epoch(feed->state.epoch());
  state::put_record(batch, state::feed_key(name), std::move(ended));
  forget_progress(batch, name);
  crash_point("feed.delete.committing");
  auto written = co_await core.seams.store.commit(std::move(batch));
  crash_point("feed.delete.committed");
  if (written) {
    core.poller.plan(name, std::nullopt);
    core.polled.erase(name);
    core.scheduler.quiet_polls().forget(name);
  }
  co_return written;
}

Task<Result<v1::Feed>> reset_feed(Core& core, v1::ResetFeedRequest request) {
  const std::string& name = request.name(); // the frame keeps the request
  const auto hold = co_await core.locks.lock(name);
  auto feed = co_await load_feed(core.seams.store, name);
  if (!feed) co_return std::move(feed).error();
  auto checked = check_etag(feed->settings(), request.etag());
  if (!checked) co_return std::move(checked).error();
  if (const auto active = core.scheduler.active_of_feed(name)) co_return feed_busy(name, active->sync.name());
  feed->state = next_epoch(feed->state);
  state::Batch batch;
  forget_progress(batch, name);
  state::put_record(batch, state::feed_key(name), feed->state);
  crash_point("feed.reset.committing");
  auto written = co_await core.seams.store.commit(std::move(batch));
  if (!written) co_return std::move(written).error();
  crash_point("feed.reset.committed");
  co_return show(core, *feed, false);
}

Task<Result<v1::ListDeadLettersResponse>> list_dead_letters(Core& core, v1::ListDeadLettersRequest request) {
  const std::string list = "dead letters " + request.feed();
  auto page = read_page(list, request.page_size(), request.page_token());
  if (!page) co_return std::move(page).error();
  auto feed = co_await load_feed(core.seams.store, request.feed());
  if (!feed) co_return std::move(feed).error();
  auto rows = co_await state::scan_records<st::DeadLetterRecord>(
      core.seams.store, state::dead_letter_prefix(request.feed()), page->after, page->size);
  if (!rows) co_return std::move(rows).error();
  v1::ListDeadLettersResponse response;
  for (auto& row : *rows) *response.add_dead_letters() = std::move(*row.record.mutable_letter());
  if (rows->size() == page->size) response.set_next_page_token(page_token_after(list, rows->back().key));
  co_return response;
}

} // namespace circuit::sync
