#pragma once
// Reads the bodies of listed blobs side by side, and hands over each as soon as it is there: a slow one holds
// up nobody but itself. What is read and not yet handed over is bounded, in bytes and in number.
//
// On the loop of its Pull. Readers run in the caller's group, which has to have ended before this goes.

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <vector>

#include "feeds/azure_blob/bodies.h"
#include "ingest/runtime/event.h"
#include "ingest/runtime/task_group.h"

namespace circuit::feeds::azure_blob {

struct WindowLimits {
  size_t at_once = 1;      // bodies under way
  size_t held = 1;         // bodies under way or ready
  uint64_t held_bytes = 1; // what these hold; a longer one is read when nothing else is
};

class BodyWindow {
 public:
  // `blobs` outlive it.
  BodyWindow(Bodies& bodies, std::vector<const Blob*> blobs, WindowLimits limits);

  void start(TaskGroup& readers);
  // In the order in which they are ready; null when all have been handed over. Throws what a reader threw.
  Task<std::unique_ptr<Body>> next();

 private:
  Task<void> read_some();
  Task<void> read_all();
  uint64_t cost(const Blob& blob) const;

  Bodies& bodies_;
  const std::vector<const Blob*> blobs_;
  const WindowLimits limits_;
  Credit held_;
  size_t next_ = 0; // to be read
  size_t left_;     // to be handed over
  std::deque<std::unique_ptr<Body>> ready_;
  std::exception_ptr failure_;
  Event arrived_;
};

} // namespace circuit::feeds::azure_blob
