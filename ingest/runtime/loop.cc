#include "ingest/runtime/loop.h"

#include <boost/asio/post.hpp>

namespace circuit {
namespace {

thread_local Loop* current_loop = nullptr;

// The io_context's executor, which cannot know that its thread may sleep in epoll, with a wake-up added.
class LoopExecutor {
 public:
  explicit LoopExecutor(Loop* loop) : loop_(loop) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return loop_->context();
  }
  static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking.never;
  }
  template <class F>
  void execute(F&& f) const {
    boost::asio::post(loop_->context().get_executor(), std::forward<F>(f));
    loop_->wake_from_outside();
  }
  friend bool operator==(const LoopExecutor& a, const LoopExecutor& b) noexcept { return a.loop_ == b.loop_; }
  friend bool operator!=(const LoopExecutor& a, const LoopExecutor& b) noexcept { return a.loop_ != b.loop_; }

 private:
  Loop* loop_;
};

} // namespace

Loop::Loop() : work_(boost::asio::make_work_guard(context_)) {}
Loop::~Loop() = default;

boost::asio::any_io_executor Loop::executor() { return LoopExecutor(this); }

void Loop::post(std::function<void()> work) { boost::asio::post(executor(), std::move(work)); }

Loop* Loop::current() { return current_loop; }

void Loop::wake_from_outside() {
  if (current_loop != this && !abandoned_) wake();
}

// Coroutines that are destroyed with the queue may still post; by then there is nothing left to wake.
void Loop::abandon_work() {
  abandoned_ = true;
  timers_.clear();
}

Loop::Running::Running(Loop* loop) : before_(current_loop) { current_loop = loop; }
Loop::Running::~Running() { current_loop = before_; }

} // namespace circuit
