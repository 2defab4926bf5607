#include "feeds/azure_blob/body_window.h"

#include <algorithm>
#include <utility>

namespace circuit::feeds::azure_blob {

BodyWindow::BodyWindow(Bodies& bodies, std::vector<const Blob*> blobs, WindowLimits limits)
    : bodies_(bodies),
      blobs_(std::move(blobs)),
      limits_(limits),
      held_(limits.held_bytes),
      left_(blobs_.size()) {}

// One credit for both bounds: the smallest body counts as its share of the whole.
uint64_t BodyWindow::cost(const Blob& blob) const {
  return std::max<uint64_t>(bodies_.bytes_to_hold(blob), limits_.held_bytes / limits_.held);
}

void BodyWindow::start(TaskGroup& readers) {
  const size_t count = std::min(limits_.at_once, blobs_.size());
  for (size_t i = 0; i < count; ++i) readers.spawn(read_some());
}

Task<void> BodyWindow::read_some() {
  try {
    co_await read_all();
  } catch (...) { // thrown by next(): nobody would wait for a body that does not come
    if (!failure_) failure_ = std::current_exception();
  }
  arrived_.notify_all();
}

Task<void> BodyWindow::read_all() {
  while (next_ < blobs_.size() && !failure_) {
    const Blob& blob = *blobs_[next_++];
    const uint64_t bytes = cost(blob);
    co_await held_.acquire(bytes);
    auto body = std::make_unique<Body>(blob);
    body->held = CreditHold(held_, bytes);
    co_await bodies_.read(body.get());
    ready_.push_back(std::move(body));
    arrived_.notify_one();
  }
}

Task<std::unique_ptr<Body>> BodyWindow::next() {
  while (ready_.empty() && left_ > 0 && !failure_) co_await arrived_.wait();
  if (failure_) std::rethrow_exception(failure_);
  if (ready_.empty()) co_return nullptr;
  std::unique_ptr<Body> body = std::move(ready_.front());
  ready_.pop_front();
  --left_;
  co_return body;
}

} // namespace circuit::feeds::azure_blob
