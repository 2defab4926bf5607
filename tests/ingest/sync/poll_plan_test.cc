#include "ingest/sync/poll_plan.h"

#include <gtest/gtest.h>

#include "ingest/state/timestamp.h"

namespace circuit::sync {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const SystemTime kNow{seconds(1'700'000'000)};

Duration planned(SyncOutcome outcome, Duration interval = minutes(10)) {
  circuit::feeds::v1::Feed settings;
  settings.mutable_poll_interval()->set_seconds(std::chrono::duration_cast<seconds>(interval).count());
  SeededRandom random(1);
  return *plan_next_sync(settings, outcome, kNow, EngineOptions{}, random) - kNow;
}

// Within the tenth of jitter.
void expect_about(Duration got, Duration wanted) {
  EXPECT_GE(got, wanted);
  EXPECT_LE(got, wanted + wanted / 10);
}

TEST(PollPlan, AFeedWithoutAnIntervalIsNotPolled) {
  SeededRandom random(1);
  EXPECT_FALSE(plan_next_sync({}, {}, kNow, EngineOptions{}, random));
}

TEST(PollPlan, TheIntervalIsTheFloorAndTheSourceStretchesItToTheCap) {
  expect_about(planned({}), minutes(10));
  expect_about(planned({{}, kNow + minutes(1), 0}), minutes(10));
  expect_about(planned({{}, kNow + hours(2), 0}), hours(2));
  expect_about(planned({{}, kNow + hours(24 * 30), 0}), hours(24));
}

TEST(PollPlan, AnIntervalBeyondAllTimeIsAWaitAndNotARequestAfterAnother) {
  SeededRandom random(1);
  for (const int64_t asked : {int64_t{315'576'000'000}, int64_t{1} << 60, INT64_MAX, INT64_MIN}) {
    circuit::feeds::v1::Feed settings;
    settings.mutable_poll_interval()->set_seconds(asked);
    const Duration wait = *plan_next_sync(settings, {}, kNow, EngineOptions{}, random) - kNow;
    expect_about(wait, asked > 0 ? kLongestPollInterval : Duration(std::chrono::seconds(1)));
  }
}

TEST(PollPlan, FailuresDoubleTheWaitUpToTheCap) {
  const Error error = make_error(ErrorClass::kTransient, "X", "x", "");
  expect_about(planned({error, {}, 1}), minutes(10));
  expect_about(planned({error, {}, 6}), minutes(32));
  expect_about(planned({error, {}, 1'000'000}), hours(6));
}

TEST(PollPlan, AThrottleIsKeptToInFull) {
  Error error = make_error(ErrorClass::kThrottled, "X", "x", "");
  error.retry_at = kNow + hours(30);
  EXPECT_GE(planned({error, {}, 1}), hours(30));
}

TEST(PollPlan, WhatFellDueMeanwhileOrWasPlannedByAClockThatRanAheadIsDueNow) {
  struct Row {
    Duration ahead, interval;
    int failures;
    bool kept;
  };
  for (const Row& row :
       {Row{minutes(10), minutes(10), 0, true}, Row{hours(26), minutes(10), 0, true},
        Row{hours(27), minutes(10), 0, false}, Row{hours(24 * 365 * 10), minutes(10), 0, false},
        Row{hours(24 * 7), minutes(10), 1, true}, Row{hours(24 * 8), minutes(10), 1, false},
        Row{hours(24 * 31), hours(24 * 31), 0, true}, Row{-hours(5), minutes(10), 0, false}}) {
    circuit::feeds::v1::Feed settings;
    settings.mutable_poll_interval()->set_seconds(std::chrono::duration_cast<seconds>(row.interval).count());
    circuit::feeds::state::v1::FeedStateRecord stored;
    *stored.mutable_next_sync_at() = circuit::state::to_timestamp(kNow + row.ahead);
    stored.set_failures(row.failures);
    EXPECT_EQ(stored_plan(settings, stored, kNow, EngineOptions{}), row.kept ? kNow + row.ahead : kNow)
        << row.ahead.count();
  }
  EXPECT_EQ(stored_plan({}, {}, kNow, EngineOptions{}), kNow);
}

} // namespace
} // namespace circuit::sync
