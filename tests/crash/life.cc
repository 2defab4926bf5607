#include "tests/crash/life.h"

#include <csignal>
#include <set>
#include <thread>

namespace circuit::crash {

namespace v1 = circuit::feeds::v1;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int kKilled = 128 + SIGKILL;
constexpr size_t kFeedsFollowed = 5;

// Every item can be told, and every edit is seen: by an ETag, since dates count in seconds.
bool follows_well(const TrueFeed& feed, const Page& page) {
  std::set<std::string> ids;
  for (const auto& document : feed.documents) {
    if (document.external_id.empty() || !ids.insert(document.external_id).second) return false;
  }
  return !ids.empty() && page.status == 200 && page.headers.find("\netag:") != std::string::npos &&
         page.body.find("\"expired\"") == std::string::npos;
}

bool is_complete(const Page& page) { return page.body.find(":complete") != std::string::npos; }

bool has_history(const Page& page) {
  for (const char* sign : {"prev-archive", "rel=\"next\"", "next_url"}) {
    if (page.body.find(sign) != std::string::npos) return true;
  }
  return false;
}

std::string last_lines(const std::string& text) {
  constexpr size_t kShown = 1500;
  return text.size() <= kShown ? text : text.substr(text.find('\n', text.size() - kShown) + 1);
}

} // namespace

Life::Life(std::filesystem::path folder, uint64_t seed, uint64_t number, Tally& tally)
    : random_(seed_of(seed, number)),
      rounds_(draw_life(seed, number)),
      tally_(tally),
      stage_(std::move(folder), seed_of(seed, number)) {
  choose_feeds();
}

// Complete feeds and such with a history first, then others.
void Life::choose_feeds() {
  const auto truth = stage_.provider().truth();
  std::vector<size_t> history, others;
  for (size_t i = 0; i < truth.size(); ++i) {
    const Page page = stage_.provider().get(truth[i].url);
    if (!follows_well(truth[i], page)) continue;
    (is_complete(page) ? complete_feeds_ : has_history(page) ? history : others).push_back(i);
  }
  if (complete_feeds_.size() > 2) complete_feeds_.resize(2);
  if (history.size() > 1) history.resize(1);
  feeds_ = complete_feeds_;
  feeds_.insert(feeds_.end(), history.begin(), history.end());
  feeds_.insert(feeds_.end(), others.begin(), others.end());
  if (feeds_.size() > kFeedsFollowed) feeds_.resize(kFeedsFollowed);
}

void Life::subscribe(size_t feed, const std::string& sink_uri, const std::string& file, bool raw) {
  Subscription& added = subscriptions_.emplace_back();
  added.settings.set_name("feeds/crash-" + std::to_string(subscriptions_.size()) + "-" +
                          std::to_string(feed));
  added.settings.set_provider("rss");
  added.settings.mutable_rss()->set_url(stage_.provider().truth()[feed].url);
  added.settings.mutable_rss()->set_with_history(true);
  added.settings.set_sink(sink_uri);
  added.settings.set_max_removal_share(1);
  added.feed = feed;
  added.file = file;
  added.raw = raw;
}

Life::Subscription& Life::subscribe_to_new_file() {
  const std::string file = stage_.file("new-" + std::to_string(++new_files_) + ".jsonl");
  subscribe(feeds_[random_.below(feeds_.size())], "jsonl:" + file, file, false);
  return subscriptions_.back();
}

std::optional<Broken> Life::live(Deadline deadline) {
  for (size_t i = 0; i < rounds_.size() && more(deadline); ++i) {
    ++tally_.rounds;
    lost_.clear();
    std::string what;
    try {
      what = play(rounds_[i]);
    } catch (const std::exception& failure) {
      what = failure.what();
    }
    if (!what.empty()) {
      const std::string where = rounds_[i].to_string() + (lost_.empty() ? "" : ": lost " + lost_);
      return Broken{i, where, what + "The worker said last:\n" + last_lines(stage_.last_log())};
    }
  }
  return std::nullopt;
}

std::string Life::play(const Round& round) {
  const bool wants_idle_feeds = round.scene == Scene::kReset || round.scene == Scene::kDelete;
  if (subscriptions_.empty()) {
    if (auto wrong = start_new_receiver(); !wrong.empty()) return wrong;
  }
  if (wants_idle_feeds && !was_verified_) {
    if (auto wrong = verify(); !wrong.empty()) return wrong;
  }
  change_provider(round);
  rotate_ = round.scene == Scene::kRotation || random_.chance(0.3);
  std::string point;
  const bool in_receiver = round.scene == Scene::kReceiver || round.scene == Scene::kNewReceiver;
  if (!round.point.empty() && round.scene != Scene::kNewReceiver) ++tally_.armed[round.point];
  if (!round.point.empty() && !in_receiver) point = round.point + ":" + std::to_string(round.count);
  if (round.scene == Scene::kReceiver) {
    stage_.end_receiver();
    stage_.lose_receiver_writes(round.loss, random_);
    // It may be killed when it opens its file.
    if (!stage_.start_receiver(round.point + ":" + std::to_string(round.count))) mend_receiver(round);
  }
  was_verified_ = false;
  if (stage_.start_worker(point, rotate_)) act(round);
  if (auto wrong = end_round(round); !wrong.empty()) return wrong;
  return round.verify ? verify() : std::string();
}

std::string Life::start_new_receiver() {
  for (const Round& round : rounds_) {
    if (round.scene != Scene::kNewReceiver) continue;
    ++tally_.armed[round.point];
    stage_.start_receiver(round.point + ":1");
    stage_.end_receiver();
    if (stage_.reached_crash_point()) ++tally_.hit[round.point];
    lost_ = stage_.lose_receiver_writes(round.loss, random_).to_string();
  }
  if (!stage_.start_receiver("")) return "the receiver does not start";
  for (size_t i = 0; i < feeds_.size(); ++i) {
    const std::string file = stage_.file(i % 2 == 0 ? "a.jsonl" : "b.jsonl");
    subscribe(feeds_[i], "jsonl:" + file, file, false);
    const bool raw = i % 3 != 2;
    subscribe(feeds_[i], "grpc:" + (raw ? stage_.raw_receiver().address() : stage_.receiver_address()), "",
              raw);
  }
  return {};
}

void Life::change_provider(const Round& round) {
  Provider& provider = stage_.provider();
  for (const size_t feed : feeds_) {
    const std::string of = "?feed=" + std::to_string(feed);
    if (random_.chance(0.7)) provider.post("add" + of + "&count=" + std::to_string(1 + random_.below(3)));
    if (random_.chance(0.4)) provider.post("edit" + of);
    if (random_.chance(0.1)) provider.post("delete" + of);
  }
  if (round.scene != Scene::kSweep) return;
  for (const size_t feed : complete_feeds_) {
    for (int i = 0; i < 3; ++i) provider.post("delete?feed=" + std::to_string(feed));
  }
}

void Life::act(const Round& round) {
  WorkerApi api(stage_.worker_address());
  Subscription& some = subscriptions_[random_.below(subscriptions_.size())];
  if (round.scene == Scene::kReset) {
    const auto fresh = api.reset(some.settings.name());
    if (fresh.ok()) some.epoch_min = fresh.value.epoch();
  }
  if (round.scene == Scene::kDelete) {
    some.deletes = true;
    some.deleted = api.remove(some.settings.name()).ok();
  }
  if (round.scene == Scene::kNewFeed) {
    v1::CreateFeedRequest request;
    *request.mutable_feed() = subscribe_to_new_file().settings;
    request.set_request_id("create-" + std::to_string(++requests_));
    api.create(request);
  }
  ask_for_syncs(api);
  watch(api, round);
}

v1::StartSyncRequest Life::new_request(const Subscription& subscription) {
  v1::StartSyncRequest request;
  *request.mutable_inline_feed() = subscription.settings;
  request.set_mode(random_.chance(0.1) ? v1::FULL : v1::INCREMENTAL);
  request.set_request_id("sync-" + std::to_string(++requests_));
  return request;
}

void Life::ask_for_syncs(WorkerApi& api) {
  for (auto& subscription : subscriptions_) {
    if (subscription.deletes || stage_.worker_ended()) continue;
    auto request = new_request(subscription);
    const auto answer = api.start(request);
    // Busy with what the round before left: that one is what matters.
    if (answer.status.error_code() == grpc::StatusCode::ABORTED) continue;
    subscription.request = std::move(request);
    subscription.sync = answer.value.name();
    subscription.succeeded = false;
  }
}

// Until the worker is dead, or has nothing left to do, or its time has come.
void Life::watch(WorkerApi& api, const Round& round) {
  const auto begin = steady_clock::now();
  const milliseconds limit(round.point.empty() ? random_.below(200) : 3000);
  const milliseconds change_after(random_.below(60));
  const milliseconds stop_after(random_.below(100));
  bool changed = false;
  while (!stage_.worker_ended() && steady_clock::now() - begin < limit) {
    std::this_thread::sleep_for(milliseconds(5));
    const auto passed = steady_clock::now() - begin;
    if (stage_.receiver_ended()) mend_receiver(round);
    if (!changed && passed > change_after) {
      for (const size_t feed : feeds_) stage_.provider().post("add?feed=" + std::to_string(feed));
      changed = true;
    }
    if (round.scene == Scene::kStop && passed > stop_after) return;
    if (!round.point.empty() && all_ended(api)) return;
  }
}

// Remembers those that ended well: what they delivered must not come again.
bool Life::all_ended(WorkerApi& api) {
  bool all = true;
  for (auto& subscription : subscriptions_) {
    if (subscription.sync.empty() || subscription.succeeded || subscription.deletes) continue;
    const auto sync = api.get_sync(subscription.sync);
    if (!sync.ok()) return false;
    all &= has_ended(sync.value);
    if (sync.value.state() != v1::Sync::SUCCEEDED) continue;
    subscription.succeeded = true;
    if (subscription.raw)
      subscription.settled = stage_.raw_receiver().of(subscription.settings.name()).size();
  }
  return all;
}

void Life::mend_receiver(const Round& round) {
  stage_.end_receiver();
  if (stage_.reached_crash_point()) ++tally_.hit[round.point];
  stage_.lose_receiver_writes(round.loss, random_);
  stage_.start_receiver("");
}

std::string Life::end_round(const Round& round) {
  const int code = stage_.end_worker(round.scene == Scene::kStop ? SIGTERM : SIGKILL);
  const bool killed = code == kKilled;
  if (!killed && !(round.scene == Scene::kStop && code == 128 + SIGTERM))
    return "the worker ended with exit code " + std::to_string(code);
  if (round.point.empty()) ++tally_.killed_by_clock;
  if (stage_.reached_crash_point()) ++tally_.hit[round.point];
  if (!stage_.raw_receiver().wait_until_no_stream()) return "the stream of a dead worker does not end";
  if (round.scene == Scene::kReceiver) mend_receiver(round); // it may wait for its point still
  const RolledBack lost = stage_.lose_worker_writes(round.loss, random_);
  tally_.lossy += lost.files > 0 || lost.entries > 0 ? 1 : 0;
  tally_.bytes_lost += lost.bytes;
  tally_.entries_lost += lost.entries;
  lost_ = lost.to_string();
  return {};
}

} // namespace circuit::crash
