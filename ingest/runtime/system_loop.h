#pragma once
// The loop of a real thread: coroutines, timers and an epoll set in one wait. libcurl's sockets live in this
// epoll set and not in Asio's reactor, which costs two thirds of the throughput (docs/performance.md).

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ingest/runtime/loop.h"
#include "ingest/runtime/result.h"

namespace circuit {

class SystemLoop final : public Loop {
 public:
  // Told of readiness (EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP) from the loop's thread. Must outlive its
  // registration.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void on_ready(int fd, uint32_t events) = 0;
  };
  // A source of work with a due time of its own; asked before each wait. Must outlive its registration.
  class Ticker {
   public:
    virtual ~Ticker() = default;
    virtual std::optional<SteadyTime> due() const = 0;
    virtual void tick() = 0;
  };

  SystemLoop();
  ~SystemLoop() override;

  Clock& clock() override;
  void wake() override;

  // Runs until stop(); what is queued by then is run, what is suspended stays suspended.
  void run();
  // Runs while `condition` holds; for tests and one-shot commands.
  void run_while(const std::function<bool()>& condition);
  void stop(); // any thread

  // Registers, or changes the events of, a descriptor.
  void watch(int fd, uint32_t events, Watcher* watcher);
  void unwatch(int fd);
  void set_ticker(Ticker* ticker) { ticker_ = ticker; }

 private:
  class SystemClock;
  struct Registration {
    int fd;
    Watcher* watcher; // null once unwatched
  };
  void turn();
  int wait_milliseconds() const;

  std::unique_ptr<SystemClock> clock_;
  std::atomic<bool> stopped_{false};
  int epoll_ = -1;
  int wake_fd_ = -1;
  Ticker* ticker_ = nullptr;
  std::unordered_map<int, std::unique_ptr<Registration>> registrations_;
  // Unwatched during a turn whose events may still name them.
  std::vector<std::unique_ptr<Registration>> retired_;
};

// The machine's clock as a SteadyTime; any thread.
SteadyTime machine_steady_now();
SystemTime machine_now();

} // namespace circuit
