// Disconnecting, from the request to the last byte:
//
//   DISCONNECTING, durably  ->  its syncs stop  ->  removals of what it brought (if wanted)  ->
//   its feeds are forgotten (if wanted)  ->  the grant is revoked, the credential destroyed and erased
//
// Each step may be done again, so a failure or a restart begins with the first one.

#include "ingest/accounts/deletion.h"

#include <utility>

#include "ingest/runtime/deadline.h"

namespace circuit::accounts {

namespace v1 = circuit::feeds::v1;

namespace {

constexpr char kRemovalReason[] = "DISCONNECTED";

Task<Result<void>> wait_for(Event* event) {
  co_await event->wait();
  co_return Result<void>();
}

} // namespace

Task<Result<void>> Accounts::start() {
  auto interrupted = co_await seams_.connections.interrupted_deletions();
  if (!interrupted) co_return std::move(interrupted).error();
  for (auto& request : *interrupted) begin(std::move(request));
  co_return Result<void>();
}

Task<void> Accounts::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Accounts::DeletionPtr Accounts::begin(v1::DeleteConnectionRequest request) {
  DeletionPtr& deletion = deletions_[request.name()];
  if (deletion) {
    deletion->request = std::move(request); // what is asked for last counts
    deletion->asked.notify_all();
    return deletion;
  }
  deletion = std::make_shared<Deletion>();
  deletion->request = std::move(request);
  tasks_.spawn(drive(deletion));
  return deletion;
}

Accounts::Answer<v1::DeleteConnectionResponse> Accounts::remove(v1::DeleteConnectionRequest request) {
  if (request.retract_documents() && !request.forget_feeds()) {
    co_return make_error(ErrorClass::kInvalid, "RETRACT_WITHOUT_FORGET",
                         "retract_documents needs forget_feeds: a feed that stays would deliver them again",
                         "Set both, or neither.");
  }
  auto beginning = seams_.connections.begin_deletion(request);
  const auto begun = co_await std::move(beginning);
  if (!begun) co_return begun.error();
  const DeletionPtr deletion = begin(std::move(request));
  const uint64_t seen = deletion->attempts;
  while (deletion->attempts == seen) co_await deletion->changed.wait();
  co_return *deletion->outcome;
}

Task<void> Accounts::drive(DeletionPtr deletion) {
  for (Duration wait = options_.retry_first;; wait = std::min(wait * 2, options_.retry_longest)) {
    auto attempt = bring_to_its_end(deletion);
    deletion->outcome = co_await std::move(attempt);
    ++deletion->attempts;
    const bool done = deletion->outcome->ok();
    if (done) deletions_.erase(deletion->request.name());
    deletion->changed.notify_all();
    if (done) co_return;
    seams_.warning(deletion->outcome->error());
    auto waiting =
        with_deadline(seams_.loop.executor(), seams_.loop.clock(), wait, wait_for(&deletion->asked), Error());
    (void)co_await std::move(waiting); // either way it is tried again
  }
}

Accounts::Answer<v1::DeleteConnectionResponse> Accounts::bring_to_its_end(DeletionPtr deletion) {
  const v1::DeleteConnectionRequest request = deletion->request; // it may be asked for otherwise meanwhile
  const std::string& name = request.name();
  auto stopping = seams_.engine.stop_syncs_of_connection(name);
  auto stopped = co_await std::move(stopping);
  if (!stopped) co_return std::move(stopped).error();
  if (request.retract_documents()) {
    auto retracting = retract_documents(name);
    const auto retracted = co_await std::move(retracting);
    if (!retracted) co_return retracted.error();
    deletion->retracted += *retracted;
  }
  if (request.forget_feeds()) {
    auto forgetting = forget_feeds(name);
    auto forgotten = co_await std::move(forgetting);
    if (!forgotten) co_return std::move(forgotten).error();
  }
  auto finishing = seams_.connections.finish_deletion(name);
  auto response = co_await std::move(finishing);
  if (response) response->set_retracted_documents(deletion->retracted);
  co_return response;
}

Task<Result<int64_t>> Accounts::retract_documents(std::string connection) {
  auto listing = seams_.engine.feeds_of_connection(connection);
  const auto feeds = co_await std::move(listing);
  if (!feeds) co_return feeds.error();
  int64_t removed = 0;
  for (const std::string& feed : *feeds) {
    auto retracting = seams_.engine.retract_feed(feed, kRemovalReason);
    const auto retracted = co_await std::move(retracting);
    if (!retracted) co_return retracted.error();
    removed += *retracted;
  }
  co_return removed;
}

Task<Result<void>> Accounts::forget_feeds(std::string connection) {
  auto listing = seams_.engine.feeds_of_connection(connection);
  const auto feeds = co_await std::move(listing);
  if (!feeds) co_return feeds.error();
  for (const std::string& feed : *feeds) {
    v1::DeleteFeedRequest request;
    request.set_name(feed);
    // One that somebody has started meanwhile ends by itself, since nothing is authorized any more, and the
    // next attempt finds the feed idle.
    auto deleting = seams_.engine.delete_feed(std::move(request));
    auto deleted = co_await std::move(deleting);
    if (!deleted && deleted.error().cls != ErrorClass::kNotFound) co_return std::move(deleted).error();
  }
  co_return Result<void>();
}

} // namespace circuit::accounts
