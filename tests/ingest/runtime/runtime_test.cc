// The runtime's promises, most of them in virtual time.

#include <gtest/gtest.h>

#include <array>
#include <boost/system/system_error.hpp>
#include <set>
#include <thread>
#include <vector>

#include "ingest/runtime/deadline.h"
#include "ingest/runtime/event.h"
#include "ingest/runtime/random.h"
#include "ingest/runtime/result.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/runtime/task_group.h"
#include "tests/ingest/runtime/virtual_test.h"

namespace circuit {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::VirtualWorld;

Task<void> sleep_then_add(Clock& clock, Duration duration, std::vector<int>& log, int mark) {
  co_await clock.sleep_for(duration);
  log.push_back(mark);
}

Task<void> fail_after(Clock& clock, Duration duration) {
  co_await clock.sleep_for(duration);
  throw std::runtime_error("failed as planned");
}

bool aborted(const std::exception_ptr& error) {
  if (!error) return false;
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    return e.code() == boost::asio::error::operation_aborted;
  } catch (const std::exception&) {
    return false;
  }
}

TEST(VirtualLoop, TimersFireInOrderAndTimeJumpsToThem) {
  VirtualWorld world;
  std::vector<int> log;
  world.spawn(sleep_then_add(world.clock(), hours(2), log, 2));
  world.spawn(sleep_then_add(world.clock(), hours(1), log, 1));
  EXPECT_TRUE(world.loop.run());
  EXPECT_EQ(log, (std::vector<int>{1, 2}));
  EXPECT_EQ(world.elapsed(), hours(2));
}

TEST(VirtualLoop, AJumpOfTheWallClockMovesNoTimer) {
  VirtualWorld world;
  std::vector<int> log;
  const SystemTime before = world.clock().now();
  world.spawn(sleep_then_add(world.clock(), seconds(10), log, 1));
  world.loop.jump_wall_clock(-hours(5));
  world.loop.run();
  EXPECT_EQ(world.elapsed(), seconds(10));
  EXPECT_EQ(world.clock().now(), before - hours(5) + seconds(10));
}

TEST(Clock, ACancelledSleepEndsAtOnceAndLeavesNoTimer) {
  VirtualWorld world;
  std::vector<int> log;
  auto& sleeper = world.spawn(sleep_then_add(world.clock(), hours(1), log, 1));
  world.loop.run_ready();
  sleeper.cancel();
  world.loop.run();
  EXPECT_TRUE(aborted(sleeper.error));
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(world.elapsed(), Duration(0));
  EXPECT_EQ(world.loop.timers().size(), 0u);
}

Task<void> take(Credit& credit, uint64_t amount, std::vector<int>& log, int mark) {
  co_await credit.acquire(amount);
  log.push_back(mark);
}

TEST(Credit, IsHandedOutInOrderEvenWhenALaterAmountWouldFit) {
  VirtualWorld world;
  Credit credit(10);
  std::vector<int> log;
  world.spawn(take(credit, 6, log, 1));
  world.spawn(take(credit, 6, log, 2));
  world.spawn(take(credit, 1, log, 3));
  world.loop.run_ready();
  EXPECT_EQ(log, (std::vector<int>{1}));
  credit.release(6);
  world.loop.run_ready();
  EXPECT_EQ(log, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(credit.in_use(), 7u);
  EXPECT_EQ(credit.peak(), 7u);
}

TEST(Credit, MoreThanTheWholeIsGrantedAlone) {
  VirtualWorld world;
  Credit credit(10);
  std::vector<int> log;
  world.spawn(take(credit, 1, log, 1));
  world.spawn(take(credit, 50, log, 2));
  world.loop.run_ready();
  EXPECT_EQ(log, (std::vector<int>{1}));
  credit.release(1);
  world.loop.run_ready();
  EXPECT_EQ(log, (std::vector<int>{1, 2}));
}

TEST(Credit, WhoIsCancelledInLineTakesNothingAndLetsTheNextOnePass) {
  VirtualWorld world;
  Credit credit(10);
  std::vector<int> log;
  world.spawn(take(credit, 10, log, 1));
  auto& second = world.spawn(take(credit, 10, log, 2));
  world.spawn(take(credit, 5, log, 3));
  world.loop.run_ready();
  second.cancel();
  world.loop.run_ready();
  EXPECT_TRUE(aborted(second.error));
  credit.release(10);
  world.loop.run_ready();
  EXPECT_EQ(log, (std::vector<int>{1, 3}));
  EXPECT_EQ(credit.in_use(), 5u);
}

Task<void> group_of(VirtualWorld& world, std::vector<int>& log, bool one_fails) {
  TaskGroup group(world.loop.executor());
  group.spawn(sleep_then_add(world.clock(), seconds(3), log, 3));
  if (one_fails) group.spawn(fail_after(world.clock(), seconds(1)));
  group.spawn(sleep_then_add(world.clock(), seconds(2), log, 2));
  co_await group.join();
}

TEST(TaskGroup, JoinWaitsForAllAndThrowsWhatOneOfThemThrew) {
  VirtualWorld world;
  std::vector<int> log;
  auto& failing = world.spawn(group_of(world, log, true));
  world.loop.run();
  EXPECT_TRUE(failing.ended);
  EXPECT_TRUE(failing.error && !aborted(failing.error));
  EXPECT_EQ(log, (std::vector<int>{2, 3}));
}

TEST(TaskGroup, CancellingTheJoinCancelsTheTasksAndStillSeesThemEnd) {
  VirtualWorld world;
  std::vector<int> log;
  auto& joined = world.spawn(group_of(world, log, false));
  world.loop.run([&] { return world.elapsed() >= seconds(2); });
  joined.cancel();
  world.loop.run();
  EXPECT_TRUE(aborted(joined.error));
  EXPECT_EQ(log, (std::vector<int>{2}));
  EXPECT_EQ(world.loop.timers().size(), 0u);
}

Task<void> wait_for(Event* event) { co_await event->wait(); }

Task<Result<int>> wait_for_seven(Event* event) {
  co_await event->wait();
  co_return 7;
}

Task<void> work_beside(VirtualWorld* world, std::vector<int>* log, Event* end) {
  TaskGroup group(world->loop.executor());
  group.spawn(sleep_then_add(world->clock(), seconds(3), *log, 3));
  co_await run_beside(group, wait_for(end));
}

Task<void> work_with_deadline(VirtualWorld* world, Event* end) {
  auto late = make_error(ErrorClass::kTransient, "LATE", "", "");
  auto work = wait_for_seven(end);
  co_await with_deadline(world->loop.executor(), world->clock(), seconds(3), std::move(work),
                         std::move(late));
}

// The work has ended, and nobody has gone on yet, when the cancellation comes.
TEST(TaskGroup, TasksAreSeenOutAlsoWhenTheCancellationComesWithTheEndOfTheWork) {
  for (const bool deadline : {false, true}) {
    VirtualWorld world;
    std::vector<int> log;
    Event end;
    auto& working =
        world.spawn(deadline ? work_with_deadline(&world, &end) : work_beside(&world, &log, &end));
    world.loop.run_ready();
    end.notify_all();
    working.cancel();
    world.loop.run();
    EXPECT_TRUE(working.ended);
    EXPECT_EQ(log, (std::vector<int>{}));
    EXPECT_EQ(world.loop.timers().size(), 0u);
  }
}

struct Gauge {
  int running = 0, peak = 0, done = 0;
};

Task<void> count_running(Clock* clock, Gauge* gauge, int item) {
  gauge->peak = std::max(gauge->peak, ++gauge->running);
  co_await clock->sleep_for(milliseconds(item == 99 ? 1 : 10 + item));
  --gauge->running;
  ++gauge->done;
  if (item == 99) throw std::runtime_error("item 99");
}

Task<void> run_all(VirtualWorld& world, std::vector<int>& items, Gauge& gauge) {
  Clock* clock = &world.clock();
  Gauge* shared = &gauge;
  co_await for_each_concurrent(world.loop.executor(), items, 4,
                               [clock, shared](int item) { return count_running(clock, shared, item); });
}

TEST(ForEachConcurrent, RunsNoMoreThanTheLimitAtATime) {
  VirtualWorld world;
  std::vector<int> items{1, 2, 3, 4, 5, 6, 7, 8, 9};
  Gauge gauge;
  auto& all = world.spawn(run_all(world, items, gauge));
  world.loop.run();
  EXPECT_FALSE(all.error);
  EXPECT_EQ(gauge.peak, 4);
  EXPECT_EQ(gauge.done, 9);
}

TEST(ForEachConcurrent, AFailureStopsNewOnesAndIsThrownWhenTheRestHaveEnded) {
  VirtualWorld world;
  std::vector<int> items{99, 2, 3, 4, 5, 6, 7, 8, 9};
  Gauge gauge;
  auto& all = world.spawn(run_all(world, items, gauge));
  world.loop.run();
  EXPECT_TRUE(all.error && !aborted(all.error));
  EXPECT_LT(gauge.done, 9);
}

Task<Result<int>> answer_after(Clock& clock, Duration duration) {
  co_await clock.sleep_for(duration);
  co_return 42;
}

Task<void> ask(VirtualWorld& world, Duration takes, Duration limit, std::optional<Result<int>>& out) {
  auto late = make_error(ErrorClass::kTransient, "TOO_LATE", "It took too long", "Wait.");
  out = co_await with_deadline(world.loop.executor(), world.clock(), limit,
                               answer_after(world.clock(), takes), std::move(late));
}

TEST(Deadline, GivesTheResultInTimeAndTheErrorAfterIt) {
  VirtualWorld world;
  std::optional<Result<int>> in_time, late;
  world.spawn(ask(world, seconds(1), seconds(5), in_time));
  world.spawn(ask(world, seconds(60), seconds(5), late));
  world.loop.run();
  EXPECT_EQ(**in_time, 42);
  EXPECT_EQ(late->error().reason, "TOO_LATE");
  EXPECT_EQ(world.elapsed(), seconds(5)) << "nothing was left running";
}

TEST(Deadline, CancellationFromOutsideEndsTheOperationToo) {
  VirtualWorld world;
  std::optional<Result<int>> out;
  auto& asked = world.spawn(ask(world, seconds(60), seconds(50), out));
  world.loop.run([&] { return world.loop.timers().size() == 2; });
  asked.cancel();
  world.loop.run();
  EXPECT_TRUE(aborted(asked.error));
  EXPECT_FALSE(out);
  EXPECT_EQ(world.elapsed(), Duration(0));
}

TEST(Random, ASeedReplaysAndBoundsHold) {
  SeededRandom a(5), b(5), c(6);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(a.below(7), 7u);
    const double u = a.uniform();
    EXPECT_TRUE(u >= 0 && u < 1);
  }
  SystemRandom system;
  EXPECT_NE(system.id(), system.id());
  EXPECT_EQ(system.id().size(), 26u);
}

TEST(Random, TheSystemGivesNoByteTwice) {
  SystemRandom system;
  std::set<uint64_t> seen;
  std::array<std::byte, 31> between; // so that draws end where what was taken ahead does, and beyond
  for (int i = 0; i < 1000; ++i) {
    seen.insert(system.next());
    system.fill(between);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(Error, TextHasWhatHappenedAndWhatToDo) {
  const Error error = make_error(ErrorClass::kInvalid, "X", "The key is missing", "Add it.");
  EXPECT_EQ(error.to_string(), "The key is missing. Add it.");
  EXPECT_TRUE(is_retryable(make_error(ErrorClass::kThrottled, "X", "", "")));
  EXPECT_FALSE(is_retryable(error));
}

TEST(SystemLoop, WorkPostedFromAnotherThreadWakesIt) {
  SystemLoop loop;
  int ran = 0;
  std::thread poster([&] {
    std::this_thread::sleep_for(milliseconds(20));
    for (int i = 0; i < 100; ++i) loop.post([&] { ++ran; });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  poster.join();
  EXPECT_EQ(ran, 100);
}

Task<void> sleep_and_stop(SystemLoop* loop, int* woken) {
  co_await loop->clock().sleep_for(milliseconds(5));
  ++*woken;
  loop->stop();
}

TEST(SystemLoop, SleepsOnTheMachinesClock) {
  SystemLoop loop;
  int woken = 0;
  const SteadyTime before = machine_steady_now();
  boost::asio::co_spawn(loop.executor(), sleep_and_stop(&loop, &woken), [](std::exception_ptr) {});
  loop.run();
  EXPECT_EQ(woken, 1);
  EXPECT_GE(machine_steady_now() - before, milliseconds(5));
}

} // namespace
} // namespace circuit
