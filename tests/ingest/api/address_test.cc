#include "ingest/api/address.h"

#include <gtest/gtest.h>

namespace circuit::api {
namespace {

TEST(Address, IsReadFromHostAndPort) {
  struct Case {
    const char* text;
    const char* host;
    uint16_t port;
  };
  for (const auto& [text, host, port] :
       {Case{"127.0.0.1:7300", "127.0.0.1", 7300}, Case{"localhost:0", "localhost", 0},
        Case{"[::1]:65535", "::1", 65535}, Case{"feeds.example.org:1", "feeds.example.org", 1}}) {
    const Result<Address> address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->host, host);
    EXPECT_EQ(address->port, port);
    EXPECT_EQ(address->to_string(), text);
  }
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text :
       {"", "localhost", ":7300", "localhost:", "localhost:65536", "localhost:-1", "localhost:7300x",
        "::1:7300", "http://localhost:7300", "user@host:1", "a b:1", "[::1]", "[]:1"}) {
    const Result<Address> address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().reason, "ADDRESS_INVALID");
    EXPECT_EQ(address.error().cls, ErrorClass::kInvalid);
  }
}

TEST(Address, NeedsProtectionUnlessItIsLoopback) {
  for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(require_protection(*parse_address(text), false, false)) << text;
  }
  for (const char* text :
       {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "localhost.example.org:1", "127.example.org:1"}) {
    const Result<void> refused = require_protection(*parse_address(text), false, false);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().reason, "INSECURE_ADDRESS");
    EXPECT_TRUE(require_protection(*parse_address(text), true, false));
    EXPECT_TRUE(require_protection(*parse_address(text), false, true));
  }
}

} // namespace
} // namespace circuit::api
