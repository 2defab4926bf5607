#pragma once
// SIGINT and SIGTERM as events of a loop. The first asks to stop; the second ends the process at once, which
// loses nothing: what is committed is durable, and what is not is done again.

#include <optional>

#include "ingest/runtime/event.h"
#include "ingest/runtime/system_loop.h"

namespace circuit::cli {

class StopSignals final : private SystemLoop::Watcher {
 public:
  // Keeps the two from the calling thread and those it starts, and ignores SIGPIPE: a reader that goes away
  // is an error of the write. To be called before any thread is started.
  static void block();

  explicit StopSignals(SystemLoop& loop); // block() was called
  ~StopSignals() override;
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::optional<int> received() const { return received_; }
  // Returns when the first has come. Cancellable.
  Task<void> wait();

 private:
  void on_ready(int fd, uint32_t events) override;

  SystemLoop& loop_;
  int fd_;
  std::optional<int> received_;
  Event changed_;
};

} // namespace circuit::cli
