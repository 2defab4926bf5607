#include "ingest/cli/show.h"

#include <algorithm>

#include "config/units.h"
#include "ingest/cli/output.h"
#include "ingest/cli/progress.h"
#include "ingest/cli/selection.h"

namespace circuit::cli {

using circuit::feeds::v1::DeadLetter;
using circuit::feeds::v1::Feed;
using circuit::feeds::v1::Sync;

namespace {

std::string show_poll_interval(const Feed& feed) {
  if (!feed.has_poll_interval()) return "";
  using std::chrono::seconds;
  return config::format_duration(seconds(feed.poll_interval().seconds()) +
                                 Duration(feed.poll_interval().nanos() / 1000));
}

std::string show_labels(const Feed& feed) {
  std::vector<std::string> labels;
  for (const auto& [key, value] : feed.labels()) labels.push_back(std::string(key).append("=").append(value));
  std::ranges::sort(labels);
  std::string text;
  for (const auto& label : labels) text += (text.empty() ? "" : ", ") + label;
  return text;
}

std::string show_duration(const Sync& sync) {
  if (!sync.has_started_at() || !sync.has_ended_at()) return "";
  const auto nanos = (sync.ended_at().seconds() - sync.started_at().seconds()) * 1'000'000'000 +
                     sync.ended_at().nanos() - sync.started_at().nanos();
  char text[32];
  std::snprintf(text, sizeof text, "%.1fs", static_cast<double>(std::max<int64_t>(nanos, 0)) / 1e9);
  return text;
}

} // namespace

void show_feed(const Feed& feed, bool json) {
  if (json) return print_json(feed);
  print_fields({{"name", feed.name()},
                {"provider", feed.provider()},
                {"selection", feed_label(feed)},
                {"sink", feed.sink()},
                {"state", Feed::State_Name(feed.state())},
                {"reason", feed.state_reason()},
                {"documents", show_count(feed.document_count())},
                {"dead letters", show_count(feed.dead_letter_count())},
                {"poll interval", show_poll_interval(feed)},
                {"next sync", show_time(feed.next_sync_at())},
                {"last sync", feed.last_sync()},
                {"labels", show_labels(feed)},
                {"epoch", std::to_string(feed.epoch())},
                {"created", show_time(feed.created_at())},
                {"updated", show_time(feed.updated_at())},
                {"etag", feed.etag()}});
  if (!feed.has_held_removals()) return;
  const auto& held = feed.held_removals();
  print_fields({{"held", show_count(held.would_remove()) + " of " + show_count(held.of_documents()) +
                             " documents would be removed"},
                {"token", held.token()}});
  for (const auto& id : held.examples()) std::printf("  %s\n", printable(id).c_str());
}

void show_sync(const Sync& sync, bool json) {
  if (json) return print_json(sync);
  const bool failed = sync.has_error();
  print_fields({{"name", sync.name()},
                {"feed", sync.feed()},
                {"mode", circuit::feeds::v1::SyncMode_Name(sync.mode())},
                {"state", Sync::State_Name(sync.state())},
                {"error", failed ? sync.error().message() : ""},
                {"reason", failed ? sync.error().error_class() + " " + sync.error().reason() : ""},
                {"next step", failed ? sync.error().next_step() : ""},
                {"counts", describe(sync.counts())},
                {"activity", sync.activity()},
                {"waits until", show_time(sync.parked_until())},
                {"incomplete", sync.incomplete_reason()},
                {"created", show_time(sync.created_at())},
                {"started", show_time(sync.started_at())},
                {"ended", show_time(sync.ended_at())},
                {"took", show_duration(sync)}});
}

TableRow feed_heading() { return {"FEED", "STATE", "DOCUMENTS", "DEAD", "NEXT SYNC", "SELECTION"}; }

TableRow feed_row(const Feed& feed) {
  const std::string next = show_time(feed.next_sync_at());
  return {feed.name(),
          Feed::State_Name(feed.state()),
          show_count(feed.document_count()),
          show_count(feed.dead_letter_count()),
          next.empty() ? "-" : next,
          feed_label(feed)};
}

TableRow sync_heading() { return {"SYNC", "FEED", "STATE", "STARTED", "TOOK", "OUTCOME"}; }

TableRow sync_row(const Sync& sync) {
  const std::string started = show_time(sync.started_at());
  const std::string took = show_duration(sync);
  return {sync.name(),
          sync.feed(),
          Sync::State_Name(sync.state()),
          started.empty() ? "-" : started,
          took.empty() ? "-" : took,
          describe(sync)};
}

TableRow dead_letter_heading() { return {"DOCUMENT", "REASON", "TRIES", "LAST FAILED", "MESSAGE"}; }

TableRow dead_letter_row(const DeadLetter& letter) {
  return {letter.external_id(), letter.error().reason(), std::to_string(letter.attempts()),
          show_time(letter.last_failed_at()), letter.error().message()};
}

} // namespace circuit::cli
