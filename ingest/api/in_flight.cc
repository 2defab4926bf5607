#include "ingest/api/in_flight.h"

namespace circuit::api {

void InFlight::add(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  contexts_.insert(context);
}

void InFlight::remove(grpc::ClientContext* context) {
  const std::lock_guard lock(mutex_);
  contexts_.erase(context);
  changed_.notify_all();
}

void InFlight::end_all() {
  std::unique_lock lock(mutex_);
  for (grpc::ClientContext* context : contexts_) context->TryCancel();
  changed_.wait(lock, [this] { return contexts_.empty(); });
}

} // namespace circuit::api
