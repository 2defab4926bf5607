// The refresh machine against a server as strict as its RFCs allow, in worlds drawn from a seed: faults at
// the token endpoint, a store that fails, and crashes at every step of an exchange, with unsynced writes
// lost.
//
// CIRCUIT_REFRESH_SEEDS: how many; CIRCUIT_REFRESH_SEED: only this one.

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/ingest/credentials/connections_world.h"

namespace circuit::credentials::testing {
namespace {

using providers::TokenFault;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kName = "connections/ann";
constexpr const char* kAccount = "ann@example.com";

bool takes_place_unheard(TokenFault fault) {
  return fault == TokenFault::kResponseLost || fault == TokenFault::kResponseLate ||
         fault == TokenFault::kBadGateway;
}

struct Draw {
  providers::AuthorizationServerOptions server;
  double fault_rate = 0;
  double unknown_share = 0; // of the faults: those that leave the outcome unknown
  double commit_error = 0;
  int crashes = 0;
  Duration outage{}; // nothing takes place, and mostly nobody can know
  uint64_t seed = 0;

  static Draw of(uint64_t seed) {
    SeededRandom random(seed * 2 + 1);
    Draw draw;
    draw.seed = seed;
    constexpr std::array kLeeways = {Duration(0), Duration(0), Duration(seconds(10)), Duration(hours(24))};
    constexpr std::array kLifetimes = {Duration(minutes(2)), Duration(minutes(10)), Duration(hours(1))};
    constexpr std::array kRates = {0.0, 0.1, 0.3, 0.6};
    constexpr std::array kShares = {0.0, 0.0, 0.2, 0.7};
    constexpr std::array kCommitErrors = {0.0, 0.0, 0.1, 0.4};
    draw.server.reuse_leeway = kLeeways[random.below(kLeeways.size())];
    draw.server.access_token_lifetime = kLifetimes[random.below(kLifetimes.size())];
    draw.server.rotates = !random.chance(0.15);
    draw.fault_rate = kRates[random.below(kRates.size())];
    draw.unknown_share = kShares[random.below(kShares.size())];
    draw.commit_error = kCommitErrors[random.below(kCommitErrors.size())];
    draw.crashes = static_cast<int>(random.below(4));
    if (random.chance(0.3)) draw.outage = minutes(1 + random.below(60));
    return draw;
  }
};

struct Tally {
  uint64_t schedules = 0, crashes = 0, exchanges = 0, reused = 0, lost = 0, kept = 0, retried = 0,
           outages = 0;
};

class Schedule {
 public:
  explicit Schedule(const Draw& draw)
      : draw_(draw), world_(draw.seed, draw.server), dice_(draw.seed * 2 + 2) {
    world_.keep_seen = false;
    world_.profile.methods[0].oauth->rotates_refresh_token = draw.server.rotates;
  }

  void run(Tally& tally) {
    world_.boot();
    const auto connected = world_.connect(kName, kAccount);
    ASSERT_TRUE(connected) << connected.error().to_string();
    trouble();
    for (int crash = 0; crash < draw_.crashes; ++crash) {
      crash_in_an_exchange();
      ++tally.crashes;
    }
    world_.run_for(3 * draw_.server.access_token_lifetime);
    peace();
    if (draw_.outage > Duration(0)) outage(tally);
    // As long as the longest backoff, and then until nothing is under way.
    world_.run_for(2 * draw_.server.access_token_lifetime + minutes(20));
    world_.loop.run([&] { return world_.connections->gauges().refreshing == 0; });
    check(tally);
    world_.stop();
  }

 private:
  void trouble() {
    world_.server.token_fault = [this](SystemTime) { return draw_fault(); };
    world_.store_faults.commit_error = draw_.commit_error;
    world_.store->faults().commit_error = draw_.commit_error;
  }
  void peace() {
    world_.server.token_fault = nullptr;
    world_.store_faults.commit_error = 0;
    world_.store->faults().commit_error = 0;
  }

  // However long it takes, it costs a handful of requests, and nobody is asked for.
  void outage(Tally& tally) {
    world_.run_for(draw_.server.access_token_lifetime / 2 + minutes(16)); // what went wrong before is over
    const bool was_lost = world_.get(kName).state() == v1::Connection::NEEDS_REAUTHORIZATION;
    int requests = 0;
    world_.server.token_fault = [&](SystemTime) {
      ++requests;
      constexpr std::array kNothingTakesPlace = {TokenFault::kRequestLost, TokenFault::kRequestLost,
                                                 TokenFault::kUnavailable, TokenFault::kRefusedConnection};
      return kNothingTakesPlace[dice_.below(kNothingTakesPlace.size())];
    };
    world_.run_for(draw_.outage);
    world_.server.token_fault = nullptr;
    constexpr int kHandful = 16;
    EXPECT_LE(requests, kHandful);
    const auto state = world_.get(kName).state();
    EXPECT_EQ(state == v1::Connection::NEEDS_REAUTHORIZATION, was_lost);
    ++tally.outages;
  }

  TokenFault draw_fault() {
    if (!dice_.chance(draw_.fault_rate)) return TokenFault::kNone;
    constexpr std::array kUnknown = {TokenFault::kRequestLost, TokenFault::kResponseLost,
                                     TokenFault::kResponseLate, TokenFault::kBadGateway};
    constexpr std::array kHarmless = {TokenFault::kRefusedConnection, TokenFault::kUnavailable,
                                      TokenFault::kThrottled, TokenFault::kSlow};
    const TokenFault fault = dice_.chance(draw_.unknown_share) ? kUnknown[dice_.below(kUnknown.size())]
                                                               : kHarmless[dice_.below(kHarmless.size())];
    if (takes_place_unheard(fault)) ++interruptions_[stored_version()];
    return fault;
  }

  // What is durable, read from the disk itself.
  st::ConnectionStateRecord stored_state() const {
    const auto& rows = world_.disk.rows(state::Table::kConnectionStates);
    st::ConnectionStateRecord record;
    if (const auto found = rows.find(state::connection_key(kName)); found != rows.end())
      record.ParseFromString(found->second);
    return record;
  }
  int64_t stored_version() const { return stored_state().credential_version(); }

  void crash_in_an_exchange() {
    constexpr uint64_t kMostSteps = 160;
    const Duration limit = 2 * draw_.server.access_token_lifetime;
    const bool anywhere = dice_.chance(0.1);
    uint64_t steps = dice_.below(kMostSteps);
    world_.loop.run([&] { return anywhere || world_.connections->gauges().refreshing > 0; }, limit);
    world_.loop.run([&] { return steps == 0 || --steps == 0; }, limit);
    world_.crash();
    if (const auto state = stored_state(); state.has_intent()) ++interruptions_[state.credential_version()];
    world_.run_for(seconds(dice_.below(20)));
    world_.boot();
  }

  void check(Tally& tally) {
    ++tally.schedules;
    tally.exchanges += world_.server.exchanges();
    tally.reused += world_.server.reuses();
    for (const auto& [token, times] : world_.server.presented()) {
      if (times > 1) ++tally.retried;
    }
    const v1::Connection connection = world_.get(kName);
    if (connection.state() == v1::Connection::NEEDS_REAUTHORIZATION) {
      ++tally.lost;
      EXPECT_TRUE(draw_.server.rotates) << "a token that is not spent cannot be lost";
      EXPECT_LT(draw_.server.reuse_leeway, hours(1)) << "the server would have taken it again";
      EXPECT_GE(interruptions_[stored_version()], 1) << connection.state_error().ShortDebugString();
      EXPECT_FALSE(world_.server.is_current(world_.stored_refresh_token(kName)));
      EXPECT_EQ(connection.state_error().reason(), "REFRESH_OUTCOME_UNKNOWN");
      return;
    }
    ++tally.kept;
    EXPECT_EQ(connection.state(), v1::Connection::ACTIVE) << connection.ShortDebugString();
    EXPECT_TRUE(world_.server.alive(kAccount));
    EXPECT_EQ(world_.ask(kName), "200");
    EXPECT_EQ(connection.refresh_failures(), 0);
  }

  Draw draw_;
  ConnectionsWorld world_;
  SeededRandom dice_;
  std::map<int64_t, int> interruptions_; // by credential version: exchanges that may have taken place unheard
};

uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

TEST(RefreshSimulation, NoConnectionIsLostThatCouldBeKept) {
  constexpr uint64_t kDefault = 10'000;
  const uint64_t only = from_environment("CIRCUIT_REFRESH_SEED", 0);
  const uint64_t count = only != 0 ? 1 : from_environment("CIRCUIT_REFRESH_SEEDS", kDefault);
  Tally tally;
  for (uint64_t i = 1; i <= count; ++i) {
    const uint64_t seed = only != 0 ? only : i;
    Schedule schedule(Draw::of(seed));
    schedule.run(tally);
    if (::testing::Test::HasFailure()) {
      FAIL() << "replay: CIRCUIT_REFRESH_SEED=" << seed;
    }
  }
  std::printf(
      "%lu schedules, %lu crashes, %lu outages, %lu exchanges; kept %lu, lost %lu, retried %lu, reuses %lu\n",
      tally.schedules, tally.crashes, tally.outages, tally.exchanges, tally.kept, tally.lost, tally.retried,
      tally.reused);
  if (count >= kDefault) {
    EXPECT_GT(tally.lost, 0u) << "the worlds are too friendly to prove anything";
    EXPECT_GT(tally.retried, 0u);
  }
}

} // namespace
} // namespace circuit::credentials::testing
