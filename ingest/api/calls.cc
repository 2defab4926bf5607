#include "ingest/api/calls.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "ingest/api/status.h"
#include "ingest/runtime/deadline.h"

namespace circuit::api {
namespace {

Error stopping() {
  return make_error(ErrorClass::kTransient, "WORKER_STOPPING", "This worker is shutting down",
                    "Ask another worker, or this one again when it is back.");
}

Error too_many(size_t max_open) {
  return make_error(ErrorClass::kExhausted, "TOO_MANY_CALLS",
                    "This worker has " + std::to_string(max_open) + " calls open and takes no more",
                    "End watches that nobody reads, and try again with backoff.");
}

Error cancelled() {
  return make_error(ErrorClass::kCancelled, "CALL_CANCELLED", "The call was cancelled before it ended",
                    "Look at the state of what it asked for before asking again.");
}

Error defect(const char* what) {
  return make_error(ErrorClass::kInternal, "UNEXPECTED_EXCEPTION",
                    std::string("The worker failed to answer: ") + what, "Report it with the worker's log.");
}

} // namespace

Calls::Id Calls::open(Kind kind, Work work, Finish finish) {
  Error refusal;
  {
    const std::lock_guard lock(mutex_);
    if (!refusing_ && open_.size() < max_open_) {
      const Id id = next_id_++;
      open_.emplace(id, std::make_shared<Entry>(kind, std::move(work), std::move(finish)));
      loop_.post([self = shared_from_this(), id] { self->begin(id); });
      return id;
    }
    refusal = refusing_ ? stopping() : too_many(max_open_);
  }
  finish(to_status(refusal, {}));
  return 0;
}

void Calls::cancel(Id id) {
  loop_.post([self = shared_from_this(), id] {
    if (const EntryPtr entry = self->find(id)) entry->stop.emit(boost::asio::cancellation_type::all);
  });
}

void Calls::begin(Id id) {
  const EntryPtr entry = find(id);
  if (!entry) return;
  // refuse_new() came between the call's arrival and this, and could not cancel what did not run yet.
  if (entry->kind == Kind::kStream && refusing_) return ended(id, nullptr, to_status(stopping(), {}));
  boost::asio::co_spawn(loop_.executor(), entry->work(),
                        boost::asio::bind_cancellation_slot(
                            entry->stop.slot(),
                            [self = shared_from_this(), id](std::exception_ptr failure, grpc::Status status) {
                              self->ended(id, std::move(failure), std::move(status));
                            }));
}

void Calls::ended(Id id, std::exception_ptr failure, grpc::Status status) {
  const EntryPtr entry = take(id);
  if (!entry) return;
  if (failure) status = status_of(std::move(failure), entry->kind);
  entry->finish(std::move(status));
  // A cancellation on its way to the coroutine was posted, and refers to the entry's signal: the entry goes
  // after it.
  loop_.post([entry] {});
  changed_.notify_all();
}

grpc::Status Calls::status_of(std::exception_ptr failure, Kind kind) const {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const boost::system::system_error& e) {
    if (e.code() != boost::asio::error::operation_aborted) return to_status(defect(e.what()), {});
    return to_status(kind == Kind::kStream && refusing_ ? stopping() : cancelled(), {});
  } catch (const std::exception& e) {
    return to_status(defect(e.what()), {});
  }
}

Calls::EntryPtr Calls::find(Id id) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(id);
  return found == open_.end() ? nullptr : found->second;
}

Calls::EntryPtr Calls::take(Id id) {
  const std::lock_guard lock(mutex_);
  const auto node = open_.extract(id);
  return node.empty() ? nullptr : node.mapped();
}

void Calls::refuse_new() {
  std::vector<EntryPtr> streams;
  {
    const std::lock_guard lock(mutex_);
    refusing_ = true;
    for (const auto& [id, entry] : open_) {
      if (entry->kind == Kind::kStream) streams.push_back(entry);
    }
  }
  for (const EntryPtr& entry : streams) entry->stop.emit(boost::asio::cancellation_type::all);
}

void Calls::cancel_all() {
  std::vector<EntryPtr> entries;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : open_) entries.push_back(entry);
  }
  for (const EntryPtr& entry : entries) entry->stop.emit(boost::asio::cancellation_type::all);
}

Task<Result<void>> Calls::until_empty() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (open_.empty()) co_return Result<void>();
    }
    co_await changed_.wait();
  }
}

Task<bool> Calls::drained(Duration limit) {
  auto waiting = with_deadline(loop_.executor(), loop_.clock(), limit, until_empty(), stopping());
  const Result<void> result = co_await std::move(waiting);
  co_return result.ok();
}

void Calls::abandon() {
  std::unordered_map<Id, EntryPtr> left;
  {
    const std::lock_guard lock(mutex_);
    refusing_ = true;
    left.swap(open_);
  }
  for (const auto& [id, entry] : left) entry->finish(to_status(cancelled(), {}));
}

} // namespace circuit::api
