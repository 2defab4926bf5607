#include "ingest/cli/follow.h"

#include <algorithm>

#include "ingest/cli/exit_code.h"
#include "ingest/cli/output.h"
#include "ingest/cli/progress.h"
#include "ingest/runtime/task_group.h"
#include "ingest/state/error_message.h"

namespace circuit::cli {

using circuit::feeds::v1::Sync;
using circuit::feeds::v1::SyncCounts;

namespace {

constexpr size_t kAskedAtATime = 16; // questions to a worker

struct Following {
  Session& session;
  FollowOptions options;
  std::unique_ptr<ProgressDisplay> display;
  std::vector<FollowedSync> syncs;
  std::optional<Error> lost; // the worker cannot be asked any more
};

// Watches one sync; a connection that breaks is made again for as long as a restart of a worker may take.
Task<void> watch_one(Following* following, size_t index) {
  constexpr int kAttempts = 30;
  FollowedSync& followed = following->syncs[index];
  api::Control& control = following->session.control;
  circuit::feeds::v1::WatchSyncRequest request;
  request.set_name(followed.sync.name());
  const auto watch = control.watch_sync(std::move(request));
  int failures = 0;
  following->display->show(followed.label, followed.sync);
  while (!api::has_ended(followed.sync)) {
    auto update = co_await watch->next();
    if (update) {
      failures = 0;
      followed.sync = *std::move(update);
      following->display->show(followed.label, followed.sync);
      continue;
    }
    if (update.error().cls != ErrorClass::kTransient || ++failures == kAttempts) {
      following->lost = update.error();
      co_return;
    }
    co_await following->session.loop.clock().sleep_for(std::chrono::seconds(1));
  }
}

Task<void> cancel_when_told(Following* following, TaskGroup* watching) {
  co_await following->session.stop.wait();
  if (!following->options.cancel_on_signal) {
    watching->cancel();
    co_return;
  }
  for (const auto& followed : following->syncs) {
    if (api::has_ended(followed.sync)) continue;
    circuit::feeds::v1::CancelSyncRequest request;
    request.set_name(followed.sync.name());
    auto cancelled = co_await following->session.control.cancel_sync(std::move(request));
    if (!cancelled) following->lost = cancelled.error();
  }
}

// Whether a sink of this process writes there.
Task<bool> documents_on_stdout(Session* session, const std::vector<FollowedSync>* syncs) {
  if (session->remote) co_return false;
  for (const auto& followed : *syncs) {
    circuit::feeds::v1::GetFeedRequest request;
    request.set_name(followed.sync.feed());
    const auto feed = co_await session->control.get_feed(std::move(request));
    if (feed && feed->sink() == "jsonl:-") co_return true;
  }
  co_return false;
}

// Why its feed will not be read any more; empty: it will.
struct End {
  const FollowedSync* followed;
  std::string reason;
};

Task<void> find_end(api::Control* control, End* end) {
  circuit::feeds::v1::GetFeedRequest request;
  request.set_name(end->followed->sync.feed());
  const auto feed = co_await control->get_feed(std::move(request));
  if (feed && feed->state() == circuit::feeds::v1::Feed::ENDED) end->reason = feed->state_reason();
}

// A source that is gone is no failure of the sync that found out, and the last thing that one should miss.
Task<void> name_ended_feeds(Following* following) {
  std::vector<End> ends;
  for (const auto& followed : following->syncs) {
    if (followed.sync.state() == Sync::SUCCEEDED) ends.push_back({&followed, {}});
  }
  api::Control* const control = &following->session.control;
  const auto ask = [control](End& end) { return find_end(control, &end); };
  co_await for_each_concurrent(following->session.loop.executor(), ends, kAskedAtATime, ask);
  for (const End& end : ends) {
    if (end.reason.empty()) continue;
    std::fprintf(stderr, "ended: %s: %s\n", printable(end.followed->label).c_str(),
                 printable(end.reason).c_str());
    std::fprintf(stderr, "next:  Try it once more with --full, or: circuit-feeds feeds delete %s\n",
                 end.followed->sync.feed().c_str());
  }
}

void sum_up(const Following& following) {
  SyncCounts sum;
  for (const auto& followed : following.syncs) add_counts(sum, followed.sync.counts());
  const size_t count = following.syncs.size();
  std::fprintf(stderr, "%zu %s: %s\n", count, count == 1 ? "feed" : "feeds", describe(sum).c_str());
  for (const auto& [label, sync] : following.syncs) {
    if (sync.state() == Sync::FAILED) {
      Error error = state::from_message(sync.error());
      error.message = label + ": " + error.message;
      print_error(error, false);
    }
    if (sync.counts().rejected() > 0) {
      std::fprintf(stderr, "next:  circuit-feeds feeds dead-letters %s\n", sync.feed().c_str());
    }
    if (sync.has_held_removals()) {
      std::fprintf(stderr, "next:  circuit-feeds syncs confirm-removals %s %s\n", sync.feed().c_str(),
                   sync.held_removals().token().c_str());
    }
  }
}

} // namespace

int exit_code_of(const std::vector<FollowedSync>& ended) {
  const auto any = [&](auto&& holds) {
    return std::ranges::any_of(ended, [&](const FollowedSync& followed) { return holds(followed.sync); });
  };
  if (any([](const Sync& sync) { return sync.state() != Sync::SUCCEEDED; })) return kFailed;
  const auto left_something = [](const Sync& sync) {
    const bool cut = !sync.complete() && !sync.incomplete_reason().empty();
    return cut || sync.counts().rejected() > 0 || sync.has_held_removals();
  };
  if (any(left_something)) return kPartly;
  return kDone;
}

Task<int> follow(Session& session, std::vector<FollowedSync> syncs, FollowOptions options) {
  // Documents own stdout; what belongs to stderr then is the sync's state. A terminal cannot take both.
  const bool documents = co_await documents_on_stdout(&session, &syncs);
  std::FILE* stream = options.json && !documents ? stdout : stderr;
  const bool mixed = documents && is_terminal(stdout);
  Following following{session, options,
                      make_progress(choose_style(options.json, is_terminal(stream), mixed), stream),
                      std::move(syncs), std::nullopt};
  TaskGroup watching(session.loop.executor());
  TaskGroup stopping(session.loop.executor());
  for (size_t i = 0; i < following.syncs.size(); ++i) watching.spawn(watch_one(&following, i));
  stopping.spawn(cancel_when_told(&following, &watching));
  std::exception_ptr failure;
  try {
    co_await watching.join();
  } catch (...) { // thrown again when the other group has ended
    failure = std::current_exception();
  }
  stopping.cancel();
  co_await stopping.join();
  if (failure) std::rethrow_exception(failure);

  following.display.reset();
  if (!options.json) {
    sum_up(following);
    if (!session.stop.received() && !following.lost) co_await name_ended_feeds(&following);
  }
  if (session.stop.received()) co_return stopped_by(*session.stop.received());
  if (following.lost) {
    print_error(*following.lost, options.json);
    co_return kFailed;
  }
  co_return exit_code_of(following.syncs);
}

} // namespace circuit::cli
