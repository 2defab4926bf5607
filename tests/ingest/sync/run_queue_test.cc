#include "ingest/sync/run_queue.h"

#include <gtest/gtest.h>

namespace circuit::sync {
namespace {

using Queue = RunQueue<std::string>;

std::string pop(Queue& queue, const std::string& full_key = "") {
  const auto next = queue.pop([&](const std::string& key) { return key != full_key; });
  if (!next) return "";
  EXPECT_EQ(next->fairness_key, next->item.substr(0, next->fairness_key.size()));
  return next->item;
}

TEST(RunQueue, TakesTurnsBetweenKeysAndKeepsTheOrderWithinOne) {
  Queue queue;
  for (const char* sync : {"a1", "a2", "a3", "b1"}) queue.push(sync, std::string(1, sync[0]), 0);
  EXPECT_EQ(pop(queue), "a1");
  EXPECT_EQ(pop(queue), "b1");
  EXPECT_EQ(pop(queue), "a2");
  EXPECT_EQ(pop(queue), "a3");
  EXPECT_EQ(pop(queue), "");
  EXPECT_EQ(queue.size(), 0u);
}

TEST(RunQueue, AHigherPriorityGoesFirstWhateverItsKey) {
  Queue queue;
  queue.push("a-low", "a", 0);
  queue.push("a-high", "a", 5);
  EXPECT_EQ(pop(queue), "a-high");
  EXPECT_EQ(pop(queue), "a-low");
}

TEST(RunQueue, AKeyWithoutRoomIsPassedOver) {
  Queue queue;
  queue.push("a1", "a", 5);
  queue.push("b1", "b", 0);
  EXPECT_EQ(pop(queue, "a"), "b1");
  EXPECT_EQ(pop(queue, "a"), "");
  EXPECT_EQ(pop(queue), "a1");
}

TEST(RunQueue, WhatIsRemovedNeverComes) {
  Queue queue;
  queue.push("a1", "a", 0);
  queue.push("a2", "a", 0);
  EXPECT_TRUE(queue.remove("a1"));
  EXPECT_FALSE(queue.remove("a1"));
  EXPECT_EQ(pop(queue), "a2");
}

} // namespace
} // namespace circuit::sync
