// What is found when the worker is started once more and left in peace.

#include <csignal>
#include <set>
#include <thread>
#include <utility>

#include "tests/crash/life.h"

namespace circuit::crash {

namespace v1 = circuit::feeds::v1;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr auto kStuckAfter = std::chrono::seconds(30);

std::string said(const grpc::Status& status) { return " (" + status.error_message() + ")"; }

} // namespace

std::string Life::verify() {
  ++tally_.verified;
  if (!stage_.start_worker("", random_.chance(0.3))) {
    const int code = stage_.end_worker(SIGKILL);
    return "the worker does not start again: exit code " + std::to_string(code);
  }
  std::string wrong;
  {
    WorkerApi api(stage_.worker_address());
    wrong = settle_requests(api);
    if (wrong.empty()) wrong = sync_all(api);
    const size_t delivered = stage_.raw_receiver().changes();
    if (wrong.empty()) wrong = sync_all(api);
    if (wrong.empty() && stage_.raw_receiver().changes() != delivered)
      wrong = "a second sync in peace delivered " +
              std::to_string(stage_.raw_receiver().changes() - delivered) + " changes\n";
    for (auto& subscription : subscriptions_) {
      if (!wrong.empty()) continue;
      const auto feed = api.get_feed(subscription.settings.name());
      if (feed.value.epoch() < subscription.epoch_min)
        wrong = subscription.settings.name() + " is in epoch " + std::to_string(feed.value.epoch()) +
                " after a reset answered with " + std::to_string(subscription.epoch_min) + "\n";
      subscription.epoch_min = feed.value.epoch();
    }
  }
  const bool stops = random_.chance(0.5);
  const int code = stage_.end_worker(stops && wrong.empty() ? SIGTERM : SIGKILL);
  if (!wrong.empty()) return wrong;
  if (stops && code != 128 + SIGTERM) return "the worker stopped with exit code " + std::to_string(code);
  if (!stage_.raw_receiver().wait_until_no_stream()) return "the stream of a stopped worker does not end";
  stage_.lose_worker_writes(Loss::kEverything, random_);
  was_verified_ = true;
  return compare();
}

// What was answered before the crash holds: deletions, request ids, syncs that ended.
std::string Life::settle_requests(WorkerApi& api) {
  for (auto& subscription : subscriptions_) {
    const std::string& name = subscription.settings.name();
    if (subscription.deletes) {
      const auto feed = api.get_feed(name);
      const bool gone = feed.status.error_code() == grpc::StatusCode::NOT_FOUND;
      if (!gone && subscription.deleted) return name + " is there though its deletion was answered\n";
      subscription.deletes = subscription.deleted = false;
      subscription.request.reset();
      subscription.sync.clear();
      if (gone) ++subscription.epoch_min; // the next sync makes it anew, and receivers have to see that
      continue;
    }
    if (!subscription.request) continue;
    const auto request = *std::exchange(subscription.request, std::nullopt);
    const std::string sync = std::exchange(subscription.sync, "");
    const bool ended_well = std::exchange(subscription.succeeded, false);
    const auto again = api.start(request);
    if (!sync.empty()) {
      if (!again.ok() || again.value.name() != sync)
        return "request id " + request.request_id() + " of " + name + " was answered with " + sync +
               " before the crash and with " + again.value.name() + said(again.status) + " after it\n";
      if (ended_well && again.value.state() != v1::Sync::SUCCEEDED)
        return sync + " of " + name + " had ended well before the crash, and is in state " +
               v1::Sync::State_Name(again.value.state()) + " after it\n";
      if (auto wrong = sync_until_ended(api, sync); !wrong.empty()) return wrong;
    } else if (again.ok()) {
      const auto third = api.start(request);
      if (!third.ok() || third.value.name() != again.value.name())
        return "request id " + request.request_id() + " gets two answers" + said(third.status) + "\n";
    } else if (again.status.error_code() != grpc::StatusCode::ABORTED) {
      return "a request of " + name + " is refused after the crash" + said(again.status) + "\n";
    }
  }
  return {};
}

std::string Life::sync_until_ended(WorkerApi& api, const std::string& name) {
  const auto give_up = steady_clock::now() + kStuckAfter;
  for (;;) {
    const auto sync = api.get_sync(name);
    if (!sync.ok()) return name + " is lost" + said(sync.status) + "\n";
    if (sync.value.state() == v1::Sync::SUCCEEDED) return {};
    if (has_ended(sync.value))
      return name + " of " + sync.value.feed() + " ended with " + sync.value.error().reason() + ": " +
             sync.value.error().message() + "\n";
    if (steady_clock::now() > give_up) return name + " of " + sync.value.feed() + " is stuck\n";
    std::this_thread::sleep_for(milliseconds(5));
  }
}

std::string Life::sync_all(WorkerApi& api) {
  std::vector<std::string> syncs;
  for (auto& subscription : subscriptions_) {
    v1::StartSyncRequest request;
    *request.mutable_inline_feed() = subscription.settings;
    const auto give_up = steady_clock::now() + kStuckAfter;
    for (;;) {
      const auto started = api.start(request);
      if (started.ok()) {
        syncs.push_back(started.value.name());
        break;
      }
      if (started.status.error_code() != grpc::StatusCode::ABORTED || steady_clock::now() > give_up)
        return "no sync of " + subscription.settings.name() + " can be started" + said(started.status) + "\n";
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
  for (const auto& sync : syncs) {
    if (auto wrong = sync_until_ended(api, sync); !wrong.empty()) return wrong;
  }
  return {};
}

std::string Life::compare() {
  const auto truth = stage_.provider().truth();
  std::string wrong;
  std::set<std::string> files;
  for (auto& subscription : subscriptions_) {
    if (!subscription.file.empty()) files.insert(subscription.file);
    if (!subscription.raw) continue;
    const auto seen = stage_.raw_receiver().of(subscription.settings.name());
    // A page and a page of history go into one checkpoint.
    const Promised promised{subscription.epoch_min, subscription.settled, true, 60};
    wrong += problems(seen, truth[subscription.feed], promised);
    subscription.settled = seen.size();
  }
  for (const auto& file : files) wrong += compare_file(file, truth, false);
  return wrong + compare_file(stage_.received(), truth, true);
}

std::string Life::compare_file(const std::string& path, const std::vector<TrueFeed>& truth, bool may_repeat) {
  const FileContent content = read_jsonl(path);
  std::string wrong = content.problems;
  std::string& before = files_[path];
  if (!content.text.starts_with(before)) wrong += path + " has lost or changed what it held before\n";
  before = content.text;
  for (auto& subscription : subscriptions_) {
    const bool to_receiver = subscription.file.empty() && !subscription.raw;
    const bool here = may_repeat ? to_receiver : subscription.file == path;
    if (!here) continue;
    const auto found = content.seen.find(subscription.settings.name());
    const auto seen = found == content.seen.end() ? std::vector<Seen>() : found->second;
    const Promised promised{subscription.epoch_min, subscription.settled, may_repeat, 1000};
    wrong += problems(seen, truth[subscription.feed], promised);
    subscription.settled = seen.size();
  }
  return wrong;
}

} // namespace circuit::crash
