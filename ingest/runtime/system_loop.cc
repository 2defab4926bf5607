#include "ingest/runtime/system_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace circuit {

SteadyTime machine_steady_now() {
  return SteadyTime(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

SystemTime machine_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

class SystemLoop::SystemClock final : public Clock {
 public:
  explicit SystemClock(TimerHeap& timers) : timers_(timers) {}
  SystemTime now() const override { return machine_now(); }
  SteadyTime steady_now() const override { return machine_steady_now(); }
  Task<void> sleep_until(SteadyTime time) override {
    return suspend(
        [this, time](std::unique_ptr<PendingWait> wait) { return timers_.add(time, std::move(wait)); },
        [this](TimerHeap::Id id) { return timers_.remove(id); });
  }

 private:
  TimerHeap& timers_;
};

SystemLoop::SystemLoop() : clock_(std::make_unique<SystemClock>(timers())) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll_ < 0 || wake_fd_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make an event loop");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_fd_, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot watch the wake-up descriptor");
  }
}

SystemLoop::~SystemLoop() {
  abandon_work();
  ::close(wake_fd_);
  ::close(epoll_);
}

Clock& SystemLoop::clock() { return *clock_; }

void SystemLoop::wake() {
  const uint64_t one = 1;
  // A full counter means that a wake-up is pending already.
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void SystemLoop::run() {
  run_while([this] { return !stopped_.load(std::memory_order_relaxed); });
}

void SystemLoop::run_while(const std::function<bool()>& condition) {
  const Running running(this);
  while (condition()) turn();
}

void SystemLoop::stop() {
  stopped_ = true;
  wake();
}

void SystemLoop::turn() {
  // Bounded, so that coroutines that keep each other busy cannot starve the sockets.
  constexpr int kHandlersPerTurn = 512;
  int ran = 0;
  while (ran < kHandlersPerTurn && context().poll_one() != 0) ++ran;
  // Whatever ran may have queued more, for which nothing would wake the wait below.
  bool busy = ran > 0;
  busy |= timers().fire(machine_steady_now()) > 0;
  if (ticker_ != nullptr) {
    const auto due = ticker_->due();
    if (due && *due <= machine_steady_now()) {
      ticker_->tick();
      busy = true;
    }
  }
  std::array<epoll_event, 64> events;
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), busy ? 0 : wait_milliseconds());
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<size_t>(i)];
    if (event.data.ptr == nullptr) {
      uint64_t value = 0;
      [[maybe_unused]] const auto got = ::read(wake_fd_, &value, sizeof value);
      continue;
    }
    auto* registration = static_cast<Registration*>(event.data.ptr);
    if (registration->watcher != nullptr) registration->watcher->on_ready(registration->fd, event.events);
  }
  retired_.clear();
}

void SystemLoop::watch(int fd, uint32_t events, Watcher* watcher) {
  auto& registration = registrations_[fd];
  const int operation = registration ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (!registration) registration = std::make_unique<Registration>(Registration{fd, watcher});
  registration->watcher = watcher;
  epoll_event event{};
  event.events = events;
  event.data.ptr = registration.get();
  if (::epoll_ctl(epoll_, operation, fd, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot watch a descriptor");
  }
}

void SystemLoop::unwatch(int fd) {
  const auto found = registrations_.find(fd);
  if (found == registrations_.end()) return;
  // The descriptor may have been closed by its owner, which took it out of the set.
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  found->second->watcher = nullptr;
  retired_.push_back(std::move(found->second));
  registrations_.erase(found);
}

int SystemLoop::wait_milliseconds() const {
  std::optional<SteadyTime> due = timers().next_due();
  if (ticker_ != nullptr) {
    const auto tick = ticker_->due();
    if (tick && (!due || *tick < *due)) due = tick;
  }
  if (!due) return 1000;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - machine_steady_now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1000));
}

} // namespace circuit
