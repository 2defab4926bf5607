// Connecting an account, and using it.

#include <gmock/gmock.h>

#include "tests/ingest/credentials/connections_world.h"

namespace circuit::credentials::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kName = "connections/ann";

struct Connect : ::testing::Test, ConnectionsWorld {
  Connect() { boot(); }
};

TEST_F(Connect, APersonConsentsAndTheConnectionIsActive) {
  auto connected = connect(kName);
  ASSERT_TRUE(connected) << connected.error().to_string();
  EXPECT_EQ(connected->state(), v1::Connection::ACTIVE);
  EXPECT_EQ(connected->account(), "ann@example.com");
  EXPECT_EQ(connected->granted_scopes_size(), 1);
  EXPECT_TRUE(connected->has_expires_at());
  EXPECT_TRUE(connected->has_next_refresh_at());
  EXPECT_EQ(ask(kName), "200");
}

} // namespace
} // namespace circuit::credentials::testing
