// Refreshing: in time, once, durable before use, and what becomes of failures. The first nine tests are the
// ways in which clients of rotating tokens are known to lose connections.

#include <gmock/gmock.h>

#include "ingest/credentials/refresh_plan.h"
#include "tests/ingest/credentials/connections_world.h"

namespace circuit::credentials::testing {
namespace {

using providers::TokenFault;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kName = "connections/ann";
constexpr const char* kAccount = "ann@example.com";

struct Refresh : ::testing::Test, ConnectionsWorld {
  Refresh() {
    boot();
    auto connected = connect(kName, kAccount);
    EXPECT_TRUE(connected) << connected.error().to_string();
    exchanges_before = server.exchanges();
  }
  uint64_t exchanges() const { return server.exchanges() - exchanges_before; }
  v1::Connection::State state() { return get(kName).state(); }
  std::string reason() { return get(kName).state_error().reason(); }
  SystemTime expires() { return state::from_timestamp(get(kName).expires_at()); }
  SystemTime due() { return state::from_timestamp(get(kName).next_refresh_at()); }
  void run_until_due() { run_for(due() - now() + seconds(2)); }
  // The next so many requests to the token endpoint have that fault.
  void next_faults(std::vector<TokenFault> faults) {
    auto left = std::make_shared<std::vector<TokenFault>>(faults.rbegin(), faults.rend());
    server.token_fault = [left](SystemTime) {
      if (left->empty()) return TokenFault::kNone;
      const TokenFault fault = left->back();
      left->pop_back();
      return fault;
    };
  }
  // Many requests of feeds at the same time; their statuses or reasons.
  std::vector<std::string> ask_at_once(size_t count) {
    std::vector<Task<Result<http::Response>>> tasks;
    for (size_t i = 0; i < count; ++i) tasks.push_back(api->send(api_request(kName)));
    std::vector<std::string> answers;
    for (auto& response : state::testing::run_all(loop, std::move(tasks)))
      answers.push_back(response ? std::to_string(response->status) : response.error().reason);
    return answers;
  }

  uint64_t exchanges_before = 0;
};

// 1
TEST_F(Refresh, ManyWhoNeedATokenShareOneExchange) {
  server.expire_access_tokens();
  run_for(minutes(2));
  EXPECT_THAT(ask_at_once(50), ::testing::Each("200"));
  EXPECT_EQ(exchanges(), 1u);
  EXPECT_EQ(server.reuses(), 0u);
}

// 2
TEST_F(Refresh, AnExchangeEndsBeforeAnybodyElseMayBeginOne) {
  next_faults({TokenFault::kResponseLate}); // two minutes; the deadline is twenty seconds
  server.expire_access_tokens();
  run_for(minutes(2));
  const auto answers = ask_at_once(3);
  EXPECT_EQ(network->in_flight(), 0u);
  EXPECT_EQ(answers.size(), 3u);
}

// 3
TEST_F(Refresh, WhoeverWaitsForAnExchangeWaitsAsLongAsItMayTake) {
  next_faults({TokenFault::kSlow}); // ten seconds
  server.expire_access_tokens();
  run_for(minutes(2));
  EXPECT_THAT(ask_at_once(5), ::testing::Each("200"));
}

// 4
TEST_F(Refresh, AnAnswerThatCannotBeStoredIsKeptAndStoredLater) {
  run_for(due() - now() - seconds(1));
  // The intent is written; then the disk is full for as long as a minute.
  server.token_fault = [this](SystemTime) {
    store->faults().disk_full = true;
    return TokenFault::kNone;
  };
  run_for(minutes(1));
  EXPECT_EQ(exchanges(), 1u);
  EXPECT_EQ(state(), v1::Connection::REFRESHING);
  EXPECT_EQ(ask(kName), "200") << "with the old token, which lives";
  EXPECT_THAT(warnings, ::testing::SizeIs(1)) << "said once";
  server.token_fault = nullptr;
  store->faults().disk_full = false;
  run_for(minutes(2));
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
  EXPECT_EQ(exchanges(), 1u) << "the answer was kept: nobody asked again";
  EXPECT_TRUE(server.is_current(stored_refresh_token(kName)));
}

TEST_F(Refresh, NoTokenIsSpentWhileTheStoreCannotBeWritten) {
  run_for(due() - now() - seconds(1));
  store->faults().disk_full = true;
  run_for(minutes(3));
  EXPECT_EQ(server.refresh_requests(), 0u);
  store->faults().disk_full = false;
  run_for(minutes(3));
  EXPECT_EQ(exchanges(), 1u);
}

// 5
TEST_F(Refresh, ALostAnswerIsFollowedWithinSecondsByTheSameToken) {
  next_faults({TokenFault::kRequestLost});
  run_until_due();
  run_for(seconds(30));
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
  EXPECT_EQ(exchanges(), 1u);
}

TEST_F(Refresh, AnOutageOfAnHourCostsAHandfulOfRequestsAndNoConnection) {
  std::vector<TokenFault> outage = {TokenFault::kRequestLost, TokenFault::kUnavailable,
                                    TokenFault::kRefusedConnection, TokenFault::kRequestLost};
  size_t requests = 0;
  server.token_fault = [&](SystemTime) { return outage[requests++ % outage.size()]; };
  run_until_due();
  const SystemTime over = now() + hours(1);
  while (now() + minutes(1) < expires()) {
    EXPECT_EQ(ask(kName), "200") << "the token is still good";
    run_for(minutes(1));
  }
  run_for(expires() - now());
  while (now() < over) {
    const auto refused = run(api->send(api_request(kName)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cls, ErrorClass::kTransient);
    EXPECT_EQ(refused.error().reason, "REFRESH_PENDING");
    ASSERT_TRUE(refused.error().retry_at);
    EXPECT_GT(*refused.error().retry_at, now());
    EXPECT_LE(*refused.error().retry_at, now() + minutes(16));
    run_for(minutes(1));
  }
  EXPECT_LE(requests, 14u);
  EXPECT_EQ(state(), v1::Connection::REFRESHING) << reason();
  server.token_fault = nullptr;
  run_for(minutes(16));
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
  EXPECT_EQ(ask(kName), "200");
  EXPECT_EQ(server.reuses(), 0u);
}

TEST_F(Refresh, ASpentTokenIsTriedUntilTheServerSaysNo) {
  next_faults({TokenFault::kBadGateway, TokenFault::kUnavailable, TokenFault::kRequestLost});
  run_until_due();
  EXPECT_EQ(state(), v1::Connection::REFRESHING);
  run_for(minutes(5));
  EXPECT_EQ(state(), v1::Connection::NEEDS_REAUTHORIZATION);
  EXPECT_EQ(reason(), "REFRESH_OUTCOME_UNKNOWN");
  EXPECT_THAT(get(kName).state_error().message(), HasSubstr("does not take the one before it any more"));
  EXPECT_EQ(server.reuses(), 1u);
  const uint64_t sent = server.refresh_requests();
  run_for(hours(5));
  EXPECT_EQ(server.refresh_requests(), sent);
}

TEST(RefreshLeeway, AnAnswerThatWasLostIsMadeUpForUntilTheLastMomentOfTheLeeway) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    providers::AuthorizationServerOptions options;
    options.reuse_leeway = minutes(10);
    ConnectionsWorld world(seed, options);
    world.profile.methods[0].oauth->reuse_leeway = minutes(10);
    world.boot();
    ASSERT_TRUE(world.connect(kName, kAccount));
    std::optional<SystemTime> began;
    world.server.token_fault = [&](SystemTime at) {
      if (!began) return began = at, TokenFault::kResponseLost;
      return at < *began + minutes(9) ? TokenFault::kRequestLost : TokenFault::kNone;
    };
    world.run_for(hours(2));
    EXPECT_EQ(world.get(kName).state(), v1::Connection::ACTIVE);
    EXPECT_EQ(world.ask(kName), "200");
    EXPECT_EQ(world.server.reuses(), 0u);
  }
}

TEST_F(Refresh, ACrashBetweenIntentAndAnswerIsOneMoreTry) {
  next_faults({TokenFault::kSlow});
  run_for(due() - now() + seconds(3));
  ASSERT_EQ(connections->gauges().refreshing, 1u);
  crash();
  boot();
  run_for(minutes(1));
  // The server took the first for good, and is strict.
  EXPECT_EQ(reason(), "REFRESH_OUTCOME_UNKNOWN");
  EXPECT_EQ(server.reuses(), 1u);
}

TEST_F(Refresh, TriesThatDidNotTakePlaceDoNotCount) {
  next_faults({TokenFault::kUnavailable, TokenFault::kThrottled, TokenFault::kRefusedConnection,
               TokenFault::kUnavailable, TokenFault::kUnavailable});
  run_until_due();
  run_for(minutes(16));
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
  EXPECT_EQ(exchanges(), 1u);
  EXPECT_EQ(get(kName).refresh_failures(), 0);
}

// 6
TEST_F(Refresh, ARefusalDoesNotTouchWhatSomebodyAuthorizedInTheMeantime) {
  next_faults({TokenFault::kSlow});
  run_for(due() - now() + seconds(1));
  server.revoke_account(kAccount); // the exchange that is under way will be for nothing
  server.refuse_refreshes = "invalid_grant";
  auto again = connect(kName, kAccount);
  ASSERT_TRUE(again) << again.error().to_string();
  run_for(seconds(30));
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
  EXPECT_EQ(ask(kName), "200");
}

// 7
TEST_F(Refresh, WhatIsWrittenBesidesAnExchangeDoesNotOverwriteItsToken) {
  next_faults({TokenFault::kSlow});
  run_for(due() - now() + seconds(1));
  v1::ConnectionReport report;
  report.set_connection(kName);
  report.set_works(true);
  report.set_account("renamed@example.com");
  ASSERT_TRUE(run(connections->record_check(report)));
  run_for(seconds(30));
  EXPECT_EQ(get(kName).account(), "renamed@example.com");
  EXPECT_TRUE(server.is_current(stored_refresh_token(kName)));
}

// 8
TEST_F(Refresh, NoErrorOrWarningHoldsASecret) {
  next_faults({TokenFault::kBadGateway, TokenFault::kResponseLost});
  run_until_due();
  run_for(minutes(1));
  server.refuse_refreshes = "invalid_client";
  auto other = connect("connections/bob", "bob@example.com");
  run_for(hours(1));
  ASSERT_FALSE(warnings.empty());
  std::string told = get(kName).ShortDebugString() + get("connections/bob").ShortDebugString();
  for (const Error& warning : warnings) {
    told += warning.to_string();
    for (const auto& [key, value] : warning.metadata) told += key + value;
  }
  for (const auto& secret : server.secrets()) EXPECT_THAT(told, Not(HasSubstr(secret)));
  EXPECT_THAT(told, Not(HasSubstr("the-client-secret-of-tests")));
}

// 9
TEST(RefreshPlan, TokensThatWereIssuedTogetherAreNotExchangedTogether) {
  SeededRandom random(1);
  const SystemTime issued{};
  const SystemTime expires = issued + hours(1);
  std::map<int64_t, int> by_minute;
  for (int i = 0; i < 6000; ++i) {
    const SystemTime due = refresh_time(issued, expires, random);
    EXPECT_LE(due, expires - minutes(12));
    EXPECT_GE(due, expires - minutes(18));
    ++by_minute[std::chrono::duration_cast<minutes>(due.time_since_epoch()).count()];
  }
  for (const auto& [minute, count] : by_minute) EXPECT_LE(count, 1200) << minute;
}

TEST(RefreshPlan, TheMarginIsAFunctionOfTheLifetime) {
  EXPECT_EQ(refresh_margin(seconds(60)), seconds(30));
  EXPECT_EQ(refresh_margin(minutes(5)), minutes(1));
  EXPECT_EQ(refresh_margin(hours(1)), minutes(12));
  EXPECT_EQ(refresh_margin(hours(24 * 30)), minutes(30));
  EXPECT_EQ(refresh_margin(Duration(0)), Duration(0));
}

TEST(RefreshPlan, BackoffGrowsToAQuarterOfAnHourAndTriesOnceMoreBeforeTheTokenEnds) {
  SeededRandom random(1);
  for (const std::optional<Duration> left :
       {std::optional<Duration>(), std::optional<Duration>(-minutes(8))}) {
    Duration bound = seconds(5);
    for (int failures = 1; failures < 40; ++failures) {
      const Duration wait = refresh_backoff(failures, left, random);
      EXPECT_LE(wait, bound);
      EXPECT_GE(wait, bound / 2);
      bound = std::min<Duration>(bound * 3, minutes(15));
    }
  }
  EXPECT_EQ(refresh_backoff(20, minutes(4), random), minutes(4) - seconds(30));
  EXPECT_GE(refresh_backoff(20, seconds(50), random), minutes(7));
}

TEST_F(Refresh, ATokenIsExchangedBeforeItEndsAndRequestsNeverWait) {
  const SystemTime first = expires();
  run_for(first - now() + minutes(1));
  EXPECT_EQ(exchanges(), 1u);
  EXPECT_EQ(ask(kName), "200");
  EXPECT_GT(expires(), first);
  run_for(hours(24));
  EXPECT_GE(exchanges(), 24u);
  EXPECT_EQ(connections->gauges().refreshed_late, 0u);
}

TEST_F(Refresh, RequestsOnBothSidesOfAnExchangeSeeOneCredentialOrTheOther) {
  stop();
  store_faults.read_latency_max = std::chrono::milliseconds(3);
  options.open_credential_lifetime = Duration(0); // each reads anew
  boot();
  run_for(due() - now() - std::chrono::milliseconds(200));
  for (int i = 0; i < 300; ++i) {
    std::vector<http::Request> requests(5, api_request(kName));
    std::vector<Task<Result<int64_t>>> tasks;
    for (auto& request : requests) tasks.push_back(connections->authorize(request));
    for (const auto& version : state::testing::run_all(loop, std::move(tasks)))
      EXPECT_TRUE(version) << version.error().to_string();
  }
  EXPECT_EQ(exchanges(), 1u);
}

TEST_F(Refresh, ARestartGoesOnWithTheSchedule) {
  const SystemTime planned = due();
  restart();
  run_for(planned - now() - seconds(1));
  EXPECT_EQ(exchanges(), 0u);
  run_for(seconds(10));
  EXPECT_EQ(exchanges(), 1u);
}

TEST_F(Refresh, ARefusedTokenIsExchangedOnceAndTheRequestGoesOn) {
  run_for(minutes(2));
  server.expire_access_tokens();
  EXPECT_EQ(ask(kName), "200");
  EXPECT_EQ(exchanges(), 1u);
}

TEST_F(Refresh, AProviderThatRefusesEveryTokenIsNotAnsweredWithExchanges) {
  run_for(minutes(2));
  server.api_status = 401;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(kName), "401");
  EXPECT_EQ(exchanges(), 1u);
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
}

TEST_F(Refresh, ARevokedGrantNeedsAPersonAndRequestsEndAtOnce) {
  server.revoke_account(kAccount);
  run_until_due();
  EXPECT_EQ(state(), v1::Connection::NEEDS_REAUTHORIZATION);
  EXPECT_EQ(reason(), "TOKEN_REFUSED");
  seen.clear();
  EXPECT_EQ(ask(kName), "CONNECTION_NEEDS_REAUTHORIZATION");
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ(connections->gauges().needing_a_person, 1u);
  ASSERT_TRUE(connect(kName, kAccount));
  EXPECT_EQ(ask(kName), "200");
  EXPECT_EQ(connections->gauges().needing_a_person, 0u);
}

TEST_F(Refresh, AWrongClientSecretIsTriedSlowlyAndHealsByItself) {
  server.refuse_refreshes = "invalid_client";
  run_until_due();
  EXPECT_EQ(reason(), "CLIENT_REFUSED");
  EXPECT_EQ(state(), v1::Connection::ACTIVE) << "the old token lives";
  run_for(hours(6));
  EXPECT_LT(server.refresh_requests(), 20u);
  server.refuse_refreshes.clear();
  run_for(hours(2));
  EXPECT_EQ(state(), v1::Connection::ACTIVE);
  EXPECT_EQ(reason(), "");
  EXPECT_EQ(ask(kName), "200");
}

TEST_F(Refresh, RequestsOfAConnectionWithoutATokenDoNotStormTheServer) {
  server.token_fault = [](SystemTime) { return TokenFault::kUnavailable; };
  run_for(expires() - now() + seconds(5));
  const uint64_t before = server.refresh_requests();
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(ask(kName), "REFRESH_PENDING");
    run_for(Duration(seconds(1)));
  }
  EXPECT_LE(server.refresh_requests() - before, 1u);
  server.token_fault = nullptr;
  run_for(minutes(15));
  EXPECT_EQ(ask(kName), "200");
}

TEST_F(Refresh, PatienceThatAServerAsksForHoldsForAllOfItsConnections) {
  ASSERT_TRUE(connect("connections/bob", "bob@example.com"));
  SystemTime throttled{};
  std::vector<SystemTime> asked;
  server.token_fault = [&](SystemTime at) {
    asked.push_back(at);
    if (throttled != SystemTime{}) return TokenFault::kNone;
    throttled = at;
    return TokenFault::kThrottled;
  };
  run_for(hours(1));
  ASSERT_GE(asked.size(), 3u);
  for (const SystemTime at : asked) EXPECT_TRUE(at == throttled || at >= throttled + seconds(30));
}

TEST_F(Refresh, AStoredCredentialThatWasTamperedWithIsNamedAndNothingElseSuffers) {
  ASSERT_TRUE(connect("connections/bob", "bob@example.com"));
  const auto key = state::connection_key(kName);
  state::Batch batch;
  std::string row = disk.rows(state::Table::kCredentials).find(key)->second;
  row.back() = static_cast<char>(row.back() ^ 1);
  batch.put(state::Table::kCredentials, key, row);
  ASSERT_TRUE(run(store->commit(std::move(batch))));
  restart();
  run_for(hours(1));
  EXPECT_EQ(state(), v1::Connection::NEEDS_REAUTHORIZATION);
  EXPECT_EQ(reason(), "CREDENTIAL_TAMPERED");
  EXPECT_EQ(ask("connections/bob"), "200");
}

} // namespace
} // namespace circuit::credentials::testing
