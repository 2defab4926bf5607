#include "tests/simulation/finale.h"

#include <algorithm>

namespace circuit::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

bool has_ended(const v1::Sync& sync) { return sync.state() >= v1::Sync::SUCCEEDED; }

} // namespace

void Finale::run() {
  oracle().note("faults end");
  worker_.end_faults();
  for (size_t i = 0; i < worker_.sources(); ++i) worker_.source(i).calm(worker_.true_time());
  if (worker_.store_gave_up()) worker_.restart();
  worker_.advance(seconds(30)); // requests that are under way may still change something
  const auto good = [this] { return oracle().violations().empty(); };
  if (good()) see_syncs_end();
  if (good()) see_polls_go_on();
  for (size_t feed = 0; feed < scenario_.feeds.size() && good(); ++feed) bring_up_to_date(feed);
  worker_.run_until([this] { return !worker_.has_calls(); }, hours(1));
  if (worker_.has_calls()) oracle().violated("a client still waits for an answer");
}

// Whatever was started has an end, and says so.
void Finale::see_syncs_end() {
  for (const auto& [sync, feed] : orchestrator_.syncs()) {
    if (oracle().violations().empty()) see_end(sync);
  }
}

std::optional<v1::Sync> Finale::see_end(const std::string& sync) {
  v1::Sync seen;
  for (int looks = 0; looks < 2000; ++looks) {
    v1::GetSyncRequest request;
    request.set_name(sync);
    const auto answer = worker_.ask(worker_.engine().get_sync(request));
    if (!answer) break;
    if (!*answer) {
      // Only the latest of a feed are kept.
      if (answer->error().cls != ErrorClass::kNotFound)
        oracle().violated("get " + sync + ": " + answer->error().message);
      return std::nullopt;
    }
    seen = **answer;
    if (has_ended(seen)) return seen;
    worker_.advance(looks < 100 ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10'000));
  }
  oracle().violated(sync + " of " + seen.feed() + " never ended: " + v1::Sync::State_Name(seen.state()));
  return std::nullopt;
}

std::optional<v1::Feed> Finale::stored(size_t feed) {
  v1::GetFeedRequest request;
  request.set_name(name_of(feed));
  const auto answer = worker_.ask(worker_.engine().get_feed(request));
  if (!answer || !*answer) return std::nullopt;
  return **answer;
}

// A polled feed is synced without being asked, whatever happened before.
void Finale::see_polls_go_on() {
  const Duration patience = orchestrator_.set_back() + hours(2);
  for (size_t feed = 0; feed < scenario_.feeds.size(); ++feed) {
    if (!scenario_.sources[scenario_.feeds[feed].source].is_library)
      continue; // hints may stretch it to a day
    const auto now = stored(feed);
    const bool polled = now && now->has_poll_interval() && now->state() == v1::Feed::ACTIVE;
    if (!polled) continue;
    const FeedView& view = oracle().feed(name_of(feed));
    const size_t before = view.ended_syncs;
    const auto before_at =
        std::chrono::floor<seconds>(worker_.loop().clock().now()).time_since_epoch().count();
    if (!worker_.run_until([&] { return view.ended_syncs > before; }, patience)) {
      oracle().violated("a polled feed is not synced any more: " + name_of(feed) + ", planned in " +
                        std::to_string(now->next_sync_at().seconds() - before_at) + " s");
    }
  }
}

std::optional<v1::Sync> Finale::sync(size_t feed, v1::SyncMode mode) {
  for (int attempts = 0; attempts < 20; ++attempts) {
    v1::StartSyncRequest request;
    *request.mutable_inline_feed() = worker_.settings_of(feed);
    request.set_mode(mode);
    const auto answer = worker_.ask(worker_.engine().start_sync(request));
    if (!answer) {
      oracle().violated("no answer to a start of " + name_of(feed));
      return std::nullopt;
    }
    if (!*answer && answer->error().reason == "SYNC_ALREADY_RUNNING") {
      see_end(answer->error().metadata.at("sync"));
      // Polled ones are not stored before their end.
      worker_.advance(seconds(1));
      continue;
    }
    if (!*answer) {
      oracle().violated("start of " + name_of(feed) + ": " + answer->error().message);
      return std::nullopt;
    }
    auto ended = see_end((*answer)->name());
    if (ended &&
        ended->error().error_class() == "THROTTLED") { // by what was asked for before the faults ended
      worker_.advance(minutes(2));
      continue;
    }
    if (ended && ended->state() != v1::Sync::SUCCEEDED) {
      oracle().violated("a quiet sync ended with " + ended->error().reason() + ", " +
                        ended->error().message() + ": " + name_of(feed));
      return std::nullopt;
    }
    return ended;
  }
  oracle().violated("always another sync of " + name_of(feed));
  return std::nullopt;
}

void Finale::confirm(size_t feed) {
  for (int times = 0; times < 20; ++times) {
    const auto now = stored(feed);
    if (!now || !now->has_held_removals()) return;
    v1::ConfirmRemovalsRequest request;
    request.set_feed(name_of(feed));
    request.set_token(now->held_removals().token());
    const auto answer = worker_.ask(worker_.engine().confirm_removals(request));
    if (answer && *answer) {
      see_end((*answer)->name());
    } else {
      worker_.advance(seconds(3)); // a poll came first
    }
  }
  oracle().violated("what was confirmed is still held: " + name_of(feed));
}

void Finale::retry(size_t feed) {
  for (int times = 0; times < 20; ++times) {
    v1::RetryDeadLettersRequest request;
    request.set_feed(name_of(feed));
    const auto answer = worker_.ask(worker_.engine().retry_dead_letters(request));
    if (answer && *answer) {
      see_end((*answer)->name());
      return;
    }
    worker_.advance(seconds(3));
  }
  oracle().violated("dead letters could not be retried: " + name_of(feed));
}

void Finale::bring_up_to_date(size_t feed) {
  const FeedPlan& plan = scenario_.feeds[feed];
  const auto before = stored(feed);
  const bool ended = before && before->state() == v1::Feed::ENDED;
  const bool finished = worker_.source(plan.source).has_ended(plan);
  const bool full = ended || finished || plan.with_history;
  if (!sync(feed, full ? v1::FULL : v1::INCREMENTAL)) return;
  confirm(feed);
  const auto now = stored(feed);
  if (now && now->dead_letter_count() > 0) retry(feed);
  if (!oracle().feed(name_of(feed)).lost.empty() && !sync(feed, v1::RESEND)) return;
  const auto last = sync(feed, full ? v1::FULL : v1::INCREMENTAL);
  if (!last) return;
  confirm(feed);
  if (!last->complete() && scenario_.sources[plan.source].is_library) {
    oracle().violated("a quiet sync was incomplete, " + last->incomplete_reason() + ": " + name_of(feed));
  }
  compare(feed);
}

void Finale::compare(size_t feed) {
  const auto now = stored(feed);
  if (!now) return oracle().violated("a feed is gone: " + name_of(feed));
  const FeedPlan& plan = scenario_.feeds[feed];
  Held held;
  for (const auto& [id, document] : oracle().feed(name_of(feed)).held) {
    if (document.metadata().at(kEpochOfHeld) == std::to_string(now->epoch())) held[id] = document;
  }
  const auto& lost = oracle().feed(name_of(feed)).lost; // what cannot be read any more is not sent again
  std::map<std::string, std::string> hashes;
  for (const auto& [id, document] : held) hashes[id] = document.content_hash();
  const auto manifest = oracle().stored_manifest(name_of(feed));
  for (const auto& [id, hash] : manifest) {
    if (hash.empty()) continue; // in doubt, and cannot be read any more: see below
    if (!hashes.contains(id) && !lost.contains(id))
      oracle().violated("in the manifest and not at the sink: " + name_of(feed) + " " + id);
  }
  for (const auto& [id, hash] : hashes) {
    const auto found = manifest.find(id);
    if (found == manifest.end()) {
      oracle().violated("at the sink and not in the manifest: " + name_of(feed) + " " + id);
    } else if (found->second != hash && !found->second.empty()) {
      oracle().violated("the sink has another content than the manifest says: " + name_of(feed) + " " + id);
    }
  }
  if (now->document_count() != static_cast<int64_t>(manifest.size())) {
    oracle().violated("document_count " + std::to_string(now->document_count()) + " of " +
                      std::to_string(manifest.size()) + ": " + name_of(feed));
  }
  oracle().check_marks(name_of(feed));
  compare_dead_letters(*now, held, plan);
}

void Finale::compare_dead_letters(const v1::Feed& stored, const Held& held, const FeedPlan& plan) {
  const Source& source = worker_.source(plan.source);
  v1::ListDeadLettersRequest request;
  request.set_feed(stored.name());
  request.set_page_size(1000);
  const auto letters = worker_.ask(worker_.engine().list_dead_letters(request));
  if (!letters || !*letters) return oracle().violated("no dead letters listed: " + stored.name());
  std::set<std::string> dead, excused;
  const std::set<std::string> unreadable = source.unreadable();
  for (const auto& letter : (*letters)->dead_letters()) {
    const std::string& id = letter.external_id();
    dead.insert(id);
    if (letter.error().reason() == "DOCUMENT_TOO_LARGE") excused.insert(id);
    // A web page that shows an item no more has nothing to offer again.
    const bool again = scenario_.sources[plan.source].is_library;
    const bool fine = again && held.contains(id) && !excused.contains(id) && !unreadable.contains(id);
    if (fine)
      oracle().violated("a dead letter of a document that was delivered: " + stored.name() + " " + id);
  }
  for (const std::string& id : unreadable) {
    if (!dead.contains(id)) oracle().violated("no dead letter: " + stored.name() + " " + id);
  }
  if (stored.dead_letter_count() != static_cast<int64_t>(dead.size())) {
    oracle().violated("dead_letter_count " + std::to_string(stored.dead_letter_count()) + " of " +
                      std::to_string(dead.size()) + ": " + stored.name());
  }
  for (const auto& [id, hash] : oracle().stored_manifest(stored.name())) {
    // A change log does not name again what has not changed; a listing does.
    const bool listed = scenario_.sources[plan.source].is_library && plan.listing && !dead.contains(id);
    if (hash.empty() && listed) oracle().violated("still in doubt: " + stored.name() + " " + id);
  }
  const std::string difference = source.difference(plan, held, excused, plan.with_history);
  if (!difference.empty()) oracle().violated("not the truth of " + stored.name() + ": " + difference);
}

} // namespace circuit::simulation
