// The pool that work goes to which would keep the loop from everybody else.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <future>
#include <stdexcept>
#include <thread>

#include "ingest/runtime/compute.h"
#include "ingest/runtime/system_loop.h"
#include "ingest/runtime/task_group.h"

namespace circuit {
namespace {

using std::chrono::milliseconds;

class ComputePoolTest : public ::testing::Test {
 protected:
  // Runs it to its end on the loop; how it ended.
  std::exception_ptr run(Task<void> task) {
    std::exception_ptr error;
    boost::asio::co_spawn(loop.executor(), std::move(task), [&](std::exception_ptr thrown) {
      error = thrown;
      loop.stop();
    });
    loop.run();
    return error;
  }

  SystemLoop loop;
  ComputePool pool{2};
};

Task<void> compute(Compute* pool, std::function<void()> work) { co_await pool->run(std::move(work)); }

Task<void> note_threads(Compute* pool, std::thread::id* working, std::thread::id* back) {
  std::function<void()> work = [working] { *working = std::this_thread::get_id(); };
  co_await pool->run(std::move(work));
  *back = std::this_thread::get_id();
}

TEST_F(ComputePoolTest, WorkIsDoneOnAnotherThreadAndItsCallerGoesOnOnItsLoop) {
  std::thread::id working, back;
  EXPECT_FALSE(run(note_threads(&pool, &working, &back)));
  EXPECT_NE(working, std::this_thread::get_id());
  EXPECT_NE(working, std::thread::id());
  EXPECT_EQ(back, std::this_thread::get_id());
}

TEST_F(ComputePoolTest, WhatTheWorkThrowsIsThrownWhereItIsAwaited) {
  const auto error = run(compute(&pool, [] { throw std::runtime_error("as planned"); }));
  ASSERT_TRUE(error);
  EXPECT_THROW(std::rethrow_exception(error), std::runtime_error);
}

Task<void> compute_many(SystemLoop* loop, Compute* pool, int* done) {
  TaskGroup group(loop->executor());
  for (int i = 0; i < 1000; ++i) {
    std::function<void()> work = [done, i] {
      if (i % 100 == 0) std::this_thread::sleep_for(milliseconds(1));
      __atomic_add_fetch(done, 1, __ATOMIC_RELAXED);
    };
    group.spawn(compute(pool, std::move(work)));
  }
  co_await group.join();
}

TEST_F(ComputePoolTest, ManyCallersWaitForTheirOwnWorkEach) {
  int done = 0;
  EXPECT_FALSE(run(compute_many(&loop, &pool, &done)));
  EXPECT_EQ(done, 1000);
}

// Refers to its own frame from the other thread: what a cancellation must not take away.
Task<void> work_on_own_frame(SystemLoop* loop, Compute* pool, std::promise<void>* begun,
                             std::string* result) {
  std::string mine(1000, 'x');
  std::function<void()> work = [&mine, begun] {
    begun->set_value();
    std::this_thread::sleep_for(milliseconds(30));
    mine += 'y';
  };
  co_await pool->run(std::move(work));
  *result = mine;
  co_await loop->clock().sleep_for(milliseconds(1)); // where the cancellation arrives
  *result = "never";
}

Task<void> cancel_in_the_middle(SystemLoop* loop, Compute* pool, std::string* result) {
  std::promise<void> begun;
  auto started = begun.get_future();
  TaskGroup group(loop->executor());
  group.spawn(work_on_own_frame(loop, pool, &begun, result));
  while (started.wait_for(milliseconds(0)) != std::future_status::ready) {
    co_await loop->clock().sleep_for(milliseconds(1));
  }
  group.cancel();
  co_await group.join();
}

TEST_F(ComputePoolTest, ACancelledCallerWaitsForItsWorkAndIsCancelledAfterIt) {
  std::string result;
  EXPECT_FALSE(run(cancel_in_the_middle(&loop, &pool, &result)));
  EXPECT_EQ(result, std::string(1000, 'x') + 'y');
}

TEST_F(ComputePoolTest, APoolThatNobodyUsesEnds) { const ComputePool unused(3); }

} // namespace
} // namespace circuit
