// What is due when, in virtual time.

#include "ingest/runtime/due_times.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/ingest/runtime/virtual_test.h"

namespace circuit {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class DueTimesTest : public ::testing::Test {
 protected:
  ~DueTimesTest() override {
    world.spawn(times.stop());
    world.loop.run();
  }

  SystemTime in(Duration time) { return world.clock().now() + time; }
  void run_for(Duration time) {
    const auto& waiting = world.spawn(world.clock().sleep_for(time));
    world.loop.run([&waiting] { return waiting.ended; });
  }

  testing::VirtualWorld world;
  std::vector<std::string> told;
  DueTimes times{world.loop.executor(), world.clock(),
                 [this](const std::string& name) { told.push_back(name); }};
};

using Told = std::vector<std::string>;

TEST_F(DueTimesTest, NamesAreToldInTheOrderOfTheirTimesAndOnce) {
  times.begin();
  times.plan("later", in(seconds(20)));
  times.plan("sooner", in(seconds(10)));
  run_for(seconds(9));
  EXPECT_EQ(told, Told());
  run_for(hours(1));
  EXPECT_EQ(told, (Told{"sooner", "later"}));
  EXPECT_EQ(times.planned(), 0u);
}

TEST_F(DueTimesTest, AClockThatIsSetBackPutsNothingOff) {
  times.begin();
  times.plan("first", in(seconds(90)));
  times.plan("second", in(hours(2)));
  world.loop.jump_wall_clock(-hours(24 * 365));
  times.plan("third", in(seconds(100)));
  run_for(seconds(95));
  EXPECT_EQ(told, Told{"first"});
  run_for(seconds(10));
  EXPECT_EQ(told, (Told{"first", "third"}));
  world.loop.jump_wall_clock(-hours(5));
  run_for(hours(2));
  EXPECT_EQ(told, (Told{"first", "third", "second"}));
}

TEST_F(DueTimesTest, ThePlanThatWasMadeLastCounts) {
  times.begin();
  times.plan("moved", in(seconds(10)));
  times.plan("off", in(seconds(10)));
  times.plan("moved", in(seconds(30)));
  times.plan("off", std::nullopt);
  run_for(seconds(20));
  EXPECT_EQ(told, Told());
  times.plan("moved", in(seconds(-1)));
  EXPECT_EQ(told, Told{"moved"});
}

TEST_F(DueTimesTest, NothingIsDueBeforeItBegins) {
  times.plan("overdue", in(seconds(-10)));
  run_for(hours(1));
  EXPECT_EQ(told, Told());
  times.begin();
  EXPECT_EQ(told, Told{"overdue"});
}

TEST_F(DueTimesTest, OfManyThatAreDueAtOnceSomeAreToldAtATime) {
  constexpr size_t kMany = 10'000;
  for (size_t i = 0; i < kMany; ++i) times.plan(std::to_string(i), in(seconds(-1)));
  times.begin();
  EXPECT_GT(told.size(), 0u);
  EXPECT_LT(told.size(), kMany / 10) << "other work of the loop waits meanwhile";
  run_for(seconds(1));
  EXPECT_EQ(told.size(), kMany);
}

TEST_F(DueTimesTest, OfNamesThatAreDueTogetherThoseThatWerePlannedFirstAreToldFirst) {
  const SystemTime then = in(seconds(10));
  for (const char* name : {"c", "a", "b"}) times.plan(name, then);
  times.begin();
  times.plan("a", then);
  run_for(seconds(11));
  EXPECT_EQ(told, (Told{"c", "b", "a"}));
}

TEST_F(DueTimesTest, HoweverOftenPlansAreReplacedEachNameIsToldOnceAtItsLastTime) {
  std::mt19937 random(7);
  const auto below = [&random](unsigned limit) { return static_cast<int>(random() % limit); };
  std::map<std::string, std::pair<SystemTime, int>> planned; // and the how-manieth plan it was
  Told expected;
  const auto let_fall_due = [&] {
    std::map<std::pair<SystemTime, int>, std::string> due;
    for (const auto& [name, plan] : planned) {
      if (plan.first <= world.clock().now()) due.emplace(plan, name);
    }
    for (const auto& [plan, name] : due) {
      expected.push_back(name);
      planned.erase(name);
    }
  };
  times.begin();
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = std::to_string(below(40));
    const int what = below(100);
    if (what < 2) {
      run_for(seconds(below(300)));
      let_fall_due();
    } else if (what < 20) {
      times.plan(name, std::nullopt);
      planned.erase(name);
    } else {
      const SystemTime time = in(seconds(below(1000)));
      planned[name] = {time, i};
      let_fall_due();
      times.plan(name, time);
    }
    ASSERT_EQ(times.planned(), planned.size());
  }
  run_for(hours(1));
  let_fall_due();
  EXPECT_EQ(told, expected);
  EXPECT_GT(told.size(), 1000u);
}

} // namespace
} // namespace circuit
