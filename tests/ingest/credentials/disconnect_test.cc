// Disconnecting: revoked, destroyed, forgotten, and taken up again after a crash at any point.

#include <gmock/gmock.h>

#include "tests/ingest/credentials/connections_world.h"

namespace circuit::credentials::testing {
namespace {

using providers::TokenFault;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kName = "connections/ann";
constexpr const char* kAccount = "ann@example.com";

struct Disconnect : ::testing::Test, ConnectionsWorld {
  Disconnect() { boot(); }

  // Rows of any table that have to do with connections.
  size_t rows_left() const {
    size_t count = 0;
    for (const auto table :
         {state::Table::kConnections, state::Table::kConnectionStates, state::Table::kCredentials,
          state::Table::kDataKeys, state::Table::kAuthorizations, state::Table::kRevocations})
      count += disk.rows(table).size();
    return count;
  }
  v1::DeleteConnectionRequest deletion() {
    v1::DeleteConnectionRequest request;
    request.set_name(kName);
    request.set_forget_feeds(true);
    return request;
  }
  std::string revocation_of(const Result<v1::DeleteConnectionResponse>& response) {
    return response ? v1::DeleteConnectionResponse::Revocation_Name(response->revocation())
                    : response.error().reason;
  }
};

TEST_F(Disconnect, TheGrantIsRevokedAndNothingIsLeft) {
  ASSERT_TRUE(connect(kName, kAccount));
  EXPECT_EQ(revocation_of(disconnect(kName)), "REVOKED");
  EXPECT_FALSE(server.alive(kAccount));
  EXPECT_EQ(rows_left(), 0u);
  EXPECT_EQ(ask(kName), "CONNECTION_NOT_FOUND");
  EXPECT_EQ(connections->gauges().connections, 0u);
}

TEST_F(Disconnect, FromTheBeginningOfADeletionNothingIsAuthorized) {
  ASSERT_TRUE(connect(kName, kAccount));
  ASSERT_EQ(ask(kName), "200");
  auto begun = run(connections->begin_deletion(deletion()));
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->state(), v1::Connection::DISCONNECTING);
  EXPECT_EQ(ask(kName), "CONNECTION_DISCONNECTING");
  run_for(hours(3));
  EXPECT_EQ(server.refresh_requests(), 0u);
}

TEST_F(Disconnect, AKeyThatNobodyCanRevokeSaysWhereAPersonCan) {
  ASSERT_TRUE(create_with_token(kName, "t"));
  auto response = disconnect(kName);
  EXPECT_EQ(revocation_of(response), "REVOKE_UNSUPPORTED");
  EXPECT_THAT(response->where_to_revoke(), ::testing::HasSubstr("https://auth.example/apps"));
  EXPECT_EQ(rows_left(), 0u);
}

TEST_F(Disconnect, ARevocationThatFailsIsReportedAndGoesOnWithoutTheConnection) {
  ASSERT_TRUE(connect(kName, kAccount));
  server.revoke_status = 503;
  auto response = disconnect(kName);
  EXPECT_EQ(revocation_of(response), "REVOKE_FAILED");
  EXPECT_TRUE(response->has_retry_until());
  EXPECT_EQ(response->revocation_error().reason(), "REVOCATION_FAILED");
  EXPECT_EQ(rows_left(), 1u) << "the sealed copy for the revocation";
  run_for(hours(5));
  restart();
  server.revoke_status = 0;
  run_for(hours(13));
  EXPECT_FALSE(server.alive(kAccount));
  EXPECT_EQ(rows_left(), 0u);
}

TEST_F(Disconnect, ARevocationIsGivenUpAfterThreeDaysAndSaysSo) {
  ASSERT_TRUE(connect(kName, kAccount));
  server.revoke_status = 500;
  ASSERT_EQ(revocation_of(disconnect(kName)), "REVOKE_FAILED");
  warnings.clear();
  run_for(hours(80));
  EXPECT_EQ(rows_left(), 0u);
  EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(Disconnect, AnExchangeThatIsUnderWayEndsFirstAndItsTokenIsRevoked) {
  ASSERT_TRUE(connect(kName, kAccount));
  server.token_fault = [](SystemTime) { return TokenFault::kSlow; };
  run_for(state::from_timestamp(get(kName).next_refresh_at()) - now() + seconds(2));
  ASSERT_EQ(connections->gauges().refreshing, 1u);
  EXPECT_EQ(revocation_of(disconnect(kName)), "REVOKED");
  EXPECT_EQ(server.exchanges(), 2u);
  EXPECT_FALSE(server.alive(kAccount));
  EXPECT_EQ(rows_left(), 0u);
}

TEST_F(Disconnect, ACrashAtAnyStepLeavesADeletionThatCanBeFinished) {
  for (uint64_t steps = 0; steps < 60; ++steps) {
    ConnectionsWorld world(steps + 1);
    world.boot();
    ASSERT_TRUE(world.connect(kName, kAccount));
    auto request = deletion();
    ASSERT_TRUE(world.run(world.connections->begin_deletion(request)));
    std::optional<Result<v1::DeleteConnectionResponse>> ended;
    boost::asio::co_spawn(world.loop.executor(),
                          state::testing::keep(world.connections->finish_deletion(kName), &ended),
                          [](std::exception_ptr) {});
    uint64_t left = steps;
    world.loop.run([&] { return ended || left-- == 0; });
    world.power = false;
    world.disk.crash(world.random);
    world.loop.run([&] { return ended.has_value(); }); // unwound, to no effect
    world.stop();
    world.boot();
    auto interrupted = world.run(world.connections->interrupted_deletions());
    ASSERT_TRUE(interrupted);
    for (const auto& one : *interrupted) {
      EXPECT_TRUE(one.forget_feeds()) << "as it was asked for";
      auto finished = world.run(world.connections->finish_deletion(one.name()));
      EXPECT_TRUE(finished) << steps << ": " << finished.error().to_string();
    }
    EXPECT_FALSE(world.server.alive(kAccount)) << steps;
    for (const auto table : {state::Table::kConnections, state::Table::kConnectionStates,
                             state::Table::kCredentials, state::Table::kDataKeys})
      EXPECT_TRUE(world.disk.rows(table).empty()) << steps;
  }
}

TEST_F(Disconnect, AnEtagThatIsOldIsRefused) {
  ASSERT_TRUE(create_with_token(kName, "t"));
  auto request = deletion();
  request.set_etag("0123");
  auto begun = run(connections->begin_deletion(request));
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().reason, "ETAG_MISMATCH");
  EXPECT_EQ(revocation_of(run(connections->finish_deletion(kName))), "CONNECTION_BUSY");
}

TEST_F(Disconnect, ACredentialThatDoesNotOpenIsDestroyedAllTheSame) {
  ASSERT_TRUE(connect(kName, kAccount));
  const auto key = state::connection_key(kName);
  std::string row = disk.rows(state::Table::kCredentials).find(key)->second;
  row.back() = static_cast<char>(row.back() ^ 1);
  state::Batch batch;
  batch.put(state::Table::kCredentials, key, row);
  ASSERT_TRUE(run(store->commit(std::move(batch))));
  auto response = disconnect(kName);
  EXPECT_EQ(revocation_of(response), "REVOKE_FAILED");
  EXPECT_EQ(response->revocation_error().reason(), "CREDENTIAL_TAMPERED");
  EXPECT_EQ(rows_left(), 0u);
}

} // namespace
} // namespace circuit::credentials::testing
