#include "ingest/api/in_flight.h"

namespace circuit::api {

InFlight::Id InFlight::add(const std::shared_ptr<grpc::ClientContext>& context) {
  const std::lock_guard lock(mutex_);
  contexts_.emplace(next_id_, context);
  return next_id_++;
}

void InFlight::remove(Id id) {
  const std::lock_guard lock(mutex_);
  contexts_.erase(id);
  changed_.notify_all();
}

void InFlight::end_all() {
  std::unique_lock lock(mutex_);
  for (const auto& [id, weak] : contexts_) {
    if (const std::shared_ptr<grpc::ClientContext> context = weak.lock()) context->TryCancel();
  }
  changed_.wait(lock, [this] { return contexts_.empty(); });
}

} // namespace circuit::api
