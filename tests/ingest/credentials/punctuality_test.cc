// Many connections, a provider of whose token requests a tenth fail, and the clock.
//
// CIRCUIT_PUNCTUAL_CONNECTIONS: how many.

#include <gtest/gtest.h>

#include <cstdlib>

#include "ingest/credentials/core.h"
#include "ingest/credentials/refresh_plan.h"
#include "tests/ingest/credentials/connections_world.h"

namespace circuit::credentials::testing {
namespace {

using providers::TokenFault;
using std::chrono::hours;

Task<Result<void>> store_many(ConnectionsWorld* world, int from, int to) {
  state::Batch batch;
  for (int i = from; i < to; ++i) {
    StoredConnection stored;
    v1::Connection& settings = *stored.record.mutable_settings();
    settings.set_name("connections/c-" + std::to_string(i));
    settings.set_provider("example");
    settings.set_method("oauth2");
    const SystemTime now = world->now(), expires = now + hours(1);
    stored.state.set_state(v1::Connection::ACTIVE);
    stored.state.set_credential_version(1);
    *stored.state.mutable_expires_at() = state::to_timestamp(expires);
    *stored.state.mutable_next_refresh_at() = state::to_timestamp(refresh_time(now, expires, world->random));
    Credential credential;
    credential.secrets.emplace("access_token", Secret("access-" + std::to_string(i)));
    credential.secrets.emplace("refresh_token", Secret(world->server.grant(std::to_string(i))));
    auto sealing = world->vault->seal(settings.name(), 1, std::move(credential), batch);
    auto sealed = co_await std::move(sealing);
    if (!sealed) co_return sealed;
    put_settings(batch, stored);
    put_state(batch, stored);
  }
  auto commit = world->store->commit(std::move(batch));
  co_return co_await std::move(commit);
}

TEST(Punctuality, TokensAreExchangedBeforeTheyEndThoughATenthOfTheRequestsFails) {
  constexpr int kDefault = 3'000, kPage = 1000;
  const char* wanted = std::getenv("CIRCUIT_PUNCTUAL_CONNECTIONS");
  const int count = wanted ? std::atoi(wanted) : kDefault;
  ConnectionsWorld world(1);
  world.keep_seen = false;
  world.boot();
  for (int i = 0; i < count; i += kPage) {
    auto stored = world.run(store_many(&world, i, std::min(count, i + kPage)));
    ASSERT_TRUE(stored) << stored.error().to_string();
  }
  SeededRandom dice(2);
  world.server.token_fault = [&dice](SystemTime) {
    const double drawn = dice.uniform();
    if (drawn < 0.05) return TokenFault::kUnavailable;
    if (drawn < 0.10) return TokenFault::kRefusedConnection;
    return drawn < 0.12 ? TokenFault::kSlow : TokenFault::kNone;
  };
  world.restart();
  EXPECT_EQ(world.connections->gauges().connections, static_cast<uint64_t>(count));
  world.run_for(hours(2));
  const auto gauges = world.connections->gauges();
  const double late = static_cast<double>(gauges.refreshed_late) / static_cast<double>(gauges.refreshes);
  std::printf("%d connections: %lu exchanges, %lu failures, %lu late (%.5f %%), most side by side %zu\n",
              count, gauges.refreshes, gauges.refresh_failures, gauges.refreshed_late, 100 * late,
              world.network->in_flight_peak());
  EXPECT_GE(gauges.refreshes, static_cast<uint64_t>(count));
  EXPECT_GT(gauges.refresh_failures, gauges.refreshes / 20);
  EXPECT_LE(late, 0.001);
  EXPECT_EQ(gauges.needing_a_person, 0u);
  EXPECT_EQ(world.server.reuses(), 0u);
}

} // namespace
} // namespace circuit::credentials::testing
