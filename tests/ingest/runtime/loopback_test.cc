#include "ingest/runtime/loopback.h"

#include <gtest/gtest.h>

namespace circuit {
namespace {

TEST(Loopback, IsThisMachineAsItIsWritten) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1"})
    EXPECT_TRUE(is_loopback_host(host)) << host;
}

TEST(Loopback, ANameThatBeginsLikeAnAddressIsSomebodyElses) {
  for (const char* host :
       {"127.0.0.1.example.com", "127.example", "localhost.example", "128.0.0.1", "::2", "", "[::1]"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
}

} // namespace
} // namespace circuit
