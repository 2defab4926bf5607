#include "ingest/sync/quiet_polls.h"

#include <algorithm>
#include <utility>

#include "ingest/state/records.h"
#include "ingest/sync/core.h"
#include "ingest/sync/run_records.h"

namespace circuit::sync {

namespace v1 = circuit::feeds::v1;
namespace st = circuit::feeds::state::v1;

void QuietPolls::keep(const Sync& ended, std::optional<SystemTime> next) {
  Poll& poll = by_feed_[ended.feed()];
  auto entry = by_name_.extract(poll.name); // if there was one, it becomes this one's
  poll.name = ended.name();
  poll.next = next;
  ended.SerializeToString(&poll.sync);
  if (entry) {
    entry.key() = poll.name;
    by_name_.insert(std::move(entry));
  } else {
    by_name_.emplace(poll.name, &poll);
  }
}

void QuietPolls::forget(const std::string& feed) {
  const auto found = by_feed_.find(feed);
  if (found == by_feed_.end()) return;
  by_name_.erase(found->second.name);
  by_feed_.erase(found);
}

std::optional<QuietPolls::Sync> QuietPolls::of_feed(const std::string& feed) const {
  const auto found = by_feed_.find(feed);
  if (found == by_feed_.end()) return std::nullopt;
  return found->second.show();
}

std::optional<QuietPolls::Sync> QuietPolls::find(const std::string& sync) const {
  const auto found = by_name_.find(sync);
  if (found == by_name_.end()) return std::nullopt;
  return found->second->show();
}

std::vector<QuietPolls::Sync> QuietPolls::all() const {
  std::vector<Sync> all;
  all.reserve(by_feed_.size());
  for (const auto& [feed, poll] : by_feed_) all.push_back(poll.show());
  return all;
}

std::vector<std::string> QuietPolls::feeds() const {
  std::vector<std::string> feeds;
  feeds.reserve(by_feed_.size());
  for (const auto& [feed, poll] : by_feed_) feeds.push_back(feed);
  std::sort(feeds.begin(), feeds.end());
  return feeds;
}

void QuietPolls::apply_to(st::FeedStateRecord& state, const std::string& feed) const {
  const auto found = by_feed_.find(feed);
  if (found == by_feed_.end()) return;
  state.set_last_sync(found->second.name);
  state.clear_next_sync_at();
  if (found->second.next) *state.mutable_next_sync_at() = to_timestamp(*found->second.next);
}

namespace {

// The caller's feeds, none of which is syncing, or begins to while this holds their locks.
Task<Result<void>> write_some(Core& core, std::vector<std::string> feeds, Prune prune) {
  QuietPolls& quiet = core.scheduler.quiet_polls();
  std::vector<NamedLocks::Hold> holds;
  std::vector<std::string> idle, keys;
  for (std::string& feed : feeds) {
    auto hold = co_await core.locks.lock(feed);
    // A sync writes, or keeps, what is to be known when it ends.
    if (!quiet.knows(feed) || core.scheduler.active_of_feed(feed) != nullptr) continue;
    holds.push_back(std::move(hold));
    keys.push_back(state::feed_key(feed));
    idle.push_back(std::move(feed));
  }
  auto states = co_await state::load_records<st::FeedStateRecord>(core.seams.store, keys);
  if (!states) co_return std::move(states).error();
  state::Batch batch;
  for (size_t i = 0; i < idle.size(); ++i) {
    st::FeedStateRecord state;
    if ((*states)[i]) state = std::move(*(*states)[i]);
    quiet.apply_to(state, idle[i]);
    state::put_record(batch, keys[i], std::move(state));
    put_run(batch, *quiet.of_feed(idle[i]));
    if (prune == Prune::kOlderRuns) co_await prune_runs(core.seams, core.options, idle[i], &batch);
  }
  if (batch.empty()) co_return Result<void>();
  auto written = co_await core.seams.store.commit(std::move(batch));
  if (!written) co_return written;
  for (const auto& feed : idle) quiet.forget(feed);
  co_return written;
}

} // namespace

Task<void> write_quiet_polls_now(Core& core, Prune prune) {
  constexpr size_t kAtATime = 200; // their locks are held for the length of one commit
  std::vector<std::string> feeds = core.scheduler.quiet_polls().feeds();
  for (size_t begin = 0; begin < feeds.size(); begin += kAtATime) {
    const auto from = feeds.begin() + static_cast<ptrdiff_t>(begin);
    const auto to = feeds.begin() + static_cast<ptrdiff_t>(std::min(feeds.size(), begin + kAtATime));
    std::vector<std::string> some(std::make_move_iterator(from), std::make_move_iterator(to));
    auto written = co_await write_some(core, std::move(some), prune);
    if (written) continue;
    core.seams.observer.warning(std::move(written).error().while_doing("writing down when feeds are due"));
    co_return;
  }
}

Task<void> write_quiet_polls(Core& core) {
  constexpr Duration kEvery = std::chrono::minutes(1);
  for (;;) {
    co_await core.seams.loop.clock().sleep_for(kEvery);
    co_await write_quiet_polls_now(core, Prune::kOlderRuns);
  }
}

} // namespace circuit::sync
