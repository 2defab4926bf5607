#include "ingest/sync/run_queue.h"

#include <gtest/gtest.h>

namespace circuit::sync {
namespace {

std::string pop(RunQueue& queue, const std::string& full_key = "") {
  const auto item = queue.pop([&](const std::string& key) { return key != full_key; });
  return item ? item->sync : "";
}

TEST(RunQueue, TakesTurnsBetweenKeysAndKeepsTheOrderWithinOne) {
  RunQueue queue;
  for (const char* sync : {"a1", "a2", "a3", "b1"}) queue.push({sync, std::string(1, sync[0]), 0});
  EXPECT_EQ(pop(queue), "a1");
  EXPECT_EQ(pop(queue), "b1");
  EXPECT_EQ(pop(queue), "a2");
  EXPECT_EQ(pop(queue), "a3");
  EXPECT_EQ(pop(queue), "");
  EXPECT_EQ(queue.size(), 0u);
}

TEST(RunQueue, AHigherPriorityGoesFirstWhateverItsKey) {
  RunQueue queue;
  queue.push({"low", "a", 0});
  queue.push({"high", "a", 5});
  EXPECT_EQ(pop(queue), "high");
  EXPECT_EQ(pop(queue), "low");
}

TEST(RunQueue, AKeyWithoutRoomIsPassedOver) {
  RunQueue queue;
  queue.push({"a1", "a", 5});
  queue.push({"b1", "b", 0});
  EXPECT_EQ(pop(queue, "a"), "b1");
  EXPECT_EQ(pop(queue, "a"), "");
  EXPECT_EQ(pop(queue), "a1");
}

TEST(RunQueue, WhatIsRemovedNeverComes) {
  RunQueue queue;
  queue.push({"a1", "a", 0});
  queue.push({"a2", "a", 0});
  EXPECT_TRUE(queue.remove("a1"));
  EXPECT_FALSE(queue.remove("a1"));
  EXPECT_EQ(pop(queue), "a2");
}

} // namespace
} // namespace circuit::sync
