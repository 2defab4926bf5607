#include "tests/simulation/orchestrator.h"

#include <algorithm>
#include <iterator>

namespace circuit::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

template <class T>
const T& one_of(Random& random, const std::vector<T>& values) {
  return values[random.below(values.size())];
}

v1::SyncMode draw_mode(Random& random, double rereads) {
  if (!random.chance(rereads)) return v1::INCREMENTAL;
  return random.chance(0.6) ? v1::FULL : v1::RESEND;
}

} // namespace

Orchestrator::Orchestrator(const Scenario& scenario, Worker& worker)
    : scenario_(scenario), worker_(worker), random_(random_for(scenario.seed, 6)) {}

void Orchestrator::run() {
  for (size_t feed = 0; feed < scenario_.feeds.size(); ++feed) start_somehow(feed);
  for (size_t i = 0; i < scenario_.operations && worker_.oracle().violations().empty(); ++i) {
    // Mostly in the thick of it, now and then with time to finish.
    Duration pause = milliseconds(random_.below(3000));
    if (random_.chance(0.3)) pause = seconds(random_.below(60));
    if (random_.chance(0.05)) pause = minutes(random_.below(20));
    worker_.advance(pause);
    operate();
  }
  worker_.advance(seconds(random_.below(30)));
}

void Orchestrator::operate() {
  if (!worker_.is_armed() && random_.chance(scenario_.crashes)) lose_power();
  const uint64_t what = random_.below(10);
  if (what < 4) return change_sources();
  if (what < 8) return act_on_feed();
  something_breaks();
}

void Orchestrator::change_sources() {
  Source& source = worker_.source(random_.below(worker_.sources()));
  if (random_.chance(0.2 * scenario_.removals)) {
    worker_.oracle().note("many are removed");
    source.remove_many(random_, worker_.true_time());
    return;
  }
  const uint64_t count = random_.chance(0.1) ? 20 : 1 + random_.below(4);
  for (uint64_t i = 0; i < count; ++i) {
    const std::string what = source.change(random_, scenario_.removals, worker_.true_time());
    worker_.oracle().note("source: " + what);
  }
}

void Orchestrator::start_somehow(size_t feed) { start(feed, draw_mode(random_, scenario_.rereads)); }

void Orchestrator::start(size_t feed, v1::SyncMode mode) {
  v1::StartSyncRequest request;
  const v1::Feed settings = worker_.settings_of(feed);
  if (random_.chance(0.8)) {
    *request.mutable_inline_feed() = settings;
  } else {
    request.set_feed(settings.name());
  }
  request.set_mode(mode);
  if (random_.chance(0.2)) request.set_priority(static_cast<int32_t>(random_.below(5)));
  if (random_.chance(0.5)) {
    request.set_request_id("request-" + std::to_string(next_request_++));
    requests_[request.request_id()] = request;
  }
  worker_.oracle().note("start " + settings.name());
  worker_.call(send_start(request, random_.chance(0.3)));
  if (random_.chance(0.1)) worker_.call(send_start(std::move(request), false));
}

void Orchestrator::act_on_feed() {
  const size_t feed = random_.below(scenario_.feeds.size());
  const std::string name = scenario_.feeds[feed].settings.name();
  switch (random_.below(18)) {
    case 0:
      if (!syncs_.empty()) {
        auto sync = syncs_.begin();
        std::advance(sync, static_cast<long>(random_.below(std::min<size_t>(syncs_.size(), 4))));
        return worker_.call(send_cancel(sync->first));
      }
      return;
    case 1:
      return worker_.call(send_reset(name));
    case 2:
      return worker_.call(send_delete(name));
    case 3:
      return worker_.call(
          send_retry(name, random_.chance(0.5) ? "retry-" + std::to_string(next_request_++) : ""));
    case 4:
    case 5:
      return worker_.call(send_confirm(name));
    case 6:
      return pause_or_resume(feed);
    case 7:
      if (requests_.empty()) return;
      { // again, as a client does that has seen no answer
        auto again = requests_.begin();
        std::advance(again, static_cast<long>(random_.below(requests_.size())));
        return worker_.call(send_start(again->second, false));
      }
    case 8:
      return worker_.call(look_around(name));
    case 9:
      return lose_documents(feed);
    case 10:
    case 11:
      return interrupt_again_and_again(feed);
    default:
      return start_somehow(feed);
  }
}

void Orchestrator::something_breaks() {
  const size_t feed = random_.below(scenario_.feeds.size());
  switch (random_.below(6)) {
    case 0:
      return jump_clock();
    case 1: {
      if (!scenario_.objections) return;
      const Held& held = worker_.oracle().feed(scenario_.feeds[feed].settings.name()).held;
      auto& refused = worker_.receivers().refused();
      if (!refused.empty() && random_.chance(0.4)) return refused.clear();
      for (const auto& [id, document] : held) {
        if (random_.chance(0.2)) refused.insert(id);
      }
      return;
    }
    case 2:
      worker_.store_faults().disk_full = random_.chance(0.3);
      return;
    case 3:
      worker_.receivers().faults().stalls = random_.chance(0.5) ? 0.3 * random_.uniform() : 0;
      return;
    case 4:
      worker_.oracle().note("restart");
      return worker_.restart();
    default:
      worker_.advance(minutes(random_.below(20)));
  }
}

void Orchestrator::lose_power() {
  static const std::vector<std::string> kEvents = {
      "",         "committing", "committed",    "sent",       "applied", "acknowledged",
      "prepared", "answered",   "sync started", "sync ended", "opening", "listing ended"};
  const std::string& event = one_of(random_, kEvents);
  const uint64_t steps = event.empty() ? random_.below(600) : random_.below(12);
  worker_.arm_crash(event, 1 + random_.below(random_.chance(0.8) ? 4 : 40), steps);
}

void Orchestrator::jump_clock() {
  auto by = Duration(seconds(random_.below(3600)));
  if (random_.chance(0.5)) {
    set_back_ += by;
    by = -by;
  }
  worker_.oracle().note("the wall clock jumps by " + std::to_string(by.count()));
  worker_.loop().jump_wall_clock(by);
}

void Orchestrator::pause_or_resume(size_t feed) {
  v1::UpdateFeedRequest request;
  request.mutable_feed()->set_name(scenario_.feeds[feed].settings.name());
  if (random_.chance(0.5)) {
    request.mutable_feed()->set_state(random_.chance(0.5) ? v1::Feed::PAUSED : v1::Feed::ACTIVE);
    request.mutable_update_mask()->add_paths("state");
  } else {
    request.mutable_feed()->mutable_poll_interval()->set_seconds(
        static_cast<int64_t>(20 + random_.below(300)));
    request.mutable_update_mask()->add_paths("poll_interval");
  }
  worker_.oracle().note("update " + request.feed().name() + " " + request.update_mask().paths(0));
  worker_.call(send_update(std::move(request)));
}

void Orchestrator::lose_documents(size_t feed) {
  FeedView& view = worker_.oracle().feed(scenario_.feeds[feed].settings.name());
  if (scenario_.feeds[feed].settings.sink().starts_with("file:")) return;
  for (auto at = view.held.begin(); at != view.held.end();) {
    const bool lost = random_.chance(0.3);
    if (lost) view.lost[at->first] = 1;
    at = lost ? view.held.erase(at) : std::next(at);
  }
  worker_.oracle().note("the receiver loses documents of " + scenario_.feeds[feed].settings.name());
}

// A feed that does not get through: each sync finds what another one, perhaps of another mode, has left half
// done. It is stopped somewhere in a listing, when changes are on their way, or when the listing has just
// ended.
void Orchestrator::interrupt_again_and_again(size_t feed) {
  const FeedPlan& plan = scenario_.feeds[feed];
  const FeedView& view = worker_.oracle().feed(plan.settings.name());
  if (random_.chance(0.4)) { // so that everything is new, and changes are on their way
    worker_.call(send_reset(plan.settings.name()));
    worker_.advance(seconds(2));
  }
  const uint64_t times = 2 + random_.below(4);
  for (uint64_t i = 0; i < times && worker_.oracle().violations().empty(); ++i) {
    for (uint64_t changes = random_.below(4); changes > 0; --changes) {
      const std::string what =
          worker_.source(plan.source).change(random_, scenario_.removals, worker_.true_time());
      worker_.oracle().note("source: " + what);
    }
    const bool may_crash = scenario_.crashes > 0 && !worker_.is_armed();
    const bool at_the_end = may_crash && random_.chance(0.25);
    if (at_the_end) worker_.arm_crash("listing ended", 1, random_.below(3));
    start(feed, i % 2 == 1 ? v1::FULL : v1::INCREMENTAL);
    const bool delivering = random_.chance(0.5);
    worker_.run_until([&] { return !view.sync.empty() && (!delivering || view.unanswered > 0); },
                      seconds(20));
    if (!delivering) worker_.advance(milliseconds(random_.below(2000)));
    if (!at_the_end && !view.sync.empty()) {
      if (may_crash && random_.chance(0.3)) {
        worker_.arm_crash("", 1, random_.below(30));
      } else {
        worker_.call(send_cancel(view.sync));
      }
    }
    worker_.advance(seconds(1 + random_.below(10)));
  }
}

// Requests.

void Orchestrator::failed(const std::string& what, const Error& error) {
  worker_.oracle().note(what + " failed: " + error.reason);
  if (error.cls == ErrorClass::kInternal)
    worker_.oracle().violated(what + " answered INTERNAL: " + error.message);
}

void Orchestrator::answered(const std::string& what, const Result<v1::Sync>& answer,
                            const std::string& request_id) {
  if (!answer) return failed(what, answer.error());
  worker_.oracle().note(what + " answered " + answer->name());
  syncs_[answer->name()] = answer->feed();
  if (request_id.empty()) return;
  const auto [known, first] = answers_.emplace(request_id, answer->name());
  if (!first && known->second != answer->name()) {
    worker_.oracle().violated("one request id, two syncs: " + known->second + " and " + answer->name());
  }
}

Task<void> Orchestrator::send_start(v1::StartSyncRequest request, bool watched) {
  const std::string id = request.request_id();
  const auto answer = co_await worker_.engine().start_sync(std::move(request));
  answered("start", answer, id);
  if (watched && answer) co_await watch(answer->name());
}

Task<void> Orchestrator::watch(std::string sync) {
  v1::Sync seen;
  while (seen.state() < v1::Sync::SUCCEEDED) {
    auto next = co_await worker_.engine().next_update(sync, seen);
    if (!next) co_return failed("watch", next.error());
    seen = std::move(*next);
  }
}

Task<void> Orchestrator::send_cancel(std::string sync) {
  v1::CancelSyncRequest request;
  request.set_name(sync);
  const auto answer = co_await worker_.engine().cancel_sync(std::move(request));
  if (!answer) co_return failed("cancel", answer.error());
  worker_.oracle().note("cancel answered " + sync);
}

Task<void> Orchestrator::send_reset(std::string feed) {
  v1::ResetFeedRequest request;
  request.set_name(feed);
  const auto answer = co_await worker_.engine().reset_feed(std::move(request));
  if (!answer) co_return failed("reset", answer.error());
  worker_.oracle().note("reset " + feed);
}

Task<void> Orchestrator::send_delete(std::string feed) {
  v1::DeleteFeedRequest request;
  request.set_name(feed);
  const auto answer = co_await worker_.engine().delete_feed(std::move(request));
  if (!answer) co_return failed("delete", answer.error());
  worker_.oracle().note("deleted " + feed);
}

Task<void> Orchestrator::send_retry(std::string feed, std::string request_id) {
  v1::RetryDeadLettersRequest request;
  request.set_feed(feed);
  request.set_request_id(request_id);
  const auto answer = co_await worker_.engine().retry_dead_letters(std::move(request));
  answered("retry", answer, request_id);
}

Task<void> Orchestrator::send_confirm(std::string feed) {
  v1::GetFeedRequest get;
  get.set_name(feed);
  const auto stored = co_await worker_.engine().get_feed(std::move(get));
  if (!stored || !stored->has_held_removals()) co_return;
  v1::ConfirmRemovalsRequest request;
  request.set_feed(feed);
  request.set_token(stored->held_removals().token());
  const auto answer = co_await worker_.engine().confirm_removals(std::move(request));
  answered("confirm", answer, "");
}

Task<void> Orchestrator::send_update(v1::UpdateFeedRequest request) {
  const auto answer = co_await worker_.engine().update_feed(std::move(request));
  if (!answer) co_return failed("update", answer.error());
  worker_.oracle().note("updated " + answer->name());
}

Task<void> Orchestrator::look_around(std::string feed) {
  v1::ListFeedsRequest feeds;
  feeds.set_page_size(2);
  const auto listed = co_await worker_.engine().list_feeds(std::move(feeds));
  if (!listed) failed("list feeds", listed.error());
  v1::ListSyncsRequest syncs;
  syncs.set_feed(feed);
  syncs.set_page_size(3);
  const auto runs = co_await worker_.engine().list_syncs(std::move(syncs));
  if (!runs) failed("list syncs", runs.error());
  v1::ListDeadLettersRequest letters;
  letters.set_feed(feed);
  const auto dead = co_await worker_.engine().list_dead_letters(std::move(letters));
  if (!dead) failed("list dead letters", dead.error());
}

} // namespace circuit::simulation
